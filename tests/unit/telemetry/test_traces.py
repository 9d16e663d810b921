"""One trace for each Run, whatever its messages pass."""

import json
from datetime import timedelta
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from functions.steps import run_step
from shared import telemetry
from shared.domain.base.stored import load_stored
from shared.domain.documents.task import StageMessage
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.read.read import read
from shared.pipeline.review.review import Decision, claim, complete
from shared.telemetry import traces
from shared.testing.builders.pages import text_page
from tests.support.captured_telemetry import Captured, capture
from tests.support.deferred_document import deferred_document
from tests.support.pipeline.world import ANSWERS, PAGE, World, answering, make_world

STAGES = ["intake", "read", "extract", "validate", "decide", "publish"]


def hex_ids(document_id: str, run: int = 1) -> tuple[str, str]:
    ids = traces.ids_of_run(document_id, run)
    return f"{ids.trace_id:032x}", f"{ids.span_id:016x}"


def assert_tree(captured: Captured, document_id: str, run: int = 1) -> None:
    """All spans of a Run hang together below its root."""
    spans = captured.of_run(document_id, run)
    root = traces.ids_of_run(document_id, run).span_id
    own = {span.context.span_id for span in spans if span.context}
    assert [traces.ROOT] == [span.name for span in spans if span.parent is None]
    assert root in own
    assert set() == {span.parent.span_id for span in spans if span.parent} - own


def values(span: ReadableSpan, *names: str) -> tuple[Any, ...]:
    """The values of some attributes of a span; None for one that it has not."""
    return tuple((span.attributes or {}).get(name) for name in names)


def child_of(captured: Captured, name: str) -> set[str]:
    """The names of the spans whose children the spans of this name are."""
    names = {span.context.span_id: span.name for span in captured.spans if span.context}
    return {names[span.parent.span_id] for span in captured.named(name) if span.parent}


async def test_a_run_is_one_trace_across_all_stages(world: World) -> None:
    """Every step is below the step that sent its message, model calls below their step, all below the root."""
    with capture() as captured:
        document_id = await world.drop()
        await world.settle()
    assert_tree(captured, document_id)
    assert {span.name for span in captured.spans} == {*STAGES, traces.ROOT, "chat see", "chat think", "publish events"}
    assert len(captured.spans) == len(captured.of_run(document_id))
    parents = {name: child_of(captured, name) for name in (*STAGES[:-1], "chat see", "chat think")}
    assert parents == {
        "intake": {traces.ROOT},
        "read": {"intake"},
        "extract": {"read"},
        "validate": {"extract"},
        "decide": {"validate"},
        "chat see": {"extract"},
        "chat think": {"validate"},
    }
    assert {"intake", "decide"} == child_of(captured, "publish")
    (root,) = captured.named(traces.ROOT)
    assert dict(root.attributes or {}) == {
        telemetry.DOCUMENT_ID: document_id,
        telemetry.RUN: 1,
        telemetry.STATE: "finalized",
        telemetry.TYPE: "note",
        telemetry.REVIEWED: False,
        telemetry.DISPOSITION: "ACCEPT",
        telemetry.COST: (await world.run(document_id)).bill.cost_usd,
    }


async def test_the_ranges_of_a_large_file_are_below_their_plan() -> None:
    """Fan-out and fan-in are one trace: the range that is finished last sends the next stage's message."""
    world = make_world(pages=[text_page(number, *PAGE) for number in range(1, 31)], read_range=8, extract_range=8)
    with capture() as captured:
        document_id = await world.drop()
        await world.settle()
    assert_tree(captured, document_id)
    assert (4, 4) == tuple(len(captured.named(name)) for name in ("read-ranges", "extract-ranges"))
    fan_out = {name: child_of(captured, name) for name in ("read-ranges", "extract", "extract-ranges", "validate")}
    assert fan_out == {
        "read-ranges": {"read"},
        "extract": {"read-ranges"},
        "extract-ranges": {"extract"},
        "validate": {"extract-ranges"},
    }


async def test_steps_say_what_they_were(world: World) -> None:
    """Document, Run, stage, task, deferrals and outcome."""
    with capture() as captured:
        document_id = await world.drop()
        await world.settle()
    (step,) = captured.named("extract")
    assert dict(step.attributes or {}) == {
        telemetry.DOCUMENT_ID: document_id,
        telemetry.RUN: 1,
        telemetry.STAGE: "extract",
        telemetry.TASK: "plan",
        telemetry.DEFERRALS: 0,
        telemetry.OUTCOME: "done",
    }


async def test_model_calls_follow_the_conventions_of_generative_ai() -> None:
    """Names, tokens, price and finish reason; nothing of the prompt or the answer."""

    def respond(call: ModelCall) -> ModelAnswer:
        usage = Usage(prompt=1_000, cached=400, completion=50)
        return ModelAnswer(text=json.dumps(ANSWERS["extract_note"]), finish="stop", model="see-2026", usage=usage)

    world = make_world(script=answering(extract_note=respond))
    with capture() as captured:
        await world.drop()
        await world.settle()
    (call,) = captured.named("chat see")
    assert "CLIENT" == call.kind.name
    assert dict(call.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "see",
        "gen_ai.request.max_tokens": 16_000,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "see-2026",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 1_000,
        "gen_ai.usage.cache_read.input_tokens": 400,
        "gen_ai.usage.output_tokens": 50,
        telemetry.COST: pytest.approx(0.00114),
    }


