"""Receipts of finished tasks: a row each in the partition of the Document, so that inserting one waits for nobody.

A Run of few tasks counts them: `done-…` is stored in one transaction with the Run's `tasks_left` and `bill`. Of many
tasks the receipt is a row `finished-…` that the Run does not count. Workers of the earlier version know only the first
kind: they finish a task again that has the second one, for nothing, and so can finish each Run alone.
"""

from copy import replace
from datetime import UTC, datetime

from shared.domain.base.errors import Conflict
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import Run
from shared.domain.documents.task import Stage, TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange, page_ranges, range_count, range_with
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.ports.records import Delete, Insert

GROUP_PREFIX_LENGTH = len("p012")
"""Task names that share so many characters form a group: the ranges that begin in the same hundred of pages."""
GROUP_PAGES = 100

FEW_TASKS = 10
"""Up to so many tasks are counted on the Run."""
NEVER = datetime.min.replace(tzinfo=UTC)


def done_key(run: int, stage: Stage, name: str = "") -> str:
    """Return the key of a receipt that the Run counts; without a name, the prefix of the keys of the stage."""
    return f"done-{run:04d}-{stage}-{name}"


def receipt_key(run: Run, stage: Stage, name: str = "") -> str:
    """Return the key under which this version keeps the receipt of a task of the Run's present state."""
    key = done_key(run.number, stage, name)
    return f"finished-{key.removeprefix('done-')}" if planned_count(run) > FEW_TASKS else key


def _keys(run: Run, stage: Stage, name: str = "") -> tuple[str, ...]:
    """Return the keys, or prefixes of keys, under which a receipt may be; that of a counted one last."""
    return tuple(dict.fromkeys((receipt_key(run, stage, name), done_key(run.number, stage, name))))


def planned_ranges(run: Run) -> tuple[PageRange, ...]:
    """Return the page ranges of the fan-out that the Run's state has open; none when it has no fan-out."""
    return page_ranges(run.pages_to_extract, run.range_size) if run.range_size else ()


def planned_count(run: Run) -> int:
    """Return the number of `planned_ranges`, without making them."""
    return range_count(run.pages_to_extract, run.range_size) if run.range_size else 0


def has_counted_receipts(run: Run) -> bool:
    """Return whether finished ranges of the Run may be counted on it; of many ranges, an earlier version's are."""
    return planned_count(run) <= FEW_TASKS or run.tasks_left < planned_count(run)


async def has_receipt(context: StoreContext, run: Run, stage: Stage, name: str) -> bool:
    """Return whether a task was finished before, as the Run was when it was loaded."""
    keys = _keys(run, stage, name) if has_counted_receipts(run) else (receipt_key(run, stage, name),)
    for key in keys:
        if await context.records.get(DOCUMENTS, run.document_id, key) is not None:
            return True
    return False


async def insert_receipt(context: StoreContext, run: Run, done: TaskDone) -> None:
    """Store the receipt of a task without touching the Run's row; one that exists stays as it is.

    Raises Conflict, and leaves none, when the Document was forgotten meanwhile.
    """
    receipt = replace(done, counted=False, finished=context.clock.now())
    key = receipt_key(run, done.stage, done.name)
    try:
        await context.records.commit(DOCUMENTS, run.document_id, [Insert(key, dump_stored(receipt))])
    except Conflict:
        if await context.records.get(DOCUMENTS, run.document_id, key) is None:
            raise
    if await context.records.get(DOCUMENTS, run.document_id, "document") is None:
        await context.records.commit(DOCUMENTS, run.document_id, [Delete(key)])
        raise Conflict("the document was removed meanwhile")


async def finished_tasks(context: StoreContext, run: Run, stage: Stage, prefix: str = "") -> set[str]:
    """Return the names of the finished tasks of a stage, of those whose name begins with `prefix`."""
    names: set[str] = set()
    for start in _keys(run, stage, prefix):
        records = context.records.partition(DOCUMENTS, run.document_id, start)
        names |= {prefix + record.key.removeprefix(start) async for record in records}
    return names


async def load_receipts(context: StoreContext, run: Run, stage: Stage) -> dict[str, TaskDone]:
    """Load the receipts of a stage by task name; of a task that has two, the one that the Run counts."""
    receipts: dict[str, TaskDone] = {}
    for prefix in _keys(run, stage):
        async for record in context.records.partition(DOCUMENTS, run.document_id, prefix):
            name = record.key.removeprefix(prefix)
            # That the row exists says that the task is finished; of one that cannot be read only the bill is lost.
            receipts[name] = load_or_report(TaskDone, record) or TaskDone(stage=stage, name=name)
    return receipts


async def load_all_receipts(
    context: StoreContext, run: Run, stage: Stage, name: str | None = None
) -> dict[str, TaskDone] | None:
    """Load the receipts of all planned ranges; None when one is missing.

    With the `name` of a task that was just finished, its group is read first, and the others only when no receipt of
    the group is missing. The task that is finished last finds every group complete, whatever the order was.
    """
    if name is not None:
        group = _planned_group(run, name)
        is_one_of_many = len(group) < planned_count(run)
        if is_one_of_many and not group <= await finished_tasks(context, run, stage, name[:GROUP_PREFIX_LENGTH]):
            return None
    receipts = await load_receipts(context, run, stage)
    return receipts if {pages.name for pages in planned_ranges(run)} <= receipts.keys() else None


def _planned_group(run: Run, name: str) -> set[str]:
    """Return the names of the planned ranges that begin in the same hundred of pages as the range `name`."""
    hundred = PageRange.from_name(name).first // GROUP_PAGES * GROUP_PAGES
    lowest = max(hundred, 1)
    first = lowest + (1 - lowest) % run.range_size
    starts = range(first, min(hundred + GROUP_PAGES, run.pages_to_extract + 1), run.range_size)
    return {range_with(start, run.pages_to_extract, run.range_size).name for start in starts}


async def find_outstanding_ranges(
    context: StoreContext, run: Run, stage: Stage, ranges: tuple[PageRange, ...]
) -> tuple[PageRange, ...]:
    """Return the planned ranges of a stage that have no receipt yet."""
    finished = await finished_tasks(context, run, stage)
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
