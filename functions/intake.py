"""The blob trigger, and the queue of uploads that could not be received when their event came."""

import azure.functions as func

from functions.blob_name import BlobName
from functions.deferring import INTAKE, defer_intake, load_core
from shared import bootstrap
from shared.domain.errors import Retryable
from shared.domain.task import IntakeMessage
from shared.stages.intake import receive_version

blueprint = func.Blueprint()


@blueprint.blob_trigger(
    arg_name="blob",
    path="incoming/{name}",
    connection="AzureWebJobsStorage",
    source=func.BlobSource(bootstrap.trigger_options().blob_source),
)
async def receive_blob(blob: BlobName) -> None:
    """Receive an uploaded file; defer it while storage is away or the configuration is broken."""
    upload = IntakeMessage(container=blob.container, name=blob.name, etag=blob.etag, size=blob.size, md5=blob.md5)
    await receive_or_defer(upload)


@blueprint.queue_trigger(arg_name="message", queue_name=INTAKE, connection="AzureWebJobsStorage")
async def receive_deferred(message: func.QueueMessage) -> None:
    """Receive an upload that was deferred, or that a listing of the container showed."""
    await receive_or_defer(IntakeMessage.model_validate_json(message.get_body()))


async def receive_or_defer(message: IntakeMessage) -> None:
    """Receive an upload; defer it while storage is away or the configuration is broken.

    Raises what cannot be deferred because the queues are away too: the platform retries it.
    """
    try:
        await receive_version(load_core(), message)
    except Retryable as error:
        await defer_intake(message, error)
