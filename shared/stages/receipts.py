"""Receipts of finished tasks: a row each in the partition of the Document, so that inserting one waits for nobody."""

from copy import replace
from datetime import UTC, datetime

from shared.domain.errors import Conflict
from shared.domain.model_call import Bill
from shared.domain.run import Run
from shared.domain.stored import dump_stored
from shared.domain.task import PageRange, Stage, TaskDone, page_ranges
from shared.ports.records import Delete, Insert
from shared.stages.core import Core
from shared.stages.stored_rows import load_or_report

DOCUMENTS = "documents"
GROUP_PREFIX_LENGTH = len("p012")
"""Task names that share so many characters form a group: the ranges that begin in the same hundred of pages."""

NEVER = datetime.min.replace(tzinfo=UTC)


def done_key(run: int, stage: Stage, name: str = "") -> str:
    """Return the key of a finished task's row; without a name, the prefix of the keys of the stage."""
    return f"done-{run:04d}-{stage}-{name}"


def planned_ranges(run: Run) -> tuple[PageRange, ...]:
    """Return the page ranges of the fan-out that the Run's state has open; none when it has no fan-out."""
    return page_ranges(run.extent, run.range_size) if run.range_size else ()


async def has_receipt(core: Core, run: Run, stage: Stage, name: str) -> bool:
    """Return whether a task was finished before."""
    return await core.records.get(DOCUMENTS, run.document_id, done_key(run.number, stage, name)) is not None


async def insert_receipt(core: Core, run: Run, done: TaskDone) -> None:
    """Store the receipt of a task without touching the Run's row; one that exists stays as it is.

    Raises Conflict, and leaves none, when the Document was forgotten meanwhile.
    """
    receipt = replace(done, counted=False, finished=core.clock.now())
    key = done_key(run.number, done.stage, done.name)
    try:
        await core.records.commit(DOCUMENTS, run.document_id, [Insert(key, dump_stored(receipt))])
    except Conflict:
        if await core.records.get(DOCUMENTS, run.document_id, key) is None:
            raise
    if await core.records.get(DOCUMENTS, run.document_id, "document") is None:
        await core.records.commit(DOCUMENTS, run.document_id, [Delete(key)])
        raise Conflict("the document was removed meanwhile")


async def finished_tasks(core: Core, run: Run, stage: Stage, prefix: str = "") -> set[str]:
    """Return the names of the finished tasks of a stage, of those whose name begins with `prefix`."""
    before = len(done_key(run.number, stage))
    records = core.records.partition(DOCUMENTS, run.document_id, done_key(run.number, stage, prefix))
    return {record.key[before:] async for record in records}


async def load_receipts(core: Core, run: Run, stage: Stage) -> dict[str, TaskDone]:
    """Load the receipts of a stage by task name."""
    records = core.records.partition(DOCUMENTS, run.document_id, done_key(run.number, stage))
    before = len(done_key(run.number, stage))
    receipts: dict[str, TaskDone] = {}
    async for record in records:
        name = record.key[before:]
        # That the row exists says that the task is finished; of one that cannot be read only the bill is lost.
        receipts[name] = load_or_report(TaskDone, record) or TaskDone(stage=stage, name=name)
    return receipts


async def load_all_receipts(core: Core, run: Run, stage: Stage, name: str | None = None) -> dict[str, TaskDone] | None:
    """Load the receipts of all planned ranges; None when one is missing.

    With the `name` of a task that was just finished, its group is read first, and the others only when no receipt of
    the group is missing. The task that is finished last finds every group complete, whatever the order was.
    """
    planned = {pages.name for pages in planned_ranges(run)}
    if name is not None:
        prefix = name[:GROUP_PREFIX_LENGTH]
        group = {other for other in planned if other.startswith(prefix)}
        if group != planned and not group <= await finished_tasks(core, run, stage, prefix):
            return None
    receipts = await load_receipts(core, run, stage)
    return receipts if planned <= receipts.keys() else None


async def outstanding(core: Core, run: Run, stage: Stage, ranges: tuple[PageRange, ...]) -> tuple[PageRange, ...]:
    """Return the planned ranges of a stage that have no receipt yet."""
    finished = await finished_tasks(core, run, stage)
    return tuple(pages for pages in ranges if pages.name not in finished)


def uncounted_bill(receipts: dict[str, TaskDone]) -> Bill:
    """Add up what the tasks cost whose receipts are not in the Run's bill yet."""
    total = Bill()
    for done in receipts.values():
        if not done.counted:
            total = total.plus(done.bill)
    return total


def last_finished(receipts: dict[str, TaskDone]) -> str:
    """Return the name of the task whose receipt was stored last, as far as the workers' clocks tell."""
    return max(receipts.values(), key=lambda done: (done.finished or NEVER, done.name)).name


def last_progress(receipts: dict[str, TaskDone]) -> datetime:
    """Return when the last receipt was stored that is not counted on the Run; NEVER when there is none."""
    return max((done.finished or NEVER for done in receipts.values()), default=NEVER)
