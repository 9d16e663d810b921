"""Requests that an endpoint refuses or never answers: the document waits, or goes to a person with what was read."""

import json

import pytest

from shared.domain.base.errors import Blocked, Permanent, Refused, Unavailable
from shared.domain.documents.run import State
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.pipeline.models.gateway.gateway import MAX_TIMEOUTS
from shared.pipeline.operations.deferral_notes import load_waiting
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import PAGE, answer, answering, make_world
from tests.unit.pipeline.models.test_unusable_answers import JUNK, said


@pytest.mark.parametrize("schema", ["verify_note", "extract_note"])
@pytest.mark.parametrize(
    "error", [Permanent("model_rejected", "refused (HTTP 400)"), Refused("model_rejected", "refused (HTTP 422)")]
)
async def test_a_rejected_request_never_fails_a_document(schema: str, error: Permanent) -> None:
    """What was read before goes to a person, with the reason."""

    def script(call: ModelCall) -> str:
        if call.schema_name == schema:
            raise error
        return answer(call)

    world = make_world(script=script)
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert State.IN_REVIEW is run.state
    assert {"verify_note": "unchecked", "extract_note": "model_rejected"}[schema] in {one.code for one in run.reasons}
    if schema == "verify_note":
        assert "A-17" == (await world.result(document_id))["fields"]["number"]["value"]


@pytest.mark.parametrize(
    "check",
    [JUNK, said("", "content_filter"), said("No.", "refusal"), said("", "length"), {"verdicts": [{"field": "x"}]}],
)
async def test_a_check_without_a_usable_answer_goes_to_a_person(check: object) -> None:
    """A document that should have been checked and was not is not accepted."""
    world = make_world(script=answering(verify_note=check))
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert (State.IN_REVIEW, ["unchecked"]) == (run.state, [reason.code for reason in run.reasons])


@pytest.mark.parametrize("finish", ["content_filter", "refusal", "length"])
async def test_a_file_that_cannot_be_classified_is_held_with_the_reason(finish: str) -> None:
    """It is not said to be of no type, and an upload into a type's folder helps."""
    world = make_world(script=answering(classify_document=said("", finish)))
    document_id = await world.drop("a.pdf")
    await world.settle()
    run = await world.run(document_id)
    assert (State.HELD, [finish]) == (run.state, [reason.code for reason in run.reasons])
    assert "incoming/<type>/" in run.reasons[0].message


@pytest.mark.parametrize("schema", ["classify_document", "extract_note", "verify_note"])
async def test_a_blocked_model_defers_the_document_with_its_reason(schema: str) -> None:
    """A key, a role, a quota or a deployment that is missing fails nothing: the step goes on once it is there."""
    blocked = [True]

    def script(call: ModelCall) -> str:
        if blocked[0] and call.schema_name == schema:
            raise Blocked("The model endpoint refused the request (HTTP 401).", code="model_access_denied")
        return answer(call)

    world = make_world(script=script)
    document_id = await world.drop("a.pdf")
    for _ in range(60):
        if not await world.step() and (visible := world.queues.next_visible()) is not None:
            world.clock.advance(visible - world.clock.now())
    run = await world.run(document_id)
    waiting = await load_waiting(world.context, document_id, run)
    assert waiting is not None
    assert "model_access_denied" == waiting.code
    blocked[0] = False
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state
    assert {1} == set(world.models.billed.values())


async def test_a_model_that_never_answers_in_time_is_asked_a_few_times() -> None:
    """Each call may cost; an outage that refuses connections costs nothing, and is waited out."""

    def script(call: ModelCall) -> str:
        if call.schema_name == "extract_note":
            raise Unavailable("The model did not answer within 300 seconds.", code="model_timeout")
        return answer(call)

    world = make_world(script=script)
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert State.IN_REVIEW is run.state
    assert "model_timeout" in {reason.code for reason in run.reasons}
    assert MAX_TIMEOUTS == len(world.models.calls)


async def test_an_endpoint_that_cannot_be_reached_is_waited_for() -> None:
    """Nothing was billed, so nothing is given up before INTRAY_MAX_WAITS."""
    left = [MAX_TIMEOUTS + 5]

    def script(call: ModelCall) -> str:
        if call.schema_name == "extract_note" and left[0]:
            left[0] -= 1
            raise Unavailable("The endpoint cannot be reached.", code="model_unavailable")
        return answer(call)

    world = make_world(script=script)
    document_id = await world.drop()
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state


async def test_a_request_that_is_too_long_is_asked_in_halves() -> None:
    """A context that is exceeded costs nothing and is split like an answer that was cut off."""

    def script(call: ModelCall) -> ModelAnswer | str:
        if call.schema_name != "extract_note" or "p2.l1" not in call.model_dump_json():
            return answer(call)
        if "p1.l1" in call.model_dump_json():
            return ModelAnswer(text="", finish="length", model="see", usage=Usage())
        absent: dict[str, object] = {"value": None, "lines": []}
        return json.dumps({"number": absent, "total": absent, "rows": []})

    world = make_world([text_page(1, *PAGE), text_page(2, "Thank you")], script)
    document_id = await world.drop()
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state
    assert 3 == sum(call.schema_name == "extract_note" for call in world.models.calls)
