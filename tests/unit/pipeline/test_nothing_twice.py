"""Repeats, copies, lost messages and crashes: each upload still has one outcome, and each request is paid once."""

from datetime import timedelta
from typing import Any

import pytest

from functions.steps import run_step
from shared.domain.base.errors import Conflict
from shared.domain.documents.run import State
from shared.domain.models.model_call import ModelCall
from shared.pipeline.intake.ingest import receive
from shared.pipeline.operations.sweep import sweep
from shared.testing.builders.pages import text_page
from tests.support.pipeline.crashes import Crash, dying_before, heal
from tests.support.pipeline.world import ANSWERS, PAGE, STEPS, World, answering, make_world, quoted_pages


async def test_a_repeated_event_is_the_same_document(world: World) -> None:
    """The same version told three times is one Document, one Run, one set of events, one bill."""
    first = await world.drop()
    ids = [await receive(world.context, "incoming", "note/a.pdf") for _ in range(2)]
    await world.settle()
    assert [first, first] == ids
    await receive(world.context, "incoming", "note/a.pdf")
    await world.settle()
    assert ["received", "finalized"] == world.told()
    assert [1, 1] == list(world.models.billed.values())


async def test_a_refused_insert_is_no_repeated_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a Document that is really there was told before; else the event must come again, or the upload is lost."""
    commit = world.records.commit

    async def refuse(table: str, partition: str, changes: Any) -> None:
        if table == "documents":
            raise Conflict
        await commit(table, partition, changes)

    monkeypatch.setattr(world.records, "commit", refuse)
    with pytest.raises(Conflict):
        await world.drop()


async def test_equal_content_ends_as_duplicate(world: World) -> None:
    """The same bytes under another name are not paid for again, and name the Document that was."""
    first = await world.drop("note/a.pdf")
    second = await world.drop("note/b.pdf")
    await world.settle()
    run = await world.run(second)
    assert (State.DUPLICATE, first) == (run.state, run.duplicate_of)
    assert 2 == world.models.billed.total()


async def test_a_copy_of_a_failed_document_is_processed_anew() -> None:
    """A first copy that failed has nothing to share: the next copy gets its own chance."""
    world = make_world(script=answering(classify_document={"document_type": "unknown", "lines": []}))
    await world.drop("a.pdf")
    await world.settle()
    second = await world.drop("b.pdf")
    await world.settle()
    assert State.HELD is (await world.run(second)).state


async def test_an_overwritten_blob_is_a_new_document(world: World) -> None:
    """A new version is a new Document; the old one, not yet read, ends clearly instead of reading the new bytes."""
    old = await world.drop("note/a.pdf", b"old")
    new = await world.drop("note/a.pdf", b"new")
    await world.settle()
    assert old != new
    assert ["superseded"] == [reason.code for reason in (await world.run(old)).reasons]
    assert State.FINALIZED is (await world.run(new)).state


async def test_a_blob_deleted_before_it_was_taken_in_has_an_outcome(world: World) -> None:
    """An event for a blob that is gone ends as failed, with a reason that says what to do."""
    document_id = await receive(world.context, "incoming", "note/gone.pdf")
    await world.settle()
    assert ["gone"] == [reason.code for reason in (await world.run(document_id)).reasons]
    assert ["received", "failed"] == world.told()


async def test_throttling_spends_no_attempt(world: World) -> None:
    """A throttled step comes back after the server's delay; every answer is billed once."""
    world.models.throttle(4, timedelta(seconds=300))
    document_id = await world.drop()
    started = world.clock.now()
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state
    assert [1, 1] == list(world.models.billed.values())
    assert world.clock.now() - started >= timedelta(seconds=4 * 300)


def answer_with_rows_of_pages(call: ModelCall) -> Any:
    """Read the number from the first page, and one row from every other."""
    pages = quoted_pages(call)
    rows = [{"what": f"Item {page}", "price": 1.0, "lines": [f"p{page}.l1"]} for page in pages if page > 1]
    absent: dict[str, object] = {"value": None, "lines": []}
    body = ANSWERS["extract_note"] | {"rows": rows, "total": absent}
    return body if 1 in pages else body | {"number": absent}


FEWEST_WRITES = 30
"""A run of two pages has more writes than that."""


@pytest.mark.parametrize("write", range(40))
@pytest.mark.parametrize("accepted", [True, False])
async def test_a_crash_at_any_write_heals(write: int, accepted: bool) -> None:
    """Whatever write the process dies at: redelivery and the sweeper bring the Document to its one outcome."""
    first = PAGE[:3] if accepted else PAGE[:1]  # without the total, which nobody reads here
    pages = [text_page(1, *first), text_page(2, "Item 2 1.00")]
    world = make_world(pages, answering(extract_note=answer_with_rows_of_pages), read_range=1, extract_range=1)
    died = await crash_heals(world, write, accepted)
    assert died or write >= FEWEST_WRITES


async def crash_heals(world: World, write: int, accepted: bool) -> bool:
    """Let a Document's process die in place of a write and look at what becomes of it; False: there is no such write.

    Nothing is left to do in the end, each fact was told under one id, and at most one model call was made again.
    """
    await world.blobs.write("incoming", "note/a.pdf", b"%PDF", "application/pdf")
    left = dying_before(world, write)
    try:
        document_id = await receive(world.context, "incoming", "note/a.pdf")
    except Crash:
        document_id = await receive(world.context, "incoming", "note/a.pdf")
    await heal(world)
    assert (State.FINALIZED if accepted else State.IN_REVIEW) is (await world.run(document_id)).state
    last = "finalized" if accepted else "review_requested"
    assert ["received", last] == list(dict.fromkeys(world.told()))
    assert {f"{document_id}.1.received", f"{document_id}.1.{last}"} == {event.id for event in world.events.published}
    assert world.models.billed.total() <= len(world.models.billed) + 1
    assert len(world.models.billed) == (await world.run(document_id)).bill.calls
    assert [] == [mark async for mark in world.records.partition("catalog", "active")]
    info = await world.blobs.info("incoming", "note/a.pdf")
    tags = await world.blobs.tags("incoming", "note/a.pdf", info.etag) if info else None
    assert {"intray": "finalized" if accepted else "in_review", "intray_document": document_id} == tags
    return left[0] < 0


async def test_the_sweeper_forgets_settled_documents(world: World) -> None:
    """A finished Document leaves the active list, and sweeping twice at once pushes nothing on twice."""
    await world.drop()
    await world.settle()
    assert 0 == await sweep(world.context)
    assert [] == [mark async for mark in world.records.partition("catalog", "active")]


async def test_a_copy_of_what_then_fails_is_processed_after_all(world: World) -> None:
    """A duplicate shares the result of its original; when that ends without one, the copy gets a Run of its own."""
    original = await world.drop("note/a.pdf")
    copy = await world.drop("note/b.pdf")
    for _ in range(2):
        body = world.queues.receive("read")
        assert body is not None
        await run_step(world.context, "read", body.encode(), STEPS["read"])
    assert State.DUPLICATE is (await world.run(copy)).state
    assert 0 == await sweep(world.context)
    await world.blobs.delete("incoming", "note/a.pdf")
    await world.settle()
    assert State.FAILED is (await world.run(original)).state
    await sweep(world.context)
    await world.settle()
    run = await world.run(copy)
    assert (2, State.FINALIZED) == (run.number, run.state)
    await sweep(world.context)
    assert [] == [mark async for mark in world.records.partition("catalog", "active")]
