"""What the platform gave up on: the message is kept, and its document gets an outcome."""

import json

import azure.functions as func

from shared import bootstrap, telemetry
from shared.stages.intake import receive
from shared.stages.poison import give_up

blueprint = func.Blueprint()
CONNECTION = "AzureWebJobsStorage"


async def _give_up(stage: str, message: func.QueueMessage) -> None:
    document_id = await give_up(bootstrap.core(), stage, message.id or "", message.get_body())
    telemetry.report("poisoned", {telemetry.STAGE: stage, telemetry.DOCUMENT_ID: document_id or "unknown"})


@blueprint.queue_trigger(arg_name="message", queue_name="read-poison", connection=CONNECTION)
async def poison_read(message: func.QueueMessage) -> None:
    """End a document whose reading failed again and again."""
    await _give_up("read", message)


@blueprint.queue_trigger(arg_name="message", queue_name="extract-poison", connection=CONNECTION)
async def poison_extract(message: func.QueueMessage) -> None:
    """End a document whose extraction failed again and again."""
    await _give_up("extract", message)


@blueprint.queue_trigger(arg_name="message", queue_name="validate-poison", connection=CONNECTION)
async def poison_validate(message: func.QueueMessage) -> None:
    """End a document whose validation failed again and again."""
    await _give_up("validate", message)


@blueprint.queue_trigger(arg_name="message", queue_name="check-poison", connection=CONNECTION)
async def poison_check(message: func.QueueMessage) -> None:
    """End a document one of whose questions failed again and again."""
    await _give_up("check", message)


@blueprint.queue_trigger(arg_name="message", queue_name="decide-poison", connection=CONNECTION)
async def poison_decide(message: func.QueueMessage) -> None:
    """End a document whose decision failed again and again."""
    await _give_up("decide", message)


@blueprint.queue_trigger(arg_name="message", queue_name="publish-poison", connection=CONNECTION)
async def poison_publish(message: func.QueueMessage) -> None:
    """Keep the message; the events stay in the outbox, and the sweeper asks for them again."""
    await _give_up("publish", message)


@blueprint.queue_trigger(arg_name="message", queue_name="review-poison", connection=CONNECTION)
async def poison_review(message: func.QueueMessage) -> None:
    """Keep the message; the sweeper asks again for the case to be opened."""
    await _give_up("review", message)


@blueprint.queue_trigger(arg_name="message", queue_name="webjobs-blobtrigger-poison", connection=CONNECTION)
async def poison_blob(message: func.QueueMessage) -> None:
    """Take in a file whose trigger failed again and again: by now what was in its way may be gone."""
    told = json.loads(message.get_body())
    await receive(bootstrap.core(), str(told["ContainerName"]), str(told["BlobName"]))
