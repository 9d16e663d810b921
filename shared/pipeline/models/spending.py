"""The limits of what a document may cost: a step asks models through a gateway that holds them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from math import ceil

from shared.domain.documents.run import Run
from shared.domain.documents.task import Stage, TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import range_with
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.gateway.finished_ranges import FinishedRanges
from shared.pipeline.models.gateway.meter import Meter
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.receipts import (
    FEW_TASKS,
    has_counted_receipts,
    load_receipts,
    planned_count,
    receipt_key,
    uncounted_bill,
)
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.ports.records import Record

PAGES_IN_LIMITS = 20
"""Pages for which the limits of a document are meant; those of a longer one grow in proportion."""


async def within_limits[C: ModelContext](context: C, run: Run, stage: Stage) -> C:
    """Return the context with a gateway that asks models only within the limits of the Run's document.

    `stage` is the one that the Run is in: what its finished ranges cost may not be in the Run's bill yet.
    """
    share = max(1, ceil(run.pages / PAGES_IN_LIMITS))
    spent_before = run.bill.plus(await _not_on_the_bill(context, run, stage))
    meter = Meter(
        records=context.records,
        run=run,
        max_calls=context.limits.max_document_calls * share,
        max_cost=context.limits.max_document_cost * share,
        spent_before=spent_before,
        spent=run.bill if stage == "validate" else spent_before,  # validation bills what its questions cost itself
    )
    await meter.count_exhausted()
    return replace(context, gateway=replace(context.gateway, meter=meter))


async def _not_on_the_bill(context: ModelContext, run: Run, stage: Stage) -> Bill:
    """Add up what finished tasks of the Run's state cost whose receipts are not in its bill yet."""
    if stage != "extract":
        return uncounted_bill(await load_receipts(context, run, "check"))
    if planned_count(run) <= FEW_TASKS:
        return Bill()  # the receipts of so few are counted on the Run
    if has_counted_receipts(run):  # then a range may have two receipts, and counts once
        return uncounted_bill(await load_receipts(context, run, "extract"))
    return await _bill_of_ranges(context, run)


async def _bill_of_ranges(context: ModelContext, run: Run) -> Bill:
    """Add up what the finished ranges of extraction cost, reading only receipts behind those that are known.

    Ranges are finished about in their order: what each of hundreds of steps reads does not grow with their number.
    """
    finished = context.finished_ranges.get(run)
    rows = [row async for row in _receipt_rows(context, run, finished.key)]
    if finished.key and (
        not rows or rows[0].version != finished.version
    ):  # the Document was removed and received again
        finished = FinishedRanges()
        rows = [row async for row in _receipt_rows(context, run)]
    total = finished.bill
    for row in rows[1:] if finished.key else rows:
        done = load_or_report(TaskDone, row)
        total = total.plus(done.bill if done else Bill())
        if row.key == _key_of_next(run, finished.ranges):
            finished = FinishedRanges(finished.ranges + 1, total, row.key, row.version)
    context.finished_ranges.keep(run, finished)
    return total


def _receipt_rows(context: ModelContext, run: Run, start: str = "") -> AsyncIterator[Record]:
    return context.records.partition(DOCUMENTS, run.document_id, receipt_key(run, "extract"), start)


def _key_of_next(run: Run, finished: int) -> str:
    """Return the key of the receipt of the range that follows the first `finished` ones."""
    page = finished * run.range_size + 1
    return receipt_key(run, "extract", range_with(page, run.pages_to_extract, run.range_size).name)
