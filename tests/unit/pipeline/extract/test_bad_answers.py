"""What models and services do wrong: nothing is accepted on it, nothing is lost by it."""

import pytest

from functions.deferring import MaxDeferralsExceeded
from functions.steps import run_step
from shared.domain.base.errors import Unavailable
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.pipeline.extract.extract import extract
from shared.pipeline.operations.poison import give_up
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import ANSWERS, PAGE, World, answering, make_world, quoted_pages


def _broken(finish: str) -> ModelAnswer:
    return ModelAnswer.model_validate({"text": '{"number": {"val', "finish": finish, "model": "see", "usage": Usage()})


@pytest.mark.parametrize("finish", ["length", "content_filter", "refusal"])
async def test_an_unusable_answer_goes_to_a_person(finish: str) -> None:
    """A cut-off, filtered or refused answer is a reason for review that names the pages."""
    world = make_world(script=answering(extract_note=_broken(finish)))
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    reasons = {reason.code: reason.message for reason in run.reasons}
    assert State.IN_REVIEW is run.state
    assert reasons[finish].endswith("(pages 1 to 1)")
    asked = {"length": 5}.get(finish, 1)  # a cut-off one again for half of the fields, down to single ones
    assert asked == sum(call.schema_name == "extract_note" for call in world.models.calls)


@pytest.mark.parametrize(
    ("text", "rule"), [("so sorry", "invalid_json"), ('{"number": 3}', "invalid_answer"), ("[]", "invalid_answer")]
)
async def test_an_answer_that_does_not_fit_goes_to_a_person(text: str, rule: str) -> None:
    """Text that is not JSON, or JSON that is not of the schema, is never taken for a reading."""
    world = make_world(script=answering(extract_note=ModelAnswer(text=text, finish="stop", model="m", usage=Usage())))
    document_id = await world.drop()
    await world.settle()
    assert rule in {reason.code for reason in (await world.run(document_id)).reasons}


async def test_a_cut_off_answer_is_asked_again_in_halves() -> None:
    """When an answer over several pages is cut off, each half is asked for, and the rows come back whole."""

    def script(call: ModelCall) -> object:
        pages = quoted_pages(call)
        if len(pages) > 2:
            return _broken("length")
        absent: dict[str, object] = {"value": None, "lines": []}
        rows = [{"what": f"Item {page}", "price": 1.0, "lines": [f"p{page}.l1"]} for page in pages if page > 1]
        head = ANSWERS["extract_note"] if 1 in pages else {"number": absent}
        return head | {"rows": rows, "total": absent}

    pages = [text_page(1, *PAGE), *(text_page(number, f"Item {number} 1.00") for number in range(2, 6))]
    world = make_world(pages, answering(extract_note=script))
    document_id = await world.drop()
    await world.settle()
    rows = (await world.result(document_id))["fields"]["rows"]["value"]
    assert ["Item 2", "Item 3", "Item 4", "Item 5"] == [row["what"] for row in rows]


async def test_cited_lines_that_were_not_quoted_are_no_evidence(world: World) -> None:
    """An answer cannot point at lines it was not given; the value is looked for on the page instead."""
    world = make_world(
        script=answering(
            extract_note=ANSWERS["extract_note"] | {"number": {"value": "A-17", "lines": ["p9.l9", "javascript:"]}}
        )
    )
    document_id = await world.drop()
    await world.settle()
    assert ["p1.l2"] == (await world.result(document_id))["fields"]["number"]["evidence"][0]["lines"]


async def test_a_contradicted_value_goes_to_a_person() -> None:
    """When the checking model reads another value, a person decides."""
    verdict = {"field": "total", "verdict": "contradicted", "reason": "3.00 is printed", "line": "p1.l4"}
    world = make_world(script=answering(verify_note={"verdicts": [verdict]}))
    document_id = await world.drop()
    await world.settle()
    assert "contradicted" in {reason.code for reason in (await world.run(document_id)).reasons}


async def test_events_wait_out_an_outage_of_the_topic(world: World) -> None:
    """While the topic is away events stay in the outbox; then they come in order, each once, with their ids."""
    world.events.failure = Unavailable("the topic is away")
    await world.drop()
    for _ in range(40):
        if not await world.step():
            visible = world.queues.next_visible()
            assert visible is not None
            world.clock.advance(visible - world.clock.now())
    assert [] == world.told()
    world.events.failure = None
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_a_step_deferred_too_often_is_left_to_the_platform(world: World) -> None:
    """Deferring has an end: then the platform counts attempts, and at last poisons the message."""
    document_id = await world.drop()
    await world.step()
    world.models.throttle(10)
    message = StageMessage(document_id=document_id, waits=world.context.limits.max_waits)
    with pytest.raises(MaxDeferralsExceeded):
        await run_step(world.context, "extract", message.model_dump_json().encode(), extract)


async def test_a_poisoned_message_is_kept_and_its_document_fails(world: World) -> None:
    """Giving up keeps the message as a blob and gives the Document its outcome and event."""
    document_id = await world.drop()
    body = world.queues.receive("read")
    assert body is not None
    assert document_id == await give_up(world.context, "read", "42", body.encode())
    await world.settle()
    assert body.encode() == await world.blobs.read("work", f"poison/{document_id}/read/42.json")
    assert ["received", "failed"] == world.told()


async def test_an_unreadable_poison_message_is_kept(world: World) -> None:
    """A message that says nothing ends no Document, but is kept for whoever sent it."""
    assert await give_up(world.context, "read", "43", b"\xffgarbage") is None
    assert b"\xffgarbage" == await world.blobs.read("work", "poison/read/43.json")


async def test_a_poisoned_publish_ends_nothing(world: World) -> None:
    """Events that could not be published do not fail a Document: they stay in its outbox."""
    document_id = await world.drop()
    await give_up(world.context, "publish", "44", StageMessage(document_id=document_id).model_dump_json().encode())
    assert State.RECEIVED is (await world.run(document_id)).state
