"""From 1 to 1,000 instances: documents a minute, what bounds them first, and what raises the bound."""

from collections.abc import Iterable, Mapping

import simpy

from quality.bench.scale.record import Record
from quality.bench.scale.simulation.quotas import Quotas
from quality.bench.scale.simulation.system import Draw, Outcome, System, feed, quota_of, saturate
from quality.bench.scale.simulation.work import Assumptions, DocumentDemand, Mix

SEED = 14
INSTANCES = (1, 3, 10, 30, 100, 250, 1000)
RATES = (0.5, 1, 5, 10, 50, 100, 200)
"""Documents a second that arrive."""
MODEL_TIERS = {"quota tier 1": 1.0, "quota tier 6": 15.0, "models without limit": 1e6}
"""Factors on the model quotas of data/quotas.yaml."""
_SURPLUS = 1.5
"""Times as many documents are in a busy system as its tightest limit needs, by a rough sum, to be busy all the time."""
_MIN_AT_ONCE, _MIN_DOCUMENTS = 60, 600
_HEADROOM = 0.9
"""The share of its capacity at which a system is run: beyond it waits grow without bound."""
_ARRIVALS = 2_000


class Capacity(Record):
    """The most documents that a number of instances process, and the resource that is used most then."""

    tier: str
    mix: str
    instances: int
    per_minute: float
    bottleneck: str
    used: float
    quota: str


class Arrival(Record):
    """What an arrival rate needs: instances, or None where no number of them is enough.

    `slowest_seconds`: 95 of 100 documents have their outcome earlier; None where they pile up.
    """

    tier: str
    per_second: float
    instances: int | None
    slowest_seconds: float | None
    bottleneck: str
    quota: str


def capacities(
    demands: Mapping[str, DocumentDemand],
    quotas: Quotas,
    assumptions: Assumptions,
    tiers: Mapping[str, float] = MODEL_TIERS,
    instances: Iterable[int] = INSTANCES,
) -> list[Capacity]:
    """Simulate every mix and tier of model quotas with each number of instances, all of them busy."""
    return [
        capacity(tier, mix, count, demands, _with_models(quotas, factor), assumptions)
        for tier, factor in tiers.items()
        for mix in assumptions.mixes
        for count in instances
    ]


def capacity(
    tier: str,
    mix: Mix,
    instances: int,
    demands: Mapping[str, DocumentDemand],
    quotas: Quotas,
    assumptions: Assumptions,
) -> Capacity:
    """Simulate a number of instances that are kept busy."""
    at_once = _documents_at_once(mix, instances, demands, quotas, assumptions)
    system = System(simpy.Environment(), instances, quotas, assumptions)
    outcome = saturate(system, Draw(mix, demands, SEED), at_once, max(_MIN_DOCUMENTS, int(_SURPLUS * at_once)))
    return Capacity(
        tier=tier,
        mix=mix.name,
        instances=instances,
        per_minute=round(60 * outcome.per_second, 1),
        bottleneck=outcome.bottleneck,
        used=round(min(1.0, outcome.utilisation[outcome.bottleneck]), 3),
        quota=quota_of(outcome.bottleneck),
    )


def arrivals(
    demands: Mapping[str, DocumentDemand],
    quotas: Quotas,
    assumptions: Assumptions,
    found: Iterable[Capacity],
    rates: Iterable[float] = RATES,
) -> list[Arrival]:
    """Return what each arrival rate of small documents needs, for every tier of model quotas."""
    [mix] = [mix for mix in assumptions.mixes if mix.name == "small"]
    small = [entry for entry in found if entry.mix == mix.name]
    return [
        _arrival(
            tier,
            rate,
            [entry for entry in small if entry.tier == tier],
            Draw(mix, demands, SEED),
            system_quotas,
            assumptions,
        )
        for tier, factor in MODEL_TIERS.items()
        for system_quotas in [_with_models(quotas, factor)]
        for rate in rates
    ]


def _arrival(
    tier: str, rate: float, found: list[Capacity], draw: Draw, quotas: Quotas, assumptions: Assumptions
) -> Arrival:
    enough = next((entry for entry in found if entry.per_minute * _HEADROOM >= 60 * rate), None)
    if enough is None:
        largest = max(found, key=lambda entry: entry.per_minute)
        return Arrival(
            tier=tier, per_second=rate, instances=None, slowest_seconds=None, bottleneck=largest.bottleneck,
            quota=largest.quota,
        )  # fmt: skip
    outcome: Outcome = feed(System(simpy.Environment(), enough.instances, quotas, assumptions), draw, rate, _ARRIVALS)
    return Arrival(
        tier=tier,
        per_second=rate,
        instances=enough.instances,
        slowest_seconds=round(outcome.slowest_seconds, 1),
        bottleneck=outcome.bottleneck,
        quota=quota_of(outcome.bottleneck),
    )


def _documents_at_once(
    mix: Mix, instances: int, demands: Mapping[str, DocumentDemand], quotas: Quotas, assumptions: Assumptions
) -> int:
    """Return how many documents keep a system busy: the rate of its tightest limit times the seconds of a document."""
    mean = [(share, demands[name]) for name, share in mix.shares.items()]
    per_second = min(
        instances / sum(share * document.core_seconds for share, document in mean),
        quotas.limit("storage_account") / sum(share * document.requests for share, document in mean),
        quotas.limit("model_tokens") / 60 / max(sum(share * document.most_tokens for share, document in mean), 1.0),
    )
    seconds = sum(
        share * (document.core_seconds + document.waiting_seconds(assumptions.storage_request_seconds))
        for share, document in mean
    )
    return max(_MIN_AT_ONCE, int(_SURPLUS * per_second * seconds))


def _with_models(quotas: Quotas, factor: float) -> Quotas:
    return quotas.raised(model_tokens=factor, model_requests=factor)
