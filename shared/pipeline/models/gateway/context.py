"""What asking models takes: the store, and the gateway to the deployments."""

from dataclasses import dataclass, field

from shared.pipeline.models.gateway.finished_ranges import FinishedRangesByRun
from shared.pipeline.models.gateway.gateway import Gateway
from shared.pipeline.store.context import StoreContext


@dataclass(frozen=True, kw_only=True)
class ModelContext(StoreContext):
    """The store, and the gateway that asks models within limits.

    `model_hints`: requests carry a machine-readable block of what is asked (INTRAY_MODEL_HINTS).
    """

    gateway: Gateway
    model_hints: bool = False
    finished_ranges: FinishedRangesByRun = field(default_factory=FinishedRangesByRun)
