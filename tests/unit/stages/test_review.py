"""A person clears a case: one holder at a time, corrections kept, the result final only then."""

from datetime import timedelta

import pytest

from shared.domain.review import NotHolder
from shared.domain.run import State
from shared.stages import review
from shared.stages.review import Decision, UnknownCase
from tests.unit.stages.world import ANSWERS, World, answering, make_world


@pytest.fixture
async def world() -> World:
    """A note whose number is not what the page says, in review."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    made = make_world(script=answering(extract_note=wrong))
    await made.drop()
    await made.settle()
    return made


async def _id(world: World) -> str:
    return (await review.open_cases(world.core))[0].document_id


async def test_the_most_doubtful_case_comes_first(world: World) -> None:
    """The queue is ordered by doubt."""
    await world.drop("note/b.pdf", b"another")
    await world.settle()
    doubts = [case.doubt for case in await review.open_cases(world.core)]
    assert sorted(doubts, reverse=True) == doubts
    assert 2 == len(doubts)


async def test_two_people_are_never_on_one_case(world: World) -> None:
    """While a lease runs nobody else gets the case; when it has ended the older token is worth nothing."""
    document_id = await _id(world)
    first = await review.claim(world.core, document_id, "Ada")
    with pytest.raises(NotHolder):
        await review.claim(world.core, document_id, "Bob")
    world.clock.advance(timedelta(minutes=16))
    second = await review.claim(world.core, document_id, "Bob")
    assert first.lease is not None
    assert second.lease is not None
    with pytest.raises(NotHolder):
        await review.complete(world.core, document_id, Decision(token=first.lease.token))
    assert second.lease.token > first.lease.token


async def test_a_correction_is_in_the_result_and_in_the_event(world: World) -> None:
    """The corrected value is certain, the correction is on record, and `finalized` is told once, after it."""
    document_id = await _id(world)
    lease = (await review.claim(world.core, document_id, "Ada")).lease
    assert lease is not None
    await review.complete(world.core, document_id, Decision(token=lease.token, corrections={"number": "A-17"}))
    await world.settle()
    result = await world.result(document_id)
    assert ("A-17", 1.0) == (result["fields"]["number"]["value"], result["fields"]["number"]["confidence"])
    assert [{"field": "number", "before": "B-99", "after": "A-17"}] == result["corrections"]
    assert ["received", "review_requested", "finalized"] == world.told()
    assert (True, 1) == (world.events.published[-1].data["reviewed"], world.events.published[-1].data["corrections"])
    assert [] == await review.open_cases(world.core)
    with pytest.raises(UnknownCase):
        await review.complete(world.core, document_id, Decision(token=lease.token))


async def test_a_rejected_document_is_final(world: World) -> None:
    """A person may reject: that is an outcome too."""
    document_id = await _id(world)
    lease = (await review.claim(world.core, document_id, "Ada")).lease
    assert lease is not None
    await review.complete(world.core, document_id, Decision(token=lease.token, disposition="REJECT"))
    run = await world.run(document_id)
    assert (State.FINALIZED, "REJECT") == (run.state, run.disposition)


async def test_an_unknown_field_is_refused(world: World) -> None:
    """A correction of a field that the type does not have is refused by name, and the case stays open."""
    document_id = await _id(world)
    lease = (await review.claim(world.core, document_id, "Ada")).lease
    assert lease is not None
    with pytest.raises(ValueError, match="'colour' cannot be corrected"):
        await review.complete(world.core, document_id, Decision(token=lease.token, corrections={"colour": "red"}))
    assert State.IN_REVIEW is (await world.run(document_id)).state
