"""Documents on instances, within quotas: how many get through in a time, and what they wait for most."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import quantiles
from typing import NamedTuple

import simpy

from quality.bench.scale.simulation.quotas import Quotas
from quality.bench.scale.simulation.resources import RateLimit, Reading, Station, Waiting
from quality.bench.scale.simulation.work import Assumptions, DocumentDemand, Mix, StageDemand

CORES = "cores of the instances"
PLACES = "invocations at once"
_PERCENTILE = 95
SATURATED = 0.95
"""The use of a resource from which its customers queue."""


class Outcome(NamedTuple):
    """What a simulation shows: documents a second, the 95th percentile of their seconds, the use of each resource."""

    per_second: float
    slowest_seconds: float
    utilisation: dict[str, float]

    @property
    def bottleneck(self) -> str:
        """The resource that is used most; not the places of invocations, while those wait for a saturated resource."""
        saturated = [name for name, use in self.utilisation.items() if use >= SATURATED and not name.startswith(PLACES)]
        return max(saturated or self.utilisation, key=lambda name: self.utilisation[name])


@dataclass
class System:
    """One simulated deployment: `instances` of one core each, the quotas, and the assumed times of the services."""

    env: simpy.Environment
    instances: int
    quotas: Quotas
    assumptions: Assumptions
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cores = Station(self.env, CORES, self.instances)
        self.places: dict[str, Station] = {}
        self.limits: dict[str, RateLimit] = {}

    def process(self, document: DocumentDemand) -> Waiting:
        """Take a document through its stages."""
        began = self.env.now
        for stage in document.stages:
            invocations = [self.env.process(self._invoke(stage)) for _ in range(stage.repeated)]
            yield self.env.all_of(invocations)
        self.seconds.append(self.env.now - began)

    def read(self) -> dict[str, Reading]:
        """Return what was used of every resource so far."""
        return {resource.name: resource.read() for resource in self._resources()}

    def utilisation(self, since: Mapping[str, Reading], now: Mapping[str, Reading]) -> dict[str, float]:
        """Return the use of every resource between two readings."""
        zero = Reading(next(iter(since.values())).time, 0.0)
        return {
            resource.name: resource.utilisation(since.get(resource.name, zero), now[resource.name])
            for resource in self._resources()
        }

    def _resources(self) -> list[Station | RateLimit]:
        return [self.cores, *self.places.values(), *self.limits.values()]

    def _invoke(self, stage: StageDemand) -> Waiting:
        if stage.name not in self.places:
            servers = self.instances * self.assumptions.invocations_at_once
            self.places[stage.name] = Station(self.env, f"{PLACES}: {stage.name}", servers)
        yield from self.places[stage.name].hold(self._work(stage))

    def _work(self, stage: StageDemand) -> Waiting:
        for queue, messages in stage.messages.items():
            yield from self._limit("queue", f"queue {queue}").take(messages)
        yield from self._limit("storage_account").take(stage.requests)
        yield from self._limit("table_partition").take(stage.active_rows)
        yield from self.cores.serve(stage.core_seconds)
        yield self.env.timeout(self.assumptions.storage_request_seconds * stage.requests)
        if stage.model is not None:
            name = stage.model.deployment
            yield from self._limit("model_requests", f"model requests: {name}", per_minute=True).take(1)
            yield from self._limit("model_tokens", f"model tokens: {name}", per_minute=True).take(stage.model.tokens)
            yield self.env.timeout(stage.model.seconds)
        yield from self._limit("event_topic").take(stage.events)

    def _limit(self, quota: str, name: str = "", *, per_minute: bool = False) -> RateLimit:
        """Return the limit called `name`, by default as its quota, which bounds it."""
        name = name or quota.replace("_", " ")
        if name not in self.limits:
            self.limits[name] = RateLimit(self.env, name, self.quotas.limit(quota) / (60 if per_minute else 1))
        return self.limits[name]


def quota_of(resource: str) -> str:
    """Return the name of the quota that bounds a resource."""
    name = resource.partition(":")[0]
    if name in {CORES, PLACES}:
        return "instances"
    return "queue" if name.startswith("queue ") else name.replace(" ", "_")


class Draw:
    """Documents of a mix at random, the same each time."""

    def __init__(self, mix: Mix, demands: Mapping[str, DocumentDemand], seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a simulation
        self._kinds = [demands[name] for name in mix.shares]
        self._weights = list(mix.shares.values())

    def document(self) -> DocumentDemand:
        """Return the next document."""
        return self.dice.choices(self._kinds, self._weights)[0]


def saturate(system: System, draw: Draw, at_once: int, documents: int) -> Outcome:
    """Keep `at_once` documents in the system until `documents` are done; what it does after a third of them counts."""

    def client() -> Waiting:
        while True:
            yield from system.process(draw.document())

    for _ in range(at_once):
        system.env.process(client())
    return _observe(system, documents)


def feed(system: System, draw: Draw, per_second: float, documents: int) -> Outcome:
    """Let documents arrive at random, `per_second` on average, until `documents` are done."""

    def source() -> Waiting:
        while True:
            yield system.env.timeout(draw.dice.expovariate(per_second))
            system.env.process(system.process(draw.document()))

    system.env.process(source())
    return _observe(system, documents)


def _observe(system: System, documents: int) -> Outcome:
    _run_until(system, documents // 3)
    since, first = system.read(), len(system.seconds)
    began = system.env.now
    _run_until(system, documents)
    counted = system.seconds[first:]
    return Outcome(
        per_second=len(counted) / (system.env.now - began),
        slowest_seconds=quantiles(counted, n=100)[_PERCENTILE - 1],
        utilisation=system.utilisation(since, system.read()),
    )


def _run_until(system: System, documents: int) -> None:
    while len(system.seconds) < documents:
        system.env.step()