async def test_a_deferred_step_stays_where_it_was() -> None:
    """Its second try is a sibling of the first, and says how often it was deferred and why."""
    document_id, captured = await deferred_document()
    assert_tree(captured, document_id)
    tries = captured.named("extract")
    assert {"read"} == child_of(captured, "extract")
    outcomes = [values(span, telemetry.OUTCOME, telemetry.REASON, telemetry.DEFERRALS) for span in tries]
    assert [("deferred", "throttled", 0), ("done", None, 1)] == outcomes
    failed, _ = captured.named("chat see")
    assert ("Throttled",) == values(failed, "error.type")
    assert ("ERROR", None, ()) == (failed.status.status_code.name, failed.status.description, failed.events)


async def test_a_swept_run_goes_on_in_its_trace(world: World) -> None:
    """A message that is lost is sent again by a timer, which knows no step: the ids are computed."""
    with capture() as captured:
        document_id = await world.drop()
        lost = world.queues.receive("read")
        assert lost is not None
        assert load_stored(StageMessage, lost).traceparent.startswith(f"00-{hex_ids(document_id)[0]}-")
        world.clock.advance(timedelta(hours=1))
        assert 1 == await sweep(world.context)
        assert ("", 1) == ((sent := load_stored(StageMessage, world.queues.bodies("read")[0])).traceparent, sent.run)
        await world.settle()
    assert_tree(captured, document_id)
    assert {traces.ROOT} == child_of(captured, "read")


@pytest.mark.parametrize("parent", ["", "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01", "nonsense", "00-0-0-00"])
async def test_a_message_without_a_parent_of_its_run_is_below_the_root(world: World, parent: str) -> None:
    """So are messages of an earlier version, and whatever else stands there."""
    with capture() as captured:
        document_id = await world.drop()
        message = StageMessage(document_id=document_id, traceparent=parent)
        await run_step(world.context, "read", message.model_dump_json().encode(), read)
    assert captured.named("read") == [span for span in captured.of_run(document_id) if span.name == "read"]
    (step,) = captured.named("read")
    assert step.parent is not None
    assert hex_ids(document_id)[1] == f"{step.parent.span_id:016x}"


async def test_a_replay_is_a_trace_of_its_own(world: World) -> None:
    """A Run is what a trace is about; its root begins when the replay did."""
    document_id = await world.drop()
    await world.settle()
    world.clock.advance(timedelta(days=30))
    with capture() as captured:
        await replay(world.context, document_id)
        await world.settle()
    assert_tree(captured, document_id, 2)
    (root,) = captured.named(traces.ROOT)
    assert (root.end_time or 0) - (root.start_time or 0) < timedelta(days=1).total_seconds() * 1e9
    assert {2} == {(span.attributes or {}).get(telemetry.RUN, 2) for span in captured.spans}


async def test_the_time_with_a_person_is_a_span(world: World) -> None:
    """The root ends when a person is needed; the review follows when it is closed, below the same root."""
    world = make_world(pages=[text_page(1, *PAGE[:1])])
    with capture() as captured:
        document_id = await world.drop()
        await world.settle()
        case = await claim(world.context, document_id, "anna")
        world.clock.advance(timedelta(minutes=7))
        assert case.lease is not None
        await complete(world.context, document_id, Decision(token=case.lease.token, disposition="REJECT"))
        await world.settle()
    assert_tree(captured, document_id)
    (root,), (review,) = captured.named(traces.ROOT), captured.named("review by a person")
    assert ("in_review", False) == values(root, telemetry.STATE, telemetry.REVIEWED)
    assert ("finalized", True) == values(review, telemetry.STATE, telemetry.REVIEWED)
    assert 420 == round(((review.end_time or 0) - (review.start_time or 0)) / 1e9)


async def test_an_unexpected_error_is_recorded_by_its_type(world: World) -> None:
    """Message and stack trace may quote a document."""

    async def step(*_: Any) -> None:
        raise ValueError("the total is 4711")

    with capture() as captured:
        body = StageMessage(document_id="d" + "0" * 24).model_dump_json().encode()
        with pytest.raises(ValueError):
            await run_step(world.context, "read", body, step)
    (span,) = captured.named("read")
    assert ("crashed", "ValueError") == values(span, telemetry.OUTCOME, "error.type")
    assert "4711" not in captured.everything()


async def test_the_invocation_of_the_platform_is_linked(world: World) -> None:
    """The trace of the host, which the worker attaches, is a click away."""
    with capture() as captured, traces.span("invocation", {}) as invocation:
        document_id = await world.drop()
    (intake,) = captured.named("intake")
    assert [invocation.get_span_context()] == [link.context for link in intake.links]
    assert intake in captured.of_run(document_id)


async def test_what_the_sampler_drops_is_dropped_at_every_step(world: World) -> None:
    """A Run is recorded as a whole or not at all; messages carry no parent then."""
    with capture() as captured:
        before = traces.sample_by(lambda _: False)
        try:
            await world.drop()
            messages = [load_stored(StageMessage, body) for body in world.queues.bodies("read")]
            await world.settle()
        finally:
            traces.sample_by(before)
    assert [""] == [message.traceparent for message in messages]
    assert [traces.ROOT] == [span.name for span in captured.spans]  # which the sampler itself decides
