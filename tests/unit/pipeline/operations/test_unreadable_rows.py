"""A row, mark or message that this version cannot read is logged and left alone, and stops nothing else."""

import json
from datetime import timedelta
from typing import NamedTuple

import pytest

from functions.steps import run_step
from shared.domain.base.errors import UnreadableRecord
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.models.gateway.single_flight import BeingAsked, SingleFlight
from shared.pipeline.operations.held.untyped import try_untyped
from shared.pipeline.operations.poison import give_up
from shared.pipeline.operations.retention import forget_expired
from shared.pipeline.operations.status import list_statuses
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.publish import publish, republish
from shared.pipeline.read.read import read
from shared.pipeline.review.review import open_cases, open_review
from shared.pipeline.store.rows.keys import UNTYPED
from shared.ports.records import Delete, Put
from tests.support.pipeline.world import ANSWERS, World, answering, make_world

SECRET = "SECRET"
BAD = {
    "no JSON": SECRET,
    "empty": "",
    "list": json.dumps([SECRET]),
    "null": "null",
    "no fields": "{}",
    "later state": json.dumps({"document_id": "d1", "updated": "2026-11-28T12:00:00Z", "state": SECRET}),
    "no time": json.dumps({"document_id": "d1", "number": 1, "state": "received"}),
    "wrong type": json.dumps({"document_id": "d1", "number": SECRET, "updated": SECRET, "received": 7}),
}
ROWS = {"Run": ("documents", "run-0001"), "Document": ("documents", "document"), "mark": ("catalog", "active")}


class Three(NamedTuple):
    """Three Documents whose messages were lost; a row of the first cannot be read."""

    world: World
    victim: str
    healthy: set[str]


async def _three(row: str = "Run", body: str = BAD["later state"]) -> Three:
    world = make_world(retention=timedelta(days=1))
    documents = [await world.drop(f"note/{number}.pdf", b"%%PDF %d" % number) for number in range(3)]
    while world.queues.receive("read"):
        pass
    table, key = ROWS[row]
    partition, key = (documents[0], key) if table == "documents" else (key, documents[0])
    await world.records.commit(table, partition, [Put(key, body)])
    world.clock.advance(timedelta(hours=2))
    return Three(world, documents[0], set(documents[1:]))


def _sent(world: World, queue: str) -> set[str]:
    return {json.loads(body)["document_id"] for body in world.queues.bodies(queue)}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("bad", BAD)
