"""The limits of what a document may cost: a step asks models through a gateway that holds them."""

from dataclasses import replace
from math import ceil

from shared.domain.run import Run
from shared.stages.core import Core
from shared.stages.meter import Meter

PAGES_IN_LIMITS = 20
"""Pages for which the limits of a document are meant; those of a longer one grow in proportion."""


async def within_limits(core: Core, run: Run) -> Core:
    """Return the Core with a gateway that asks models only within the limits of the Run's document."""
    share = max(1, ceil(run.pages / PAGES_IN_LIMITS))
    meter = Meter(
        records=core.records,
        run=run,
        max_calls=core.limits.max_document_calls * share,
        max_cost=core.limits.max_document_cost * share,
        spent=run.bill,
    )
    await meter.count_exhausted()
    return replace(core, gateway=replace(core.gateway, meter=meter))
