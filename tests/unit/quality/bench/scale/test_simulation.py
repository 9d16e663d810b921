"""The simulation finds the bottlenecks that arithmetic finds, agrees with queueing theory, and is reproducible."""

import pytest
import simpy

from quality.bench.scale.report import load_report
from quality.bench.scale.simulation.growth import MODEL_TIERS, capacity
from quality.bench.scale.simulation.local import predict_throughput
from quality.bench.scale.simulation.queueing import erlang_c, mean_wait, simulate_station
from quality.bench.scale.simulation.quotas import Quotas, load_quotas
from quality.bench.scale.simulation.resources import RateLimit
from quality.bench.scale.simulation.system import CORES, Draw, System, quota_of, saturate
from quality.bench.scale.simulation.work import (
    Assumptions,
    DocumentDemand,
    Mix,
    ModelDemand,
    StageDemand,
    demands,
    load_assumptions,
)

MIX = Mix(name="plain", shares={"plain": 1.0})


def stage(core_seconds: float, requests: float = 0.0, model: ModelDemand | None = None) -> StageDemand:
    return StageDemand(
        name="work", queue="q", core_seconds=core_seconds, requests=requests, messages={}, active_rows=0, events=0,
        model=model,
    )  # fmt: skip


def bottleneck(only: StageDemand, instances: int, quotas: Quotas | None = None) -> tuple[str, float]:
    """The resource that is used most, and the documents a second, with instances that are kept busy."""
    document = DocumentDemand(name="plain", stages=(only,))
    system = System(simpy.Environment(), instances, quotas or load_quotas(), load_assumptions())
    outcome = saturate(system, Draw(MIX, {"plain": document}, seed=1), at_once=200, documents=1500)
    return outcome.bottleneck, outcome.per_second


def test_cores_bound_what_computes() -> None:
    """0.2 s of a core on 4 cores: 20 documents a second."""
    name, per_second = bottleneck(stage(0.2), instances=4)
    assert CORES == name
    assert per_second == pytest.approx(20, rel=0.02)


def test_the_storage_account_bounds_what_asks_it_most() -> None:
    """2,000 requests a document and 20,000 a second: 10 documents a second."""
    name, per_second = bottleneck(stage(0.01, requests=2000).model_copy(update={"core_seconds": 0.0}), instances=100)
    assert (name, quota_of(name)) == ("storage account", "storage_account")
    assert per_second == pytest.approx(10, rel=0.02)


def test_a_model_quota_bounds_what_reserves_tokens() -> None:
    """A million tokens a minute and 20,000 reserved by a request: 50 documents a minute."""
    asked = ModelDemand(deployment="mini", tokens=20_000, seconds=1.0)
    name, per_second = bottleneck(stage(0.01, model=asked), instances=50)
    assert (name, quota_of(name)) == ("model tokens: mini", "model_tokens")
    assert 60 * per_second == pytest.approx(50, rel=0.02)


def test_a_raised_quota_raises_the_bound() -> None:
    """The remedy of the table works in the simulation."""
    asked = ModelDemand(deployment="mini", tokens=20_000, seconds=1.0)
    quotas = load_quotas().raised(model_tokens=2.0)
    _, per_second = bottleneck(stage(0.01, model=asked), instances=50, quotas=quotas)
    assert 60 * per_second == pytest.approx(100, rel=0.02)


def test_a_rate_limit_lets_units_through_at_its_rate() -> None:
    """Ten takes of 50 units at 100 a second end after five seconds."""
    env = simpy.Environment()
    limit = RateLimit(env, "limit", per_second=100)
    for _ in range(10):
        env.process(limit.take(50))
    env.run()
    assert env.now == pytest.approx(5.0)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (4, 2.8)])
def test_a_station_agrees_with_queueing_theory(servers: int, load: float) -> None:
    """M/M/c: mean wait by Erlang's C formula and the use of the servers, over seeds of 30,000 customers."""
    stations = [simulate_station(servers, load, 1.0, 30_000, seed) for seed in range(1, 6)]
    waits = [station.waited_seconds / station.served for station in stations]
    uses = [station.busy_seconds / (servers * station.env.now) for station in stations]
    assert sum(waits) / len(waits) == pytest.approx(mean_wait(servers, load, 1.0), rel=0.06)
    assert sum(uses) / len(uses) == pytest.approx(load / servers, rel=0.02)


def test_erlang_c_is_that_of_the_tables() -> None:
    """One server: the share that waits is the load. Two servers at load 1: one third."""
    assert erlang_c(1, 0.6) == pytest.approx(0.6)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)


@pytest.fixture
def assumptions() -> Assumptions:
    return load_assumptions()


def test_the_kept_figures_are_those_of_the_simulation(assumptions: Assumptions) -> None:
    """The page states what the code computes from the kept measurement: the same seed gives the same figures."""
    report = load_report()
    documents, [mix] = demands(report.measurement, assumptions), [m for m in assumptions.mixes if m.name == "small"]
    tier = next(iter(MODEL_TIERS))
    kept = next(e for e in report.capacities if (e.tier, e.mix, e.instances) == (tier, "small", 1))
    assert kept == capacity(tier, mix, 1, documents, load_quotas(), assumptions)
    assert report.predictions == predict_throughput(report.measurement)


def test_large_documents_demand_more_than_small_ones(assumptions: Assumptions) -> None:
    """Ranges repeat reading and extraction; the other stages run once."""
    documents = demands(load_report().measurement, assumptions)
    small, large = documents["small"], documents["large"]
    assert small.requests < large.requests < 10 * small.requests
    assert [stage.repeated for stage in large.stages] == [1, 10, 10, 1, 1, 1]