async def test_the_sweeper_pushes_the_others(row: str, bad: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with the row: it is logged by its document's id, without its content, and stays."""
    three = await _three(row, BAD[bad])
    assert 2 == await sweep(three.world.context)
    assert three.healthy == _sent(three.world, "read")
    assert f"row_unreadable intray.document.id={three.victim}" in caplog.text
    assert SECRET not in caplog.text
    await three.world.settle()
    finished = {
        each.document.id for each in await list_statuses(three.world.context) if each.run.state is State.FINALIZED
    }
    assert three.healthy == finished


@pytest.mark.parametrize("row", ["Run", "Document"])
@pytest.mark.parametrize("bad", BAD)
async def test_the_status_list_shows_it_as_unreadable(row: str, bad: str) -> None:
    """Nothing is invisible: every document is listed once, one with the key of the row."""
    three = await _three(row, BAD[bad])
    listed = {each.document.id: each.unreadable for each in await list_statuses(three.world.context)}
    assert {three.victim: (ROWS[row][1],)} | dict.fromkeys(three.healthy, ()) == listed


@pytest.mark.parametrize(("missing", "shown"), [("document", "document"), ("run-0001", "run-")])
async def test_a_document_that_lacks_a_row_is_listed_and_keeps_its_mark(
    missing: str, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A Run without its Document, and a Document without a Run."""
    three = await _three("mark", json.dumps({"number": 1, "updated": "2026-01-01T00:00:00Z"}))
    await three.world.records.commit("documents", three.victim, [Delete(missing)])
    assert [(shown,)] == [each.unreadable for each in await list_statuses(three.world.context) if each.unreadable]
    assert 2 == await sweep(three.world.context)
    if missing == "document":
        assert (
            f"row_unreadable intray.document.id={three.victim} intray.row=document intray.reason=missing" in caplog.text
        )
        assert await three.world.records.get("catalog", "active", three.victim)


async def test_the_others_are_forgotten_and_published_again() -> None:
    """Retention and the replay of events pass over the row."""
    three = await _three(
        "Run", json.dumps({"document_id": "d", "updated": "2026-11-28T12:00:00Z", "state": "received"})
    )
    world = three.world
    await sweep(world.context)
    await world.settle()
    await world.records.commit("documents", three.victim, [Put("run-0001", SECRET)])
    before = len(world.events.published)
    assert 4 == await republish(world.context, world.clock.now() - timedelta(days=9))
    await world.settle()
    assert before + 4 == len(world.events.published)
    world.clock.advance(timedelta(days=2))
    assert 2 == await forget_expired(world.context)
    await world.settle()
    assert [three.victim] == [each.document.id for each in await list_statuses(world.context)]


async def test_an_unreadable_event_holds_up_no_other_and_keeps_its_mark() -> None:
    """The others of the document are published; a worker that can read the event finds the document marked."""
    three = await _three("mark", json.dumps({"number": 1, "updated": "2026-01-01T00:00:00Z"}))
    world, victim = three.world, three.victim
    await world.records.commit("documents", victim, [Put("event-0001-000000", SECRET)])
    await sweep(world.context)
    await world.settle()
    published = [event.name for event in world.events.published if event.subject == f"documents/{victim}"]
    assert ["finalized"] == published
    assert 0 == await publish(world.context, StageMessage(document_id=victim))
    world.clock.advance(timedelta(hours=9))
    assert 0 == await sweep(world.context)
    marks = [record.key async for record in world.records.partition("catalog", "active")]
    assert [victim] == marks


async def test_an_unreadable_case_hides_no_other() -> None:
    """The list of cases has the others, and the sweeper lists it anew from the document's own row."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    world = make_world(script=answering(extract_note=wrong))
    documents = [await world.drop(f"note/{number}.pdf", b"%%PDF %d" % number) for number in range(3)]
    await world.settle()
    await world.records.commit("catalog", "review", [Put(documents[0], SECRET)])
    assert set(documents[1:]) == {task.document_id for task in await open_cases(world.context)}
    await open_review(world.context, StageMessage(document_id=documents[0]))
    assert set(documents) == {task.document_id for task in await open_cases(world.context)}


async def test_an_unreadable_row_of_an_untyped_document_stops_no_other() -> None:
    """Both the list of waiting documents and the Runs behind it are passed over."""
    three = await _three()
    world = three.world
    for document_id, body in zip((three.victim, *three.healthy), ('{"tried": "x"}', SECRET, "[]"), strict=True):
        await world.records.commit("catalog", UNTYPED, [Put(document_id, body)])
    assert 0 == await try_untyped(world.context)


@pytest.mark.parametrize("bad", ["no JSON", "list", "no fields", "wrong type"])
async def test_an_unreadable_claim_of_a_request_is_taken_over(bad: str) -> None:
    """It holds nothing: the request is asked again, and counted as one that may have been billed before."""
    world = make_world()
    ledger = SingleFlight(world.records, world.clock)
    await world.records.commit("catalog", "request-abc", [Put("claim", BAD[bad])])
    assert 0 == await ledger.tries("abc")
    async with ledger.claim("abc") as held:
        held.asked = True
        with pytest.raises(BeingAsked):
            async with ledger.claim("abc"):
                raise AssertionError
    assert 2 == await ledger.tries("abc")


async def test_a_step_whose_run_cannot_be_read_is_deferred() -> None:
    """Another worker may be able to read it, so the message goes back and spends no attempt."""
    three = await _three()
    with pytest.raises(UnreadableRecord):
        await read(three.world.context, StageMessage(document_id=three.victim))
    await run_step(three.world.context, "read", b'{"document_id": "%s"}' % three.victim.encode(), read)
    assert [{"document_id": three.victim, "waits": 1}] == [
        json.loads(body) for body in three.world.queues.bodies("read")
    ]
    assert three.victim == await give_up(
        three.world.context, "read", "7", three.world.queues.bodies("read")[0].encode()
    )


UNREADABLE_MESSAGES = [b"", SECRET.encode(), b"[]", b"{}", b"\xff", b'{"document_id": 7}', b'{"document_id": "../x"}']


@pytest.mark.parametrize("body", UNREADABLE_MESSAGES, ids=range(len(UNREADABLE_MESSAGES)))
async def test_a_message_that_names_no_document_is_kept_at_once(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """No attempt is spent on it; an operator finds it under poison/, and a line in the log."""
    world = make_world()
    if body == b'{"document_id": "../x"}':  # readable: it names a document that does not exist
        await run_step(world.context, "read", body, read)
        assert [] == [name async for name in world.blobs.names("work", "poison/")]
        return
    await run_step(world.context, "read", body, read)
    kept = [await world.blobs.read("work", name) async for name in world.blobs.names("work", "poison/read/")]
    assert [body] == kept
    assert "message_unreadable intray.stage=read intray.reason=UnreadableRecord" in caplog.text
    assert SECRET not in caplog.text
    assert await give_up(world.context, "read", "7", body) is None


async def test_a_message_of_a_later_version_is_put_back_until_it_was_deferred_too_often() -> None:
    """It names a document, so a later worker will know what to do; its fields stay as they are."""
    world = make_world(max_waits=3)
    message = {"document_id": "d" + "1" * 24, "run": {"number": 2}, "part": "x"}
    body = json.dumps(message)
    for waits in range(1, 4):
        await run_step(world.context, "read", body.encode(), read)
        body = world.queues.bodies("read")[-1]
        assert message | {"waits": waits} == json.loads(body)
    await run_step(world.context, "read", body.encode(), read)
    assert 1 == len([name async for name in world.blobs.names("work", f"poison/{message['document_id']}/read/")])


async def test_fields_that_a_later_version_added_are_no_reason_to_pass_over_a_row() -> None:
    """Such a document is processed like any other, and keeps them."""
    three = await _three("mark", json.dumps({"number": 1, "updated": "2026-01-01T00:00:00Z", "owner": "x"}))
    world = three.world
    for key in ("run-0001", "document"):
        row = await world.records.get("documents", three.victim, key)
        assert row
        body = json.dumps(json.loads(row.body) | {"priority": {"level": 1}})
        await world.records.commit("documents", three.victim, [Put(key, body)])
    assert 3 == await sweep(world.context)
    mark = await world.records.get("catalog", "active", three.victim)
    assert mark
    assert "x" == json.loads(mark.body)["owner"]
    await world.settle()
    row = await world.records.get("documents", three.victim, "run-0001")
    assert row
    assert ("finalized", {"level": 1}) == (json.loads(row.body)["state"], json.loads(row.body)["priority"])
