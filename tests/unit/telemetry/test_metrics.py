"""What is counted and measured, and that docs/metrics.md lists exactly that."""

from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from functions.deferring import report_deferral
from functions.poison import give_up_or_return
from shared import telemetry
from shared.domain.base.errors import Throttled
from shared.pipeline.operations.backlog import POISON_QUEUES, QUEUES, measure_backlog
from shared.pipeline.operations.replay import replay
from shared.pipeline.review.review import Decision, claim, complete
from shared.pipeline.store.runs import load
from shared.telemetry import metrics
from shared.testing.builders.pages import text_page
from tests.support.captured_telemetry import Captured, capture
from tests.support.pipeline.world import PAGE, World, make_world

UNKNOWN = b'{"document_id": "d000000000000000000000000"}'


def values(captured: Captured, name: str) -> dict[tuple[Any, ...], float]:
    """The values of a metric by the values of its attributes, in the order in which they are declared."""
    order = metrics.METRICS[name].attributes
    return {
        tuple(point.attributes.get(attribute) for attribute in order): getattr(point, "value", getattr(point, "sum", 0))
        for point in captured.points(name)
    }


async def review(world: World) -> None:
    """A document that needs a person, who accepts it after seven minutes."""
    document_id = await world.drop("note/b.pdf", b"%PDF b")
    await world.settle()
    case = await claim(world.context, document_id, "anna")
    world.clock.advance(timedelta(minutes=7))
    assert case.lease is not None
    await complete(world.context, document_id, Decision(token=case.lease.token))
    await world.settle()


async def test_outcomes_are_counted_once_each(world: World) -> None:
    """The automation rate follows: accepted without a person, of all that were not reviewed before."""
    doubtful = make_world(pages=[text_page(1, *PAGE[:1])])
    with capture() as captured:
        await world.drop()
        await world.settle()
        await review(doubtful)
    assert values(captured, "intray.documents") == {
        ("finalized", "ACCEPT", "note", False, None): 1,
        ("in_review", "REVIEW", "note", False, None): 1,
        ("finalized", "ACCEPT", "note", True, None): 1,
    }
    assert 420 == values(captured, "intray.document.age")["finalized", "note", True]


async def test_failures_are_counted_with_their_reason() -> None:
    """A failed document says why, by a code."""
    world = make_world()
    with capture() as captured:
        await world.blobs.write("incoming", "note/a.pdf", b"%PDF a", "application/pdf")
        await world.drop()
        await world.blobs.delete("incoming", "note/a.pdf")
        await world.settle()
    assert {("failed", None, None, False, "gone"): 1} == values(captured, "intray.documents")


async def test_tokens_cost_and_answers_are_counted(world: World) -> None:
    """Each call once; an answer that was paid before costs nothing again."""
    document_id = await world.drop()
    with capture() as captured:
        await world.settle()
        await replay(world.context, document_id)
        await world.settle()
    snapshot = await load(world.context, document_id, 1)
    assert snapshot is not None
    bill = snapshot.run.bill
    model = {name: ("chat", "azure.ai.openai", name, name) for name in ("see", "think")}
    assert values(captured, "intray.model.answers") == {
        (name, source): 1 for name in model for source in ("model", "stored")
    }
    tokens = values(captured, "gen_ai.client.token.usage")
    assert bill.usage.prompt == sum(tokens[*names, "input"] for names in model.values())
    assert bill.usage.completion == sum(tokens[*names, "output"] for names in model.values())
    assert sum(values(captured, "intray.model.cost").values()) == pytest.approx(bill.cost_usd)
    assert {(*names, None) for names in model.values()} == set(values(captured, "gen_ai.client.operation.duration"))


async def test_the_backlog_is_measured(world: World) -> None:
    """Messages and the age of the oldest one that waits, for every queue, empty ones too; and cases for review."""
    doubtful = make_world(pages=[text_page(1, *PAGE[:1])])
    await doubtful.drop("note/b.pdf", b"%PDF b")
    await doubtful.settle()
    await doubtful.drop("note/c.pdf", b"%PDF c")
    doubtful.clock.advance(timedelta(minutes=3))
    await doubtful.queues.send("decide", "{}", timedelta(hours=1))
    with capture() as captured:
        await measure_backlog(doubtful.context)
    depths, ages = values(captured, "intray.queue.messages"), values(captured, "intray.queue.age")
    assert set(depths) == set(ages) == {(queue,) for queue in (*QUEUES, *POISON_QUEUES)}
    assert (1, 1, 0) == tuple(depths[queue,] for queue in ("read", "decide", "validate"))
    assert (180, 0, 0) == tuple(ages[queue,] for queue in ("read", "decide", "validate"))
    assert ({(): 1}, {(): 180}) == (values(captured, "intray.review.cases"), values(captured, "intray.review.age"))


async def test_deferrals_and_poison_messages_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By stage, and by the class and code of the reason."""
    monkeypatch.setattr("functions.poison.load_context", lambda: world.context)
    with capture() as captured:
        report_deferral("step_deferred", "extract", "d1", Throttled("busy"))
        await give_up_or_return("read", func.QueueMessage(body=UNKNOWN))
    assert {("extract", "Throttled", "throttled"): 1} == values(captured, "intray.deferrals")
    assert {("read",): 1} == values(captured, "intray.poison")


async def test_metrics_have_the_attributes_and_buckets_that_are_declared(world: World) -> None:
    """Whatever is exported is declared: name, unit and attributes, none of them an id."""
    doubtful = make_world(pages=[text_page(1, *PAGE[:1])])
    with capture() as captured:
        document_id = await world.drop()
        await world.settle()
        await review(doubtful)
        await measure_backlog(world.context)
    for exported in captured.metrics:
        declared = metrics.METRICS[exported.name]
        assert (declared.unit, declared.description) == (exported.unit, exported.description)
        for point in exported.data.data_points:
            assert set(point.attributes) <= set(declared.attributes)
            assert tuple(getattr(point, "explicit_bounds", ())) == declared.buckets
            assert document_id not in str(point.attributes)
    left_out = {"intray.deferrals", "intray.poison"}  # see above
    assert set(metrics.METRICS) - left_out == {exported.name for exported in captured.metrics}


def test_no_attribute_of_a_metric_is_an_id() -> None:
    """Each value of an attribute is a time series that is stored and paid for."""
    unbounded = {telemetry.DOCUMENT_ID, telemetry.RUN, telemetry.TASK, telemetry.PARENT, telemetry.PAGE}
    assert [] == [metric.name for metric in metrics.METRICS.values() if unbounded & set(metric.attributes)]
