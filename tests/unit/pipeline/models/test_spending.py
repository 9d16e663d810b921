"""The limits of what a document may cost, and the one bill for each answer that was paid."""

import json
from copy import replace
from typing import Any

import pytest

from functions.steps import run_step
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import StageMessage
from shared.domain.models.catalogue import Catalogue, Deployment
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.pipeline.context import Context
from shared.pipeline.intake.ingest import receive
from shared.pipeline.models.gateway.meter import MAX_EXHAUSTED_ANSWERS
from shared.pipeline.models.spending import PAGES_IN_LIMITS
from shared.pipeline.operations.poison import give_up
from shared.pipeline.operations.replay import replay
from shared.pipeline.store.rows.keys import DOCUMENTS, RUN_PREFIX
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import text_page
from tests.support.pipeline.crashes import Crash, dying_before, heal
from tests.support.pipeline.world import (
    ANSWERS,
    CATALOGUE,
    NOTE,
    PAGE,
    STEPS,
    World,
    answering,
    make_world,
    quoted_pages,
)
from tests.support.pipeline.world import answer as usual

EXHAUSTED = ModelAnswer(text="", finish="length", model="see", usage=Usage(prompt=3000, completion=16_000))
ABSENT: dict[str, object] = {"value": None, "lines": []}


def _pages(count: int) -> list[SourcePage]:
    return [text_page(1, *PAGE), *(text_page(number, f"Item {number} 1.00") for number in range(2, count + 1))]


def _read(call: ModelCall) -> Any:
    """Read the number from the first page, and one row from every other."""
    pages = quoted_pages(call)
    rows = [{"what": f"Item {page}", "price": 1.0, "lines": [f"p{page}.l1"]} for page in pages if page > 1]
    number = ANSWERS["extract_note"]["number"] if 1 in pages else ABSENT
    return {"number": number, "total": ABSENT, "rows": rows}


async def _settled(world: World) -> Run:
    document_id = await world.drop()
    await world.settle()
    return await world.run(document_id)


@pytest.mark.parametrize("text", ["", "{", '{"number'])
@pytest.mark.parametrize("pages", [1, 8, 40, 200])
async def test_reasoning_that_uses_the_output_limit_stops_the_document(pages: int, text: str) -> None:
    """A few answers that come back empty are enough: the rest of the document is not asked about."""
    spent = replace(EXHAUSTED, text=text)
    world = make_world(_pages(pages), answering(extract_note=spent))
    run = await _settled(world)
    assert State.IN_REVIEW is run.state
    assert "output_exhausted" in {reason.code for reason in run.reasons}
    assert MAX_EXHAUSTED_ANSWERS == len(world.models.calls) == run.bill.calls


async def test_an_answer_that_says_something_is_gone_on_with() -> None:
    """A long answer that was cut off has more characters than tokens: it is no case of reasoning without end."""
    long = json.dumps({"number": {"value": "A-17", "lines": ["p1.l2"]}, "total": ABSENT})[:-1] + ', "rows": ['
    cut = ModelAnswer(text=long, finish="length", model="see", usage=Usage(prompt=3000, completion=30))

    def script(call: ModelCall) -> Any:
        return cut if "number" in call.json_schema["properties"] else {"rows": ANSWERS["extract_note"]["rows"]}

    world = make_world(script=answering(extract_note=script))
    run = await _settled(world)
    assert "output_exhausted" not in {reason.code for reason in run.reasons}
    assert 2 == sum(call.schema_name == "extract_note" for call in world.models.calls)


@pytest.mark.parametrize(
    ("limits", "rule"),
    [({"max_document_calls": 2}, "max_document_calls"), ({"max_document_cost": 0.003}, "max_document_cost")],
)
async def test_a_document_over_its_limit_goes_to_a_person_with_what_was_read(limits: dict[str, Any], rule: str) -> None:
    """Calls and dollars are counted over all ranges, from what is on the Run's bill and its receipts."""
    usage = Usage(prompt=1000, completion=100)

    def script(call: ModelCall) -> ModelAnswer:
        return ModelAnswer(text=json.dumps(_read(call)), finish="stop", model="see", usage=usage)

    world = make_world(_pages(20), answering(extract_note=script), extract_range=1, read_range=8, **limits)
    run = await _settled(world)
    reasons = {reason.code: reason.message for reason in reversed(run.reasons)}
    assert State.IN_REVIEW is run.state
    assert f"INTRAY_{rule.upper()}" in reasons[rule]
    assert 2 == run.bill.calls == world.models.billed.total()
    result = await world.result(run.document_id)
    assert "A-17" == result["fields"]["number"]["value"]


@pytest.mark.parametrize("pages", [PAGES_IN_LIMITS, 5 * PAGES_IN_LIMITS])
async def test_the_limits_grow_with_the_pages(pages: int) -> None:
    """A long document may cost more than a short one: here a call for each page, and one to check."""
    world = make_world(
        _pages(pages), answering(extract_note=_read), extract_range=1, max_document_calls=PAGES_IN_LIMITS + 1
    )
    run = await _settled(world)
    assert "max_document_calls" not in {reason.code for reason in run.reasons}
    assert pages <= run.bill.calls


