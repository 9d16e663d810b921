"""Documents that are processed again, and documents that are forgotten."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.base.errors import Conflict, Permanent, StillRunning, UnknownDocument, Unreadable
from shared.domain.documents.run import State
from shared.domain.types.document_type import Policy
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.retention import forget_expired
from shared.pipeline.operations.status import list_statuses, load_detail
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.publish.publish import republish
from shared.ports.records import Change
from tests.support.pipeline.world import NOTE, ONE_PAGE, World, answering, make_world

NOTHING = "d" + "0" * 24


async def test_a_failed_document_is_revived_and_pays_only_what_is_new() -> None:
    """A replay is a new Run; answers that were paid for are read from the store."""
    unfit: dict[str, Any] = {"document_type": "unknown", "lines": []}
    answers = answering(classify_document=lambda _: unfit)
    world = make_world(script=answers)
    document_id = await world.drop("a.pdf")
    await world.settle()
    assert State.HELD is (await world.run(document_id)).state
    await replay(world.context, document_id)
    await world.settle()
    run = await world.run(document_id)
    assert (2, State.HELD, 0, 1) == (run.number, run.state, run.bill.calls, run.bill.reused)
    assert ["received", "held", "held"] == world.told()
    assert 3 == len({event.id for event in world.events.published})


async def test_a_replay_of_a_final_document_replaces_its_result(world: World) -> None:
    """The second Run writes the result anew and tells it under its own id."""
    document_id = await world.drop()
    await world.settle()
    await replay(world.context, document_id)
    await world.settle()
    assert 2 == (await world.result(document_id))["run"]
    assert [f"{document_id}.{number}.finalized" for number in (1, 2)] == [
        event.id for event in world.events.published if event.name == "finalized"
    ]


async def test_a_replayed_document_is_listed_as_it_is_now() -> None:
    """Whoever watches the list would otherwise see the failure that was mended."""
    world = make_world(pages=lambda content: () if content == b"%PDF a" else ONE_PAGE)
    document = await world.drop()
    await world.settle()
    assert [(1, State.FAILED)] == [(one.run.number, one.run.state) for one in await list_statuses(world.context)]
    await replay(world.context, document)
    assert [(2, State.RECEIVED)] == [(one.run.number, one.run.state) for one in await list_statuses(world.context)]


async def test_a_copy_is_processed_when_it_is_forced(world: World) -> None:
    """Without force a duplicate stays one; with it, it gets a result of its own, from stored answers."""
    await world.drop("note/a.pdf")
    second = await world.drop("note/b.pdf")
    await world.settle()
    await replay(world.context, second)
    await world.settle()
    assert State.DUPLICATE is (await world.run(second)).state
    await replay(world.context, second, force=True)
    await world.settle()
    run = await world.run(second)
    assert (State.FINALIZED, 0, 2) == (run.state, run.bill.calls, run.bill.reused)


async def test_only_what_has_ended_is_replayed(world: World) -> None:
    """A running document and an unknown one are refused by name."""
    document_id = await world.drop()
    with pytest.raises(StillRunning):
        await replay(world.context, document_id)
    with pytest.raises(UnknownDocument):
        await replay(world.context, NOTHING)


async def test_messages_of_an_older_run_change_nothing(world: World) -> None:
    """What is left in the queues of a Run that ended does not touch the next one."""
    document_id = await world.drop()
    stale = world.queues.bodies("read")[0]
    await world.settle()
    await replay(world.context, document_id)
    await world.queues.send("read", stale)
    await world.queues.send("decide", stale)
    await world.settle()
    assert 1 == world.told().count("received")
    assert 2 == world.told().count("finalized")


async def test_forgetting_leaves_nothing_but_the_event(world: World) -> None:
    """After forgetting, no blob and no row speaks of the document, and downstream was told."""
    document_id = await world.drop()
    await world.settle()
    await forget(world.context, document_id)
    await world.settle()
    await sweep(world.context)
    assert ["received", "finalized", "deleted"] == world.told()
    assert set() == await world.kept()
    assert await load_detail(world.context, document_id) is None


async def test_forgetting_a_broken_file_leaves_nothing() -> None:
    """A file that could not be opened has claimed no content that would still name it."""

    def broken(_: bytes) -> Any:
        raise Unreadable("unreadable", "the file is broken")

    world = make_world(broken)
    document_id = await world.drop()
    await world.settle()
    await forget(world.context, document_id)
    await world.settle()
    await sweep(world.context)
    assert set() == await world.kept()


async def test_forgetting_one_document_leaves_the_others(world: World) -> None:
    """Only the document's own artifacts go; a newer version under its name stays."""
    old = await world.drop("note/a.pdf", b"old")
    await world.settle()
    kept = await world.drop("note/a.pdf", b"new")
    await world.settle()
    await forget(world.context, old)
    await world.settle()
    assert await world.blobs.read("incoming", "note/a.pdf") == b"new"
    assert State.FINALIZED is (await world.run(kept)).state
    assert "A-17" == (await world.result(kept))["fields"]["number"]["value"]


