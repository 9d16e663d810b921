"""The blob trigger."""

import azure.functions as func

from functions.blob_name import BlobName
from shared import bootstrap
from shared.stages.intake import receive

blueprint = func.Blueprint()


@blueprint.blob_trigger(
    arg_name="blob",
    path="incoming/{name}",
    connection="AzureWebJobsStorage",
    source=func.BlobSource(bootstrap.trigger_options().blob_source),
)
async def receive_blob(blob: BlobName) -> None:
    """Take in an uploaded file. An error is retried by the platform, then poisoned (see `poison_blob`)."""
    await receive(bootstrap.core(), blob.container, blob.name)
