"""`INTRAY_INTAKE=webhook`: Event Grid calls the blob trigger, and with renamed files the Event Grid trigger."""

import azure.functions as func

from functions.intake import receive_or_defer
from functions.uploads.blob_name import BlobName
from shared.bootstrap_triggers import TriggerOptions, trigger_options
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.intake.upload_events import named_blob

blueprint = func.Blueprint()


async def receive_blob(blob: BlobName) -> None:
    """Receive an uploaded file; defer it while storage is away or the configuration is broken."""
    upload = IntakeMessage(container=blob.container, name=blob.name, etag=blob.etag, size=blob.size, md5=blob.md5)
    await receive_or_defer(upload)


def add_blob_triggers(to: func.Blueprint, options: TriggerOptions) -> None:
    """Register a blob trigger for each container of uploads: `receive_blob` for `incoming`, and others by their name.

    A trigger watches one container, and Event Grid names the function in the address of its webhook.
    """
    for container in options.containers:
        trigger = to.blob_trigger(
            arg_name="blob",
            path=f"{container.name}/{{name}}",
            connection="AzureWebJobsStorage",
            source=func.BlobSource(options.blob_source),
        )
        to.function_name(container.function_name)(trigger(receive_blob))


add_blob_triggers(blueprint, trigger_options())


@blueprint.event_grid_trigger(arg_name="event")
async def receive_renamed(event: func.EventGridEvent) -> None:
    """Receive a file under its new name; defer it while storage is away. Event Grid repeats what fails, for a day.

    A rename (hierarchical namespace, SFTP) announces no new blob but `Microsoft.Storage.BlobRenamed`, whose data has
    `destinationUrl`. The blob trigger's webhook cannot take it: it reads `url`, `eTag` and `blobType`.
    """
    container, name = named_blob(str(event.get_json()["destinationUrl"]))
    await receive_or_defer(IntakeMessage(container=container, name=name))
