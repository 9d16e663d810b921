"""A person clears a case: one holder at a time, corrections kept, the result final only then."""

from datetime import timedelta

import pytest

from shared.domain.documents.review import NotHolder
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.review import review
from shared.pipeline.review.review import CaseClosed, Decision, Outdated, UnknownCase
from shared.pipeline.store.rows.keys import REVIEWS
from tests.support.pipeline.world import ANSWERS, World, answering, make_world


@pytest.fixture
async def world() -> World:
    """A note whose number is not what the page says, in review."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    made = make_world(script=answering(extract_note=wrong))
    await made.drop()
    await made.settle()
    return made


async def _id(world: World) -> str:
    return (await review.open_cases(world.context))[0].document_id


async def test_the_most_doubtful_case_comes_first(world: World) -> None:
    """The queue is ordered by doubt."""
    await world.drop("note/b.pdf", b"another")
    await world.settle()
    doubts = [case.doubt for case in await review.open_cases(world.context)]
    assert sorted(doubts, reverse=True) == doubts
    assert 2 == len(doubts)


async def test_two_people_are_never_on_one_case(world: World) -> None:
    """While a lease runs nobody else gets the case; when it has ended the older token is worth nothing."""
    document_id = await _id(world)
    first = await review.claim(world.context, document_id, "Ada")
    with pytest.raises(NotHolder):
        await review.claim(world.context, document_id, "Bob")
    world.clock.advance(timedelta(minutes=16))
    second = await review.claim(world.context, document_id, "Bob")
    assert first.lease is not None
    assert second.lease is not None
    with pytest.raises(NotHolder):
        await review.complete(world.context, document_id, Decision(token=first.lease.token))
    assert second.lease.token != first.lease.token


async def test_a_lease_is_renewed_by_who_has_its_token(world: World) -> None:
    """The name of the holder is no secret, so it renews nothing; the token stays the same, the time goes on."""
    document_id = await _id(world)
    first = (await review.claim(world.context, document_id, "Ada")).lease
    assert first is not None
    world.clock.advance(timedelta(minutes=10))
    for stranger in (("Ada", None), ("Ada", first.token + 1), ("Bob", first.token)):
        with pytest.raises(NotHolder):
            await review.claim(world.context, document_id, *stranger)
    renewed = (await review.claim(world.context, document_id, "Ada", first.token)).lease
    assert renewed is not None
    assert (first.token, timedelta(minutes=10)) == (renewed.token, renewed.expires - first.expires)


async def test_tokens_are_random_and_fit_a_json_number(world: World) -> None:
    """Nobody guesses the next one from the last; JavaScript keeps every digit."""
    document_id = await _id(world)
    tokens = set()
    for _ in range(5):
        lease = (await review.claim(world.context, document_id, "Ada")).lease
        assert lease is not None
        tokens.add(lease.token)
        world.clock.advance(timedelta(minutes=16))
    assert 5 == len(tokens)
    assert max(tokens) > 1 << 32
    assert max(tokens) < 1 << 53


async def test_no_list_holds_a_token(world: World) -> None:
    """Asked for again while it is leased, as the sweeper may, the case is listed without its lease."""
    document_id = await _id(world)
    lease = (await review.claim(world.context, document_id, "Ada")).lease
    assert lease is not None
    await review.open_review(world.context, StageMessage(document_id=document_id, run=1))
    listed = await world.records.get("catalog", REVIEWS, document_id)
    assert listed is not None
    assert str(lease.token) not in listed.body
    assert [None] == [case.lease for case in await review.open_cases(world.context)]


async def test_a_case_that_was_never_open_is_unknown(world: World) -> None:
    """A closed one is told from one that never was: who looks for it learns which."""
    for stranger in ("d" + "0" * 24, "../x"):
        with pytest.raises(UnknownCase):
            await review.claim(world.context, stranger, "Ada")
    accepted = await (done := make_world()).drop()
    await done.settle()
    with pytest.raises(UnknownCase):
        await review.load_case(done.context, accepted)


async def test_a_draft_that_was_replaced_is_not_completed(world: World) -> None:
    """Who names the run and revision that they saw is refused when it is another."""
    document_id = await _id(world)
    lease = (await review.claim(world.context, document_id, "Ada")).lease
    assert lease is not None
    for run, revision in ((2, None), (None, 1), (1, 1)):
        decision = Decision(token=lease.token, run=run, revision=revision)
        with pytest.raises(Outdated):
            await review.complete(world.context, document_id, decision)
    await review.complete(world.context, document_id, Decision(token=lease.token, run=1, revision=0))


async def test_a_correction_is_in_the_result_and_in_the_event(world: World) -> None:
    """The corrected value is certain, the correction is on record, and `finalized` is told once, after it."""
    document_id = await _id(world)
    lease = (await review.claim(world.context, document_id, "Ada")).lease
    assert lease is not None
    await review.complete(world.context, document_id, Decision(token=lease.token, corrections={"number": "A-17"}))
    await world.settle()
    result = await world.result(document_id)
    assert ("A-17", 1.0) == (result["fields"]["number"]["value"], result["fields"]["number"]["confidence"])
    assert [{"field": "number", "before": "B-99", "after": "A-17"}] == result["corrections"]
    assert ["received", "review_requested", "finalized"] == world.told()
    assert (True, 1) == (world.events.published[-1].data["reviewed"], world.events.published[-1].data["corrections"])
    assert [] == await review.open_cases(world.context)
    with pytest.raises(CaseClosed):
        await review.complete(world.context, document_id, Decision(token=lease.token))


async def test_a_rejected_document_is_final(world: World) -> None:
    """A person may reject: that is an outcome too."""
    document_id = await _id(world)
    lease = (await review.claim(world.context, document_id, "Ada")).lease
    assert lease is not None
    await review.complete(world.context, document_id, Decision(token=lease.token, disposition="REJECT"))
    run = await world.run(document_id)
    assert (State.FINALIZED, "REJECT") == (run.state, run.disposition)


async def test_an_unknown_field_is_refused(world: World) -> None:
    """A correction of a field that the type does not have is refused by name, and the case stays open."""
    document_id = await _id(world)
    lease = (await review.claim(world.context, document_id, "Ada")).lease
    assert lease is not None
    with pytest.raises(ValueError, match="'colour' cannot be corrected"):
        await review.complete(world.context, document_id, Decision(token=lease.token, corrections={"colour": "red"}))
    assert State.IN_REVIEW is (await world.run(document_id)).state
