"""The limits of what a document may cost: a step asks models through a gateway that holds them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from math import ceil

from shared.domain.model_call import Bill
from shared.domain.run import Run
from shared.domain.task import Stage, TaskDone, range_with
from shared.ports.records import Record
from shared.stages.core import Core
from shared.stages.finished_ranges import FinishedRanges
from shared.stages.meter import Meter
from shared.stages.receipts import (
    DOCUMENTS,
    FEW_TASKS,
    has_counted_receipts,
    load_receipts,
    planned_count,
    receipt_key,
    uncounted_bill,
)
from shared.stages.stored_rows import load_or_report

PAGES_IN_LIMITS = 20
"""Pages for which the limits of a document are meant; those of a longer one grow in proportion."""


async def within_limits(core: Core, run: Run, stage: Stage) -> Core:
    """Return the Core with a gateway that asks models only within the limits of the Run's document.

    `stage` is the one that the Run is in: what its finished ranges cost may not be in the Run's bill yet.
    """
    share = max(1, ceil(run.pages / PAGES_IN_LIMITS))
    known = run.bill.plus(await _not_on_the_bill(core, run, stage))
    meter = Meter(
        records=core.records,
        run=run,
        max_calls=core.limits.max_document_calls * share,
        max_cost=core.limits.max_document_cost * share,
        known=known,
        spent=run.bill if stage == "validate" else known,  # validation bills what its questions cost itself
    )
    await meter.count_exhausted()
    return replace(core, gateway=replace(core.gateway, meter=meter))


async def _not_on_the_bill(core: Core, run: Run, stage: Stage) -> Bill:
    """Add up what finished tasks of the Run's state cost whose receipts are not in its bill yet."""
    if stage != "extract":
        return uncounted_bill(await load_receipts(core, run, "check"))
    if planned_count(run) <= FEW_TASKS:
        return Bill()  # the receipts of so few are counted on the Run
    if has_counted_receipts(run):  # then a range may have two receipts, and counts once
        return uncounted_bill(await load_receipts(core, run, "extract"))
    return await _bill_of_ranges(core, run)


async def _bill_of_ranges(core: Core, run: Run) -> Bill:
    """Add up what the finished ranges of extraction cost, reading only receipts behind those that are known.

    Ranges are finished about in their order: what each of hundreds of steps reads does not grow with their number.
    """
    known = core.finished_ranges.get(run)
    rows = [row async for row in _receipt_rows(core, run, known.key)]
    if known.key and (not rows or rows[0].version != known.version):  # the Document was removed and received again
        known = FinishedRanges()
        rows = [row async for row in _receipt_rows(core, run)]
    total = known.bill
    for row in rows[1:] if known.key else rows:
        done = load_or_report(TaskDone, row)
        total = total.plus(done.bill if done else Bill())
        if row.key == _key_of_next(run, known.ranges):
            known = FinishedRanges(known.ranges + 1, total, row.key, row.version)
    core.finished_ranges.keep(run, known)
    return total


def _receipt_rows(core: Core, run: Run, start: str = "") -> AsyncIterator[Record]:
    return core.records.partition(DOCUMENTS, run.document_id, receipt_key(run, "extract"), start)


def _key_of_next(run: Run, finished: int) -> str:
    """Return the key of the receipt of the range that follows the first `finished` ones."""
    page = finished * run.range_size + 1
    return receipt_key(run, "extract", range_with(page, run.extent, run.range_size).name)
