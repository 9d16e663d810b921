"""A person corrects what is final: once for each revision, told and delivered, never over somebody else's work."""

import json
from typing import Any

import pytest

from shared.domain.base.errors import Conflict, Unavailable, UnknownDocument
from shared.domain.documents.extraction import Scalar
from shared.domain.documents.run import State
from shared.domain.types.document_type import FieldSpec
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.review.correct import CorrectionRequest, NotFinal, Outdated, correct
from tests.support.pipeline.world import ANSWERS, NOTE, World, answering, make_world


def wish(revision: int = 0, run: int = 1, **fields: Scalar) -> CorrectionRequest:
    return CorrectionRequest(run=run, revision=revision, fields=fields)


async def final(world: World) -> str:
    """A Document that was accepted and told."""
    document_id = await world.drop()
    await world.settle()
    assert ["received", "finalized"] == world.told()
    return document_id


async def delivered(world: World, document_id: str) -> dict[str, Any]:
    """The fields in the results container, by name; and that it is the Result that the API shows."""
    result = await world.result(document_id)
    body = await world.blobs.read("results", f"note/{document_id}.json")
    assert body is not None
    assert result == json.loads(body)
    return {name: field["value"] for name, field in result["fields"].items()}


async def test_a_correction_is_delivered_and_told(world: World) -> None:
    """The new value is certain and in the container before the event; what was there is on record."""
    document_id = await final(world)
    await correct(world.context, document_id, wish(number="B-18"))
    await world.settle()
    assert "B-18" == (await delivered(world, document_id))["number"]
    result = await world.result(document_id)
    assert (1, [{"field": "number", "before": "A-17", "after": "B-18"}]) == (result["revision"], result["corrections"])
    assert (1.0, []) == (result["fields"]["number"]["confidence"], result["fields"]["number"]["evidence"])
    told = world.events.published[-1]
    assert (f"{document_id}.1.corrected.1", 1, ["number"], 1) == (
        told.id, told.data["revision"], told.data["fields"], told.data["corrections"],
    )  # fmt: skip
    assert State.FINALIZED is (await world.run(document_id)).state


async def test_corrections_follow_each_other(world: World) -> None:
    """Each has its own event; the result counts them all."""
    document_id = await final(world)
    await correct(world.context, document_id, wish(number="B-18"))
    await correct(world.context, document_id, wish(1, total="4.50"))
    await world.settle()
    values = await delivered(world, document_id)
    assert ("B-18", 4.5) == (values["number"], values["total"])
    assert ["received", "finalized", "corrected", "corrected"] == world.told()
    assert [1, 2] == [event.data["corrections"] for event in world.events.published[-2:]]


async def test_two_people_never_overwrite_each_other(world: World) -> None:
    """Who looked at an older revision, or an older run, is refused, and nothing changes."""
    document_id = await final(world)
    await correct(world.context, document_id, wish(number="B-18"))
    for late in (wish(number="C-19"), wish(1, run=2, number="C-19")):
        with pytest.raises(Outdated, match="Look at it again"):
            await correct(world.context, document_id, late)
    await world.settle()
    assert "B-18" == (await delivered(world, document_id))["number"]
    assert 1 == world.told().count("corrected")


