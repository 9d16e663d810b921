"""The limits of what a document may cost: a step asks models through a gateway that holds them."""

from dataclasses import replace
from math import ceil

from shared.domain.documents.run import Run
from shared.domain.documents.task import Stage
from shared.domain.models.model_call import Bill
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.gateway.meter import Meter
from shared.pipeline.store.rows.receipts import load_receipts, planned_ranges, uncounted_bill
from shared.pipeline.store.runs import FEW_TASKS

PAGES_IN_LIMITS = 20
"""Pages for which the limits of a document are meant; those of a longer one grow in proportion."""


async def within_limits[C: ModelContext](context: C, run: Run, stage: Stage) -> C:
    """Return the Core with a gateway that asks models only within the limits of the Run's document.

    `stage` is the one that the Run is in: what its finished ranges cost may not be in the Run's bill yet.
    """
    share = max(1, ceil(run.pages / PAGES_IN_LIMITS))
    known = run.bill.plus(await _not_on_the_bill(context, run, stage))
    meter = Meter(
        records=context.records,
        run=run,
        max_calls=context.limits.max_document_calls * share,
        max_cost=context.limits.max_document_cost * share,
        known=known,
        spent=run.bill if stage == "validate" else known,  # validation bills what its questions cost itself
    )
    await meter.count_exhausted()
    return replace(context, gateway=replace(context.gateway, meter=meter))


async def _not_on_the_bill(context: ModelContext, run: Run, stage: Stage) -> Bill:
    """Add up what finished tasks of the Run's state cost whose receipts are not in its bill yet."""
    if stage == "extract" and len(planned_ranges(run)) <= FEW_TASKS:
        return Bill()  # the receipts of so few are counted on the Run
    return uncounted_bill(await load_receipts(context, run, "extract" if stage == "extract" else "check"))
