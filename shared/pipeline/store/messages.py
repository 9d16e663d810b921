"""Send the messages that start steps."""

from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import Run
from shared.domain.documents.task import PLAN, Stage, StageMessage, range_queue
from shared.domain.reading.page_range import PageRange
from shared.pipeline.store.context import StoreContext
from shared.telemetry import traces


async def send(context: StoreContext, queue: str, run: Run, task: str = PLAN) -> None:
    """Send the message that starts a task of a Run; `queue`: the stage, or the queue of its page ranges."""
    parent = traces.traceparent(run.document_id, run.number)
    message = StageMessage(document_id=run.document_id, run=run.number, task=task, traceparent=parent)
    await context.queues.send(queue, dump_stored(message))


async def send_ranges(context: StoreContext, run: Run, stage: Stage, ranges: tuple[PageRange, ...]) -> None:
    """Send a message for each range of a stage to the queue of the stage's ranges."""
    for pages in ranges:
        await send(context, range_queue(stage), run, pages.name)


async def ask_to_publish(context: StoreContext, document_id: str, run: int = 1) -> None:
    """Send the message that makes the publish stage relay a Document's events; `run`: the one that asks."""
    message = StageMessage(document_id=document_id, run=run, traceparent=traces.traceparent(document_id, run))
    await context.queues.send("publish", dump_stored(message))
