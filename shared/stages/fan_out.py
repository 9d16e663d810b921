"""Fan-out: one message a page range."""

from shared.domain.run import Run
from shared.domain.task import PageRange, Stage, StageMessage
from shared.stages.core import Core


def extraction_size(core: Core) -> int:
    """Pages of one extraction request: at most as many as the model takes pictures."""
    return min(core.limits.extract_range, core.gateway.catalogue.for_task("vision").images)


async def send_ranges(core: Core, run: Run, stage: Stage, ranges: tuple[PageRange, ...]) -> None:
    """Ask for each range of a stage by its own message."""
    for pages in ranges:
        message = StageMessage(document_id=run.document_id, run=run.number, task=pages.name)
        await core.queues.send(stage, message.model_dump_json())
