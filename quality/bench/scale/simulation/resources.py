"""What documents wait for: stations with several servers, and limits on a rate."""

from collections.abc import Generator
from dataclasses import dataclass, field

import simpy

type Waiting = Generator[simpy.Event, object]


@dataclass
class Station:
    """Servers that each serve one customer at a time, first come first served: cores, or places for invocations."""

    env: simpy.Environment
    name: str
    servers: int
    busy_seconds: float = 0.0
    waited_seconds: float = 0.0
    served: int = 0
    _resource: simpy.Resource = field(init=False)

    def __post_init__(self) -> None:
        self._resource = simpy.Resource(self.env, self.servers)

    def serve(self, seconds: float) -> Waiting:
        """Wait for a free server, and occupy it."""
        arrived = self.env.now
        with self._resource.request() as place:
            yield place
            self._note(arrived)
            yield self.env.timeout(seconds)
        self.busy_seconds += seconds

    def hold(self, work: Waiting) -> Waiting:
        """Wait for a free server, and occupy it as long as `work` takes."""
        arrived = self.env.now
        with self._resource.request() as place:
            yield place
            self._note(arrived)
            began = self.env.now
            yield from work
            self.busy_seconds += self.env.now - began

    def utilisation(self, since: "Reading", now: "Reading") -> float:
        """Return the share of its capacity that was used between two readings."""
        return (now.used - since.used) / (self.servers * (now.time - since.time))

    def read(self) -> "Reading":
        """Return what was used so far."""
        return Reading(self.env.now, self.busy_seconds)

    def _note(self, arrived: float) -> None:
        self.waited_seconds += self.env.now - arrived
        self.served += 1


@dataclass
class RateLimit:
    """At most `per_second` units a second: who comes early waits, as after a refusal with the time to retry."""

    env: simpy.Environment
    name: str
    per_second: float
    units: float = 0.0
    _next_free: float = 0.0

    def take(self, units: float) -> Waiting:
        """Take units, and wait until they may be used."""
        if units:
            self._next_free = max(self.env.now, self._next_free) + units / self.per_second
            self.units += units
            yield self.env.timeout(self._next_free - self.env.now)

    def utilisation(self, since: "Reading", now: "Reading") -> float:
        """Return the share of its limit that was used between two readings."""
        return (now.used - since.used) / (self.per_second * (now.time - since.time))

    def read(self) -> "Reading":
        """Return what was used so far."""
        return Reading(self.env.now, self.units)


@dataclass(frozen=True)
class Reading:
    """What of a resource was used up to a time: seconds of servers, or units."""

    time: float
    used: float
