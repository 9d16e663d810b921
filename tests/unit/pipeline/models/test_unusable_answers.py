"""Answers that cannot be used: stored and paid once, asked for again by a new Run, never taken for a reading."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.domain.base.errors import Refused
from shared.domain.documents.run import State
from shared.domain.judging.answers import RawValue
from shared.domain.models.catalogue import Catalogue, Deployment
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.pipeline.models.answers import _scalar, parse_answer
from shared.pipeline.models.gateway.gateway import MAX_ATTEMPTS
from shared.pipeline.operations.replay import replay
from shared.testing.models import ModelScript
from tests.support.pipeline.world import ANSWERS, CATALOGUE, World, answer, answering, make_world

SPENT = Usage(prompt=1000, completion=100)
JUNK = ModelAnswer(text="so sorry", finish="stop", model="see", usage=SPENT)
GOOD = json.dumps(ANSWERS["extract_note"])


def said(text: str, finish: str = "stop") -> ModelAnswer:
    return ModelAnswer.model_validate({"text": text, "finish": finish, "model": "see", "usage": SPENT})


def _with_total(literal: str) -> str:
    """Return the usual answer with another literal as its total."""
    return GOOD.replace('"total": {"value": 3.5', '"total": {"value": ' + literal, 1)


def _with_number(literal: str) -> str:
    return GOOD.replace('"A-17"', literal, 1)


UNUSABLE = {
    "empty": ("", "invalid_json"),
    "prose": ("so sorry", "invalid_json"),
    "no object": ("[]", "invalid_answer"),
    "null": ("null", "invalid_answer"),
    "integer of 401 digits": (_with_total("1" + "0" * 400), "invalid_answer"),
    "integer of 5001 digits": (_with_total("1" + "0" * 5000), "invalid_json"),
    "negative integer of 401 digits": (_with_total("-1" + "0" * 400), "invalid_answer"),
    "1e999": (_with_total("1e999"), "invalid_answer"),
    "NaN": (_with_total("NaN"), "invalid_json"),
    "Infinity": (_with_total("-Infinity"), "invalid_json"),
    "lone surrogate": (_with_number('"A-\\ud800"'), "invalid_json"),
    "escaped twice": (_with_number('"A-\\udfff\\ud800"'), "invalid_json"),
    "NUL": (_with_number('"A-\\u0000"'), "invalid_answer"),
    "nested deeply": ("[" * 200_000, "invalid_json"),
    "objects nested deeply": ('{"a":' * 200_000, "invalid_json"),
    "nested in a value": (_with_number("[" * 5000 + "]" * 5000), "invalid_json"),
    "a name given twice": (GOOD[:-1] + ', "total": {"value": 9.0, "lines": []}}', "invalid_json"),
    "two documents": (GOOD + GOOD, "invalid_json"),
    "a long text of no schema": (json.dumps({"x": "y" * 1_000_000}), "invalid_answer"),
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_an_unusable_answer_is_paid_once_and_goes_to_a_person(name: str) -> None:
    """It is a finding, however it is malformed; the text is stored before it is interpreted."""
    text, rule = UNUSABLE[name]
    world = make_world(script=answering(extract_note=said(text)))
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert State.IN_REVIEW is run.state
    assert rule in {reason.code for reason in run.reasons}
    assert {1} == set(world.models.billed.values())
    assert world.models.billed.total() == run.bill.calls


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```\n", "  ```JSON\n{}\n  ```"])
async def test_json_in_a_fence_is_read(fence: str) -> None:
    """Models that are not held to a schema wrap what is right all the same."""
    world = make_world(script=answering(extract_note=said(fence.replace("{}", GOOD))))
    document_id = await world.drop()
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state


async def test_the_next_deployment_reads_what_the_first_one_cannot() -> None:
    """A malformed answer, a refusal, and a rejected request each have another deployment asked, once."""
    see_too = Deployment(
        name="see-too", capabilities=frozenset({"vision"}), input_price=3, cached_price=0, output_price=9
    )

    def rejected(_: ModelCall) -> ModelAnswer:
        raise Refused("model_rejected", "The model endpoint refused the request (HTTP 400).")

    firsts: list[Callable[[ModelCall], ModelAnswer]] = [lambda _: JUNK, lambda _: said("No.", "refusal"), rejected]
    for first in firsts:

        def script(call: ModelCall, first: Callable[[ModelCall], ModelAnswer] = first) -> ModelAnswer | str:
            is_first = call.schema_name == "extract_note" and call.deployment == "see"
            return first(call) if is_first else answer(call)

        world = make_world(script=script)
        catalogue = Catalogue(deployments=(*CATALOGUE.deployments, see_too))
        world.context = replace(world.context, gateway=replace(world.context.gateway, catalogue=catalogue))
        document_id = await world.drop()
        await world.settle()
        assert {"not_evaluated"} == {reason.code for reason in (await world.run(document_id)).reasons}
        assert "A-17" == (await world.result(document_id))["fields"]["number"]["value"]
        assert ["see", "see-too"] == [c.deployment for c in world.models.calls if c.schema_name == "extract_note"]


def test_values_that_pass_can_be_stored() -> None:
    """What `parsed` lets through never fails later: as an amount, or when it is written down."""
    call = ModelCall(deployment="m", system="", parts=(), schema_name="n", json_schema={}, max_output_tokens=9)
    for text, _ in UNUSABLE.values():
        body = parse_answer(call, said(text))
        for value in body.values() if isinstance(body, dict) else ():
            scalar = value.get("value") if isinstance(value, dict) else None
            assert RawValue(value=_scalar(scalar), lines=()).model_dump_json()


def _junk_until(attempt: int) -> ModelScript:
    """Answer the classification with junk before the call of this number (counted from 1)."""
    asked = Counter[str]()

    def script(call: ModelCall) -> ModelAnswer | str:
        asked[call.schema_name] += 1
        return JUNK if call.schema_name == "classify_document" and asked[call.schema_name] < attempt else answer(call)

    return script


def _calls(world: World) -> int:
    return sum(call.schema_name == "classify_document" for call in world.models.calls)


async def test_an_unusable_answer_does_not_defeat_a_replay() -> None:
    """A new Run asks once more and is billed for it; a usable answer is reused by every later Run."""
    world = make_world(script=_junk_until(3))
    document_id = await world.drop("a.pdf")
    await world.settle()
    run = await world.run(document_id)
    assert (State.HELD, ["invalid_json"], 1) == (run.state, [reason.code for reason in run.reasons], run.bill.calls)
    await replay(world.context, document_id)
    await world.settle()
    run = await world.run(document_id)
    assert (State.HELD, 2, 1) == (run.state, _calls(world), run.bill.calls)
    await replay(world.context, document_id)
    await world.settle()
    run = await world.run(document_id)
    assert (State.FINALIZED, 3) == (run.state, _calls(world))
    await replay(world.context, document_id)
    await world.settle()
    again = await world.run(document_id)
    assert (State.FINALIZED, 3, 0) == (again.state, _calls(world), again.bill.calls)


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff", b'{"payer": 3}', b"[" * 200_000])
async def test_a_damaged_stored_answer_is_asked_for_again(damaged: bytes) -> None:
    """What storage or an editor did to it must not keep the document from being read."""
    world = make_world()
    document_id = await world.drop("a.pdf")
    await world.settle()
    async for name in world.blobs.names("work", "answers/"):
        await world.blobs.write("work", name, damaged, "application/json")
    await replay(world.context, document_id)
    await world.settle()
    run = await world.run(document_id)
    assert (State.FINALIZED, 3) == (run.state, run.bill.calls)


async def test_asking_again_has_an_end() -> None:
    """A request that is never answered usably is asked a bounded number of times, over all replays."""
    world = make_world(script=_junk_until(1000))
    document_id = await world.drop("a.pdf")
    await world.settle()
    for _ in range(MAX_ATTEMPTS + 3):
        await replay(world.context, document_id)
        await world.settle()
    assert MAX_ATTEMPTS == _calls(world)


async def test_a_usable_answer_is_not_asked_for_again() -> None:
    """A replay of a document that was read costs nothing."""
    world = make_world()
    document_id = await world.drop("a.pdf")
    await world.settle()
    calls = len(world.models.calls)
    await replay(world.context, document_id)
    await world.settle()
    assert calls == len(world.models.calls)
    bill = (await world.run(document_id)).bill
    assert (0, 0.0) == (bill.calls, bill.cost_usd)
