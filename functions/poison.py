"""Triggers of poison queues: keep the message, and end its document as failed.

On Azure a `-poison` queue has no poison queue of its own: a message that fails there five times is never run again and
expires. So these functions put a message back while storage is away or the configuration is broken.
"""

from copy import replace

import azure.functions as func

from functions.deferring import INTAKE, defer_intake, load_context, return_to_queue
from shared import telemetry
from shared.bootstrap_triggers import trigger_options
from shared.domain.base.errors import Retryable, UnreadableRecord
from shared.domain.base.stored import load_json, load_stored
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.operations.poison import give_up, give_up_upload
from shared.telemetry import metrics
from shared.telemetry.steps import hide_message

blueprint = func.Blueprint()
CONNECTION = "AzureWebJobsStorage"
_CONTAINERS = frozenset(container.name for container in trigger_options().containers)


async def give_up_or_return(queue: str, message: func.QueueMessage) -> None:
    """Give up on a message of a queue; put it back while storage is away or the configuration is broken."""
    with hide_message():
        try:
            document_id = await give_up(load_context(), queue, message.id or "", message.get_body())
        except Retryable as error:
            await return_to_queue(f"{queue}-poison", message.get_body(), error)
        else:
            _report(queue, document_id)


async def give_up_or_defer_upload(stage: str, upload: IntakeMessage, message: func.QueueMessage) -> None:
    """Give up on an upload; defer it, counting anew, while storage is away or the configuration is broken."""
    with hide_message():
        try:
            document_id = await give_up_upload(load_context(), stage, message.id or "", message.get_body(), upload)
        except Retryable as error:
            await defer_intake(replace(upload, waits=0), error)
        else:
            _report(stage, document_id)


def _report(stage: str, document_id: str | None) -> None:
    metrics.POISON.add(1, {telemetry.STAGE: stage})
    telemetry.report("poisoned", {telemetry.STAGE: stage, telemetry.DOCUMENT_ID: document_id or "unknown"})


@blueprint.queue_trigger(arg_name="message", queue_name="read-poison", connection=CONNECTION)
async def poison_read(message: func.QueueMessage) -> None:
    """End a document whose reading failed again and again."""
    await give_up_or_return("read", message)


@blueprint.queue_trigger(arg_name="message", queue_name="read-ranges-poison", connection=CONNECTION)
async def poison_read_ranges(message: func.QueueMessage) -> None:
    """End a document of which a range of pages could not be read again and again."""
    await give_up_or_return("read-ranges", message)


@blueprint.queue_trigger(arg_name="message", queue_name="extract-poison", connection=CONNECTION)
async def poison_extract(message: func.QueueMessage) -> None:
    """End a document whose extraction failed again and again."""
    await give_up_or_return("extract", message)


@blueprint.queue_trigger(arg_name="message", queue_name="extract-ranges-poison", connection=CONNECTION)
async def poison_extract_ranges(message: func.QueueMessage) -> None:
    """End a document of which a range of pages could not be extracted again and again."""
    await give_up_or_return("extract-ranges", message)


@blueprint.queue_trigger(arg_name="message", queue_name="validate-poison", connection=CONNECTION)
async def poison_validate(message: func.QueueMessage) -> None:
    """End a document whose validation failed again and again."""
    await give_up_or_return("validate", message)


@blueprint.queue_trigger(arg_name="message", queue_name="check-poison", connection=CONNECTION)
async def poison_check(message: func.QueueMessage) -> None:
    """End a document one of whose questions failed again and again."""
    await give_up_or_return("check", message)


@blueprint.queue_trigger(arg_name="message", queue_name="decide-poison", connection=CONNECTION)
async def poison_decide(message: func.QueueMessage) -> None:
    """End a document whose decision failed again and again."""
    await give_up_or_return("decide", message)


@blueprint.queue_trigger(arg_name="message", queue_name="publish-poison", connection=CONNECTION)
async def poison_publish(message: func.QueueMessage) -> None:
    """Keep the message; the events stay in the outbox, and the sweeper asks for them again."""
    await give_up_or_return("publish", message)


@blueprint.queue_trigger(arg_name="message", queue_name="review-poison", connection=CONNECTION)
async def poison_review(message: func.QueueMessage) -> None:
    """Keep the message; the sweeper asks again for the case to be opened."""
    await give_up_or_return("review", message)


@blueprint.queue_trigger(arg_name="message", queue_name=f"{INTAKE}-poison", connection=CONNECTION)
async def poison_intake(message: func.QueueMessage) -> None:
    """Receive an upload whose deferred intake failed again and again, or end it as failed."""
    try:
        upload = load_stored(IntakeMessage, message.get_body())
    except UnreadableRecord:
        await give_up_or_return(INTAKE, message)
    else:
        await give_up_or_defer_upload(INTAKE, upload, message)


@blueprint.queue_trigger(arg_name="message", queue_name="webjobs-blobtrigger-poison", connection=CONNECTION)
async def poison_blob(message: func.QueueMessage) -> None:
    """Receive a file whose trigger failed again and again, or end it as failed."""
    try:
        event = load_json(message.get_body())
        container, name, etag = event["ContainerName"], event["BlobName"], event.get("ETag")
    except (UnreadableRecord, LookupError, TypeError, AttributeError):
        await give_up_or_return("webjobs-blobtrigger", message)
        return
    if container not in _CONTAINERS:  # the queue belongs to the storage account, and so do its other apps
        await give_up_or_return("webjobs-blobtrigger", message)
        return
    etag = str(etag or "").strip('"') or None
    upload = IntakeMessage(container=str(container), name=str(name), etag=etag)
    await give_up_or_defer_upload("webjobs-blobtrigger", upload, message)