async def test_two_at_the_same_moment_are_one_correction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw the same revision; the row's version lets only one of them through."""
    document_id = await final(world)
    write = world.context.blobs.write
    raced: list[str] = []

    async def overtaken(container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        if not raced:
            raced.append(name)
            await correct(world.context, document_id, wish(number="B-18"))
        return await write(container, name, data, content_type, only_new=only_new)

    monkeypatch.setattr(world.context.blobs, "write", overtaken)
    with pytest.raises(Conflict):
        await correct(world.context, document_id, wish(number="C-19"))
    await world.settle()
    assert "B-18" == (await delivered(world, document_id))["number"]
    assert 1 == world.told().count("corrected")


async def test_only_a_final_result_is_corrected() -> None:
    """Not one on its way, not one in review (its case is corrected there), not one that is gone."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    world = make_world(script=answering(extract_note=wrong))
    document_id = await world.drop()
    with pytest.raises(NotFinal, match="is received"):
        await correct(world.context, document_id, wish(number="A-17"))
    await world.settle()
    with pytest.raises(NotFinal, match="is in_review"):
        await correct(world.context, document_id, wish(number="A-17"))
    await forget(world.context, document_id)
    for gone in (document_id, "d" + "0" * 24, "../x"):
        with pytest.raises(UnknownDocument):
            await correct(world.context, gone, wish(number="A-17"))


async def test_a_replay_starts_from_the_file_again(world: World) -> None:
    """While it runs nothing is corrected; its result replaces the corrected one, and is told as a higher run."""
    document_id = await final(world)
    await correct(world.context, document_id, wish(number="B-18"))
    await replay(world.context, document_id)
    with pytest.raises(NotFinal):
        await correct(world.context, document_id, wish(1, number="C-19"))
    await world.settle()
    assert "A-17" == (await delivered(world, document_id))["number"]
    assert (2, 0) == ((await world.run(document_id)).number, (await world.run(document_id)).revision)
    await correct(world.context, document_id, wish(run=2, number="C-19"))
    await world.settle()
    assert f"{document_id}.2.corrected.1" == world.events.published[-1].id


async def test_a_correction_is_told_though_its_message_is_lost(world: World) -> None:
    """The event stands beside the state: the sweeper finds it, and the topic may be away meanwhile."""
    document_id = await final(world)
    await sweep(world.context)
    await correct(world.context, document_id, wish(number="B-18"))
    assert world.queues.receive("publish") is not None
    world.clock.advance(world.context.limits.stalled_after)
    world.events.failure = Unavailable("the topic is away")
    await sweep(world.context)
    assert await world.step()
    world.events.failure = None
    await world.settle()
    assert ["received", "finalized", "corrected"] == world.told()
    await sweep(world.context)
    assert [] == [mark async for mark in world.records.partition("catalog", "active")]


async def test_the_end_of_a_run_stays_when_it_ended(world: World) -> None:
    """Retention counts from it, so correcting keeps a document no longer."""
    document_id = await final(world)
    ended = (await world.run(document_id)).finished
    world.clock.advance(world.context.limits.lease)
    await correct(world.context, document_id, wish(number="B-18"))
    assert ended == (await world.run(document_id)).finished


KINDS = NOTE.model_copy(
    update={
        "fields": (
            *NOTE.fields,
            FieldSpec(name="day", field_type="date", title="Day"),
            FieldSpec(name="paid", field_type="boolean", title="Paid"),
            FieldSpec(name="currency", field_type="currency", title="Currency"),
            FieldSpec(name="way", field_type="text", title="Way", choices=("rail", "road")),
        )
    }
)


@pytest.fixture
async def kinds() -> World:
    """A note with a field of each kind, all but number and total empty."""
    absent: dict[str, Any] = {name: {"value": None, "lines": []} for name in ("day", "paid", "currency", "way")}
    return make_world(script=answering(extract_note=ANSWERS["extract_note"] | absent), types=[KINDS])


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("total", "1234.50", 1234.5),
        ("total", 7, 7.0),
        ("total", None, None),
        ("total", -0.0, 0.0),
        ("number", " B-18 ", "B-18"),
        ("day", "2026-11-22", "2026-11-22"),
        ("paid", "yes", True),
        ("paid", False, False),
        ("currency", "eur", "EUR"),
        ("way", "rail", "rail"),
    ],
)
async def test_a_value_is_kept_as_its_kind_is_written(kinds: World, field: str, given: Scalar, kept: Scalar) -> None:
    """A command line knows texts only; a result holds numbers, dates and yes or no. Nothing means no value."""
    document_id = await final(kinds)
    await correct(kinds.context, document_id, CorrectionRequest(run=1, revision=0, fields={field: given}))
    await kinds.settle()
    assert kept == (await delivered(kinds, document_id))[field]


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("total", "about 7", "'total' takes an amount as a plain number, such as 1234.50"),
        ("total", True, "'total' takes an amount"),
        ("day", "22.11.2026", "'day' takes a date, such as 2026-11-22"),
        ("paid", "perhaps", "'paid' takes yes or no"),
        ("currency", "euro", "'currency' takes an ISO 4217 currency code"),
        ("way", "sea", "'way' takes one of rail, road"),
        ("number", 7.0, "'number' takes an identifier as a text"),
        ("colour", "red", "'colour' cannot be corrected; the fields are"),
        ("rows", "none", "'rows' takes a list of rows, each an object of its cells"),
        ("number", None, "'number' is required: it cannot be cleared"),
        ("total", "", "use null to clear the value"),
        ("number", "A-17", "nothing would change"),
    ],
)
async def test_what_does_not_fit_is_refused(kinds: World, field: str, given: Scalar, says: str) -> None:
    """In words that say what to write instead; the result stays as it is and nobody is told."""
    document_id = await final(kinds)
    with pytest.raises(ValueError, match=says):
        await correct(kinds.context, document_id, CorrectionRequest(run=1, revision=0, fields={field: given}))
    await kinds.settle()
    assert (0, ["received", "finalized"]) == ((await kinds.run(document_id)).revision, kinds.told())
