"""Fan-out: one message a page range."""

from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import Run
from shared.domain.documents.task import Stage, StageMessage, range_queue
from shared.domain.reading.page_range import PageRange
from shared.pipeline.store.context import StoreContext


async def send_ranges(context: StoreContext, run: Run, stage: Stage, ranges: tuple[PageRange, ...]) -> None:
    """Ask for each range of a stage by its own message, on the queue of the stage's ranges."""
    for pages in ranges:
        message = StageMessage(document_id=run.document_id, run=run.number, task=pages.name)
        await context.queues.send(range_queue(stage), dump_stored(message))
