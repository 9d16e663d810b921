"""Faults made to happen on purpose: lost acknowledgements, a changed order, and topics that are down for a while."""

import random
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from local.event_grid.clock import Clock
from local.event_grid.state.config import ScriptedFaults, Subscription
from local.event_grid.state.tables import Delivery


def first_wait(subscription: Subscription, event_id: str) -> float:
    """Seconds until the first delivery: zero, or spread by the seed so that events overtake each other."""
    faults = subscription.faults
    return faults.reorder_seconds * _chance(faults, "order", event_id) if faults.reorder_seconds else 0.0


def loses_acknowledgement(faults: ScriptedFaults, delivery: Delivery) -> bool:
    """Return whether the success of this attempt is to be forgotten, so that the event comes again."""
    if delivery.acknowledged >= faults.copies:
        return False
    every = faults.duplicate_every
    if every and delivery.event_number % every == 0:
        return True
    return _chance(faults, "duplicate", delivery.event.id) < faults.duplicate_probability


def _chance(faults: ScriptedFaults, what: str, event_id: str) -> float:
    return random.Random(f"{faults.seed}/{what}/{event_id}").random()  # noqa: S311 - a repeatable fault, no secret


class Outage(BaseModel):
    """A scripted outage of a topic: what it answers, for how many seconds and at most how many requests.

    With `accept` the events are taken all the same: the publisher's answer got lost on the way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    status: int = Field(default=503, ge=400, le=599)
    seconds: float = Field(default=10.0, gt=0)
    count: int | None = Field(default=None, ge=1)
    retry_after: int | None = Field(default=None, ge=0)
    accept: bool = False


@dataclass
class _Running:
    outage: Outage
    ends: float
    left: int | None


class Outages:
    """The outage each topic is in, if any."""

    def __init__(self, clock: Clock) -> None:
        """`clock` tells when an outage is over."""
        self._clock = clock
        self._running: dict[str, _Running] = {}

    def begin(self, topic: str, outage: Outage) -> None:
        """Start an outage, in place of one that runs."""
        self._running[topic] = _Running(outage, self._clock.now() + outage.seconds, outage.count)

    def end(self, topic: str) -> None:
        """The topic is well again."""
        self._running.pop(topic, None)

    def strike(self, topic: str) -> Outage | None:
        """Return the outage that the next request meets; it counts as one of its requests."""
        running = self._running.get(topic)
        if running is None:
            return None
        if self._clock.now() >= running.ends or running.left == 0:
            self.end(topic)
            return None
        if running.left is not None:
            running.left -= 1
        return running.outage