async def test_a_replay_has_limits_of_its_own() -> None:
    """What an earlier Run spent is on its own bill; stored answers cost nothing, so a limit does not forbid them."""
    world = make_world(script=answering(classify_document={"document_type": "unknown", "lines": []}))
    document_id = await world.drop("a.pdf")
    await world.settle()
    world.context = _with_limits(world, max_document_calls=1)
    await replay(world.context, document_id)
    await world.settle()
    run = await world.run(document_id)
    assert (State.HELD, 0, 1) == (run.state, run.bill.calls, run.bill.reused)


def _with_limits(world: World, **limits: Any) -> Context:
    return replace(world.context, limits=replace(world.context.limits, **limits))


ANSWER_USAGE = Usage(prompt=1000, completion=100)
SEE_TOO = Deployment(
    name="see-too", capabilities=frozenset({"vision"}), input_price=3, cached_price=0.3, output_price=9
)
ALL = Catalogue(deployments=(*CATALOGUE.deployments, SEE_TOO))


def _billed_world(count: int = 3, **policy: Any) -> World:
    """Return a World in which every answer costs the same tokens, with a second deployment that reads."""

    def script(call: ModelCall) -> ModelAnswer:
        body = _read(call) if call.schema_name == "extract_note" else json.loads(usual(call))
        return ModelAnswer(text=json.dumps(body), finish="stop", model=call.deployment, usage=ANSWER_USAGE)

    kind = replace(NOTE, policy=replace(NOTE.policy, **policy))
    world = make_world(_pages(count), script, types=[kind], read_range=1, extract_range=1)
    world.context = replace(world.context, gateway=replace(world.context.gateway, catalogue=ALL))
    return world


async def _bill_of_all(world: World) -> tuple[int, float]:
    """Return the calls and the dollars on the bills of all Runs together."""
    rows = [record async for record in world.records.list_by_key(DOCUMENTS, RUN_PREFIX)]
    bills = [Run.model_validate_json(row.body).bill for row in rows]
    return sum(bill.calls for bill in bills), round(sum(bill.cost_usd for bill in bills), 8)


def _paid(world: World) -> tuple[int, float]:
    """Return how many distinct requests were answered, and what they cost."""
    asked = {call.hash(): call.deployment for call in world.models.calls if call.hash() in world.models.billed}
    return len(asked), round(sum(ALL.cost(name, ANSWER_USAGE) for name in asked.values()), 8)


@pytest.mark.parametrize("write", range(60))
async def test_each_paid_answer_is_on_one_bill_wherever_a_step_dies(write: int) -> None:
    """Over ranges, second readings, redeliveries, the sweeper and a replay."""
    world = _billed_world(second_reading=True)
    await world.blobs.write("incoming", "note/a.pdf", b"%PDF a", "application/pdf")
    left = dying_before(world, write)
    try:
        document_id = await receive(world.context, "incoming", "note/a.pdf")
    except Crash:
        document_id = await receive(world.context, "incoming", "note/a.pdf")
    await heal(world)
    assert _paid(world) == await _bill_of_all(world)
    if (await world.run(document_id)).has_ended:
        await replay(world.context, document_id)
        await heal(world)
        assert _paid(world) == await _bill_of_all(world)
    assert left[0] < 0 or write > 40


async def test_documents_that_share_answers_pay_for_them_once() -> None:
    """Other bytes with the same pages ask the same: one Document pays, and the steps come in any order."""
    world = _billed_world()
    await world.drop("note/a.pdf", b"%PDF a")
    await world.drop("note/b.pdf", b"%PDF b")
    await world.settle()
    assert 1 < len(world.models.billed)
    assert _paid(world) == await _bill_of_all(world)


@pytest.mark.parametrize("many", [3, 14])
async def test_a_document_that_fails_in_the_middle_has_its_whole_bill(many: int) -> None:
    """What finished and unfinished steps paid for is on the bill of the Run that failed; its replay pays the rest."""
    world = _billed_world(many)
    document_id = await world.drop()
    while world.models.billed.total() < many - 1:
        await world.step()
    message = StageMessage(document_id=document_id)
    await give_up(world.context, "extract", "7", message.model_dump_json().encode())
    await world.settle()
    assert State.FAILED is (await world.run(document_id)).state
    assert _paid(world) == await _bill_of_all(world)
    await replay(world.context, document_id)
    await world.settle()
    assert _paid(world) == await _bill_of_all(world)


async def test_an_answer_that_was_not_written_down_is_on_the_bill_of_a_failure() -> None:
    """A step that paid and died, and whose message is then given up on."""
    world = _billed_world(1)
    document_id = await world.drop()
    await world.step()
    body = world.queues.bodies("extract")[0].encode()
    dying_before(world, 4)  # after the plan, the claim, the note of the request, and the answer
    with pytest.raises(Crash):
        await run_step(world.context, "extract", body, STEPS["extract"])
    assert 1 == world.models.billed.total()
    await give_up(world.context, "extract", "7", body)
    assert (State.FAILED, 1) == ((run := await world.run(document_id)).state, run.bill.calls)