async def test_forgotten_content_is_processed_anew(world: World) -> None:
    """After forgetting, the same bytes are no duplicate of anything."""
    first = await world.drop("note/a.pdf")
    await world.settle()
    await forget(world.context, first)
    await world.settle()
    second = await world.drop("note/a.pdf")
    await world.settle()
    assert State.FINALIZED is (await world.run(second)).state


async def test_an_open_case_can_be_forgotten_and_leaves_the_queue() -> None:
    """A person need not clear what is to be deleted; what still runs is refused."""
    world = make_world(script=answering(verify_note={"verdicts": []}), types=[NOTE.model_copy(update={"rules": ()})])
    strict = NOTE.model_copy(update={"policy": Policy(accept_at=1.0)})
    world = make_world(types=[strict])
    document_id = await world.drop()
    with pytest.raises(StillRunning):
        await forget(world.context, document_id)
    await world.settle()
    assert State.IN_REVIEW is (await world.run(document_id)).state
    await forget(world.context, document_id)
    await world.settle()
    assert [] == [case async for case in world.records.partition("catalog", "review")]


@pytest.mark.parametrize(
    ("setting", "policy", "after", "deleted"),
    [(None, None, 9999, 0), (30, None, 29, 0), (30, None, 30, 1), (30, 7, 7, 1), (30, 0, 9999, 0), (None, 7, 7, 1)],
)
async def test_retention_is_the_type_s_or_the_setting_s(
    setting: int | None, policy: int | None, after: int, deleted: int
) -> None:
    """A type's own retention wins; 0 keeps for good; nothing is deleted a day early."""
    kind = NOTE.model_copy(update={"policy": Policy(accept_at=0.8, retention_days=policy)})
    world = make_world(types=[kind], retention=timedelta(days=setting) if setting else None)
    await world.drop()
    await world.settle()
    world.clock.advance(timedelta(days=after))
    assert deleted == await forget_expired(world.context)
    await world.settle()
    assert deleted == world.told().count("deleted")
    if deleted:
        assert "retention" == world.events.published[-1].data["cause"]


async def test_a_document_that_somebody_changes_stops_no_retention(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are forgotten in this pass, and that one in the next."""
    world = make_world(retention=timedelta(days=1))
    busy, _ = await world.drop("a.pdf", b"%PDF a"), await world.drop("b.pdf", b"%PDF b")
    await world.settle()
    world.clock.advance(timedelta(days=2))
    commit = world.records.commit

    async def commit_unless_busy(table: str, partition: str, changes: Sequence[Change]) -> Mapping[str, str]:
        if (table, partition) == ("documents", busy):
            raise Conflict
        return await commit(table, partition, changes)

    with monkeypatch.context() as patch:
        patch.setattr(world.records, "commit", commit_unless_busy)
        assert 1 == await forget_expired(world.context)
    await world.settle()
    assert 1 == await forget_expired(world.context)


async def test_a_refused_event_is_parked_and_shown(world: World) -> None:
    """An event that the topic refuses for good never fails its document, and the operator sees why."""
    document_id = await world.drop()
    world.events.failure = Permanent("event_refused", "the topic refuses the event")
    await world.settle()
    world.events.failure = None
    found = await load_detail(world.context, document_id)
    assert found is not None
    assert State.FINALIZED is found.run.state
    assert {f"{document_id}.1.received", f"{document_id}.1.finalized"} == set(found.refused)
    assert 2 == await republish(world.context, world.clock.now() - timedelta(days=1))
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_events_are_told_again_from_a_time_on(world: World) -> None:
    """A subscriber that lost events asks for them again: same ids, same order, only those since then."""
    await world.drop("note/a.pdf", b"one")
    await world.settle()
    world.clock.advance(timedelta(hours=1))
    since = world.clock.now()
    await world.drop("note/b.pdf", b"two")
    await world.settle()
    before = [event.id for event in world.events.published][2:]
    assert 2 == await republish(world.context, since)
    await world.settle()
    assert before == [event.id for event in world.events.published][4:]


@pytest.mark.parametrize(
    ("change", "code", "events"),
    [("overwrite", "superseded", ["received", "finalized"]), ("delete", "gone", [])],
)
async def test_a_file_that_changes_while_it_is_processed(
    world: World, change: str, code: str, events: list[str]
) -> None:
    """An old version never gets a result after a new one arrived, which gets its own; a deleted file gets none."""
    document_id = await world.drop()
    while await world.queues.depth("decide") == 0:
        assert await world.step()
    if change == "overwrite":
        await world.blobs.write("incoming", "note/a.pdf", b"new", "application/pdf")
    else:
        await world.blobs.delete("incoming", "note/a.pdf")
    await world.settle()
    assert [code] == [reason.code for reason in (await world.run(document_id)).reasons]
    assert ["received", "failed", *events] == world.told()
