"""The queue triggers of the stages, and the timers that sweep and delete."""

import azure.functions as func

from functions.steps import run_stage
from shared import bootstrap, telemetry
from shared.bootstrap_telemetry import telemetry_destination
from shared.bootstrap_triggers import trigger_options
from shared.pipeline.decide.decide import decide
from shared.pipeline.extract.extract import extract
from shared.pipeline.operations.backlog import measure_backlog
from shared.pipeline.operations.retention import forget_expired
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.publish import publish
from shared.pipeline.read.read import read
from shared.pipeline.review.review import open_review as open_case
from shared.pipeline.validate.row_questions import check
from shared.pipeline.validate.validate import validate

blueprint = func.Blueprint()
CONNECTION = "AzureWebJobsStorage"


@blueprint.queue_trigger(arg_name="message", queue_name="read", connection=CONNECTION)
async def read_pages(message: func.QueueMessage) -> None:
    """Read pages: text, words with boxes, OCR, page images."""
    await run_stage("read", message, read)


@blueprint.queue_trigger(arg_name="message", queue_name="read-ranges", connection=CONNECTION)
async def read_ranges(message: func.QueueMessage) -> None:
    """Read one range of the pages of a large file."""
    async with bootstrap.range_slots("read"):
        await run_stage("read-ranges", message, read)


@blueprint.queue_trigger(arg_name="message", queue_name="extract", connection=CONNECTION)
async def extract_fields(message: func.QueueMessage) -> None:
    """Classify the file and extract its fields with a vision model."""
    await run_stage("extract", message, extract)


@blueprint.queue_trigger(arg_name="message", queue_name="extract-ranges", connection=CONNECTION)
async def extract_ranges(message: func.QueueMessage) -> None:
    """Extract the fields from one range of the pages of a large file."""
    async with bootstrap.range_slots("extract"):
        await run_stage("extract-ranges", message, extract)


@blueprint.queue_trigger(arg_name="message", queue_name="validate", connection=CONNECTION)
async def validate_fields(message: func.QueueMessage) -> None:
    """Ground the values, apply the rules and ask the reasoning model."""
    await run_stage("validate", message, validate)


@blueprint.queue_trigger(arg_name="message", queue_name="check", connection=CONNECTION)
async def check_rows(message: func.QueueMessage) -> None:
    """Ask again for rows of a table that were passed over: one question of a validation."""
    await run_stage("check", message, check)


@blueprint.queue_trigger(arg_name="message", queue_name="decide", connection=CONNECTION)
async def decide_outcome(message: func.QueueMessage) -> None:
    """Accept the result, or send it to a person."""
    await run_stage("decide", message, decide)


@blueprint.queue_trigger(arg_name="message", queue_name="publish", connection=CONNECTION)
async def publish_events(message: func.QueueMessage) -> None:
    """Relay a document's events to the topic."""
    await run_stage("publish", message, publish)


@blueprint.queue_trigger(arg_name="message", queue_name="review", connection=CONNECTION)
async def open_review(message: func.QueueMessage) -> None:
    """Open a case for a document that needs a person."""
    await run_stage("review", message, open_case)


@blueprint.timer_trigger(arg_name="timer", schedule=trigger_options().sweep_schedule)
async def sweep_runs(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the platform passes it
    """Push on documents that stopped moving."""
    context = bootstrap.context()
    pushed = await sweep(context)
    if pushed:
        telemetry.report("swept", {telemetry.SWEPT: pushed})
    if telemetry_destination() != "nowhere":
        await measure_backlog(context)


@blueprint.timer_trigger(arg_name="timer", schedule=trigger_options().retention_schedule)
async def delete_expired(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the platform passes it
    """Delete everything about documents whose retention time is over."""
    deleted = await forget_expired(bootstrap.context())
    telemetry.report("expired", {telemetry.DELETED: deleted})
