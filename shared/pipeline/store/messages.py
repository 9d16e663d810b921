"""Fan-out: one message a page range."""

from shared.domain.documents.run import Run
from shared.domain.documents.task import PageRange, Stage, StageMessage, range_queue
from shared.domain.stored import dump_stored
from shared.pipeline.store.context import StoreContext


def extraction_size(context: StoreContext) -> int:
    """Pages of one extraction request: at most as many as the model takes pictures, if it takes any."""
    return min(
        context.limits.extract_range,
        context.gateway.catalogue.for_task("vision").images or context.limits.extract_range,
    )


def reading_sizes(context: StoreContext) -> tuple[int, int]:
    """Pages of a read range, and those of them that are kept together: what one extraction request asks for.

    So a request parses no page that it does not show. A read range is rounded down to whole requests.
    """
    group = min(context.limits.read_range, extraction_size(context))
    return context.limits.read_range // group * group, group


async def send_ranges(context: StoreContext, run: Run, stage: Stage, ranges: tuple[PageRange, ...]) -> None:
    """Ask for each range of a stage by its own message, on the queue of the stage's ranges."""
    for pages in ranges:
        message = StageMessage(document_id=run.document_id, run=run.number, task=pages.name)
        await context.queues.send(range_queue(stage), dump_stored(message))
