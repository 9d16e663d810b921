"""Faults on request: lost acknowledgements, a changed order, and outages of topics."""

import random
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from local.event_grid.state.config import ScriptedFaults, Subscription
from local.event_grid.state.tables import Delivery


def first_delivery_delay(subscription: Subscription, event_id: str) -> float:
    """Return the seconds until the first delivery: zero, or spread by the seed so that events overtake each other."""
    faults = subscription.faults
    return faults.reorder_seconds * _draw(faults, "order", event_id) if faults.reorder_seconds else 0.0


def loses_acknowledgement(faults: ScriptedFaults, delivery: Delivery) -> bool:
    """Return whether to forget the success of this attempt, so that the event is delivered again."""
    if delivery.acknowledged >= faults.copies:
        return False
    every = faults.duplicate_every
    if every and delivery.event_number % every == 0:
        return True
    return _draw(faults, "duplicate", delivery.event.id) < faults.duplicate_probability


def _draw(faults: ScriptedFaults, purpose: str, event_id: str) -> float:
    return random.Random(f"{faults.seed}/{purpose}/{event_id}").random()  # noqa: S311 - a repeatable fault, no secret


class Outage(BaseModel):
    """An outage of a topic: the status that it answers, and for how many seconds.

    With `accept` the topic takes the events all the same, as when its answer is lost on the way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    status: int = Field(default=503, ge=400, le=599)
    seconds: float = Field(default=10.0, gt=0)
    accept: bool = False


class Outages:
    """The current outage of each topic. `now` returns the time in seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: dict[str, tuple[Outage, float]] = {}

    def begin(self, topic: str, outage: Outage) -> None:
        """Start an outage, in place of the current one."""
        self._until[topic] = (outage, self._now() + outage.seconds)

    def end(self, topic: str) -> None:
        """End the topic's outage."""
        self._until.pop(topic, None)

    def current(self, topic: str) -> Outage | None:
        """Return the topic's outage, if it has one."""
        outage, ends = self._until.get(topic, (None, 0.0))
        return outage if self._now() < ends else None
