"""Same name and same bytes are the same Document, whatever became of the blob's ETag; other bytes never are."""

from datetime import timedelta

import pytest

from shared.domain.documents.document import document_id
from shared.domain.documents.run import State
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.intake.ingest import receive, receive_version
from shared.pipeline.operations.replay import replay
from shared.ports.blobs import BlobInfo
from shared.ports.records import Put
from shared.testing.blobs import MemoryBlobs
from shared.testing.builders.pages import text_page
from shared.testing.clock import FixedClock
from tests.support.pipeline.world import ANSWERS, PAGE, Twins, World, answering, make_world

NAME = "note/a.pdf"
LONG = tuple(text_page(number, *PAGE) for number in range(1, 31))


class WithoutMd5(Twins):
    """Storage that keeps no Content-MD5, as of files that were uploaded in blocks."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.blobs = MemoryBlobs(clock, keeps_md5=False)


@pytest.fixture(params=[Twins, WithoutMd5], ids=["md5", "no-md5"])
def world(request: pytest.FixtureRequest) -> World:
    return make_world(storage=request.param)


async def rewrite(world: World, data: bytes = b"%PDF a") -> str:
    """Write a blob again without an event: with equal bytes, what setting metadata does; the new ETag."""
    world.clock.advance(timedelta(seconds=2))
    await world.blobs.write("incoming", NAME, data, "application/pdf")
    info = await world.blobs.info("incoming", NAME)
    assert info is not None
    return info.etag


async def states(world: World, name: str = NAME) -> list[str]:
    """The states of all Documents with this name, in the order in which they were received."""
    rows = [record async for record in world.records.list_by_key("documents", "document")]
    found = [record.partition for record in rows if f'"name":"{name}"' in record.body]
    runs = [(await world.run(document_id)) for document_id in found]
    return sorted(run.state for run in runs)


@pytest.mark.parametrize("queue", ["read", "extract", "validate", "decide"])
async def test_metadata_that_changes_at_any_stage_changes_nothing(world: World, queue: str) -> None:
    """A scanner or a lifecycle tool touches the file before, while and after it is read: it gets its result."""
    document = await world.drop(NAME)
    while not await world.queues.depth(queue):
        assert await world.step()
    await rewrite(world)
    await world.settle()
    assert State.FINALIZED is (await world.run(document)).state
    assert ["received", "finalized"] == world.told()


@pytest.mark.parametrize("storage", [Twins, WithoutMd5])
async def test_metadata_that_changes_between_ranges_changes_nothing(storage: type[Twins]) -> None:
    """Each range of a long file is read from whichever version has the bytes, however often they change."""
    script = answering(extract_note=lambda _call: ANSWERS["extract_note"])
    world = make_world(LONG, script, storage=storage, read_range=8)
    document = await world.drop(NAME)
    while await world.queues.depth("read"):
        await world.step()
        await rewrite(world)
    await world.settle()
    run = await world.run(document)
    assert (True, 30) == (run.is_settled and run.state is not State.FAILED, run.pages)


@pytest.mark.parametrize("queue", ["extract", "decide"])
async def test_other_bytes_of_equal_size_are_another_version(world: World, queue: str) -> None:
    """The old version ends as superseded, and the new one gets its result although its event was lost."""
    document = await world.drop(NAME)
    while not await world.queues.depth(queue):
        assert await world.step()
    etag = await rewrite(world, b"%PDF b")
    await world.settle()
    run = await world.run(document)
    assert (State.FAILED, ["superseded"]) == (run.state, [reason.code for reason in run.reasons])
    assert State.FINALIZED is (await world.run(document_id("incoming", NAME, etag))).state


async def test_the_event_of_the_new_version_changes_nothing_more(world: World) -> None:
    """It comes late, after the old version found out: the new one is received once."""
    await world.drop(NAME)
    while not await world.queues.depth("decide"):
        assert await world.step()
    await rewrite(world, b"%PDF b")
    await world.settle()
    await receive(world.context, "incoming", NAME)
    await world.settle()
    assert ["failed", "finalized"] == await states(world)


async def test_an_upload_of_equal_bytes_is_a_duplicate(world: World) -> None:
    """An event told of it, so somebody uploaded it: it has an outcome of its own."""
    first = await world.drop(NAME)
    await world.settle()
    await rewrite(world)
    second = await receive(world.context, "incoming", NAME)
    await world.settle()
    run = await world.run(second)
    assert (State.DUPLICATE, first) == (run.state, run.duplicate_of)


async def test_a_version_that_was_replaced_before_intake_has_an_outcome(world: World) -> None:
    """Its event came late: the old version fails as superseded, the new one is processed."""
    await world.blobs.write("incoming", NAME, b"%PDF old", "application/pdf")
    old = await world.blobs.info("incoming", NAME)
    assert old is not None
    new = await rewrite(world)
    failed = await receive(world.context, "incoming", NAME, f'"{old.etag}"')
    await world.settle()
    run = await world.run(failed)
    assert (State.FAILED, ["superseded"]) == (run.state, [reason.code for reason in run.reasons])
    assert State.FINALIZED is (await world.run(document_id("incoming", NAME, new))).state
    assert document_id("incoming", NAME, old.etag) == failed


async def test_metadata_that_changed_before_intake_makes_no_second_document() -> None:
    """The deferred message knows size and Content-MD5 of what was uploaded."""
    world = make_world()
    await world.blobs.write("incoming", NAME, b"%PDF a", "application/pdf")
    old = await world.blobs.info("incoming", NAME)
    assert old is not None
    await rewrite(world)
    upload = IntakeMessage(container="incoming", name=NAME, etag=old.etag, size=old.size, md5=old.md5)
    await receive_version(world.context, upload)
    await world.settle()
    assert ["finalized"] == await states(world)


async def test_a_version_that_was_deleted_before_intake_has_an_outcome(world: World) -> None:
    """A repeated event of a version that was processed changes nothing."""
    gone = await receive(world.context, "incoming", NAME, "0x1")
    await world.settle()
    assert ["gone"] == [reason.code for reason in (await world.run(gone)).reasons]
    document = await world.drop("note/b.pdf")
    await world.settle()
    info = await world.blobs.info("incoming", "note/b.pdf")
    assert info is not None
    await world.blobs.delete("incoming", "note/b.pdf")
    assert document == await receive(world.context, "incoming", "note/b.pdf", info.etag)
    assert State.FINALIZED is (await world.run(document)).state


async def test_a_listing_makes_no_document_of_a_metadata_change() -> None:
    """What nobody announced is received only when no Document has its bytes under that name."""
    world = make_world()
    document = await world.drop(NAME)
    await world.settle()
    etag = await rewrite(world)
    found = IntakeMessage(container="incoming", name=NAME, etag=etag, announced=False)
    assert document == await receive_version(world.context, found)
    assert ["finalized"] == await states(world)
    await rewrite(world, b"%PDF b")
    await receive_version(world.context, found)
    await world.settle()
    assert ["finalized", "finalized"] == await states(world)


async def test_bytes_that_came_back_are_an_upload_again() -> None:
    """A, B, A again, and only the first event arrived: the Document of the first A failed, the last A is processed."""
    world = make_world()
    first = await world.drop(NAME, b"%PDF a")
    while not await world.queues.depth("decide"):
        assert await world.step()
    await rewrite(world, b"%PDF b")
    await world.settle()
    etag = await rewrite(world, b"%PDF a")
    await receive_version(world.context, IntakeMessage(container="incoming", name=NAME, announced=False))
    await world.settle()
    assert State.FAILED is (await world.run(first)).state
    assert State.FINALIZED is (await world.run(document_id("incoming", NAME, etag))).state


async def test_a_listing_receives_no_deleted_blob(world: World) -> None:
    """Somebody deleted it since: there is nothing to read, and nothing to report as failed."""
    await receive_version(world.context, IntakeMessage(container="incoming", name=NAME, etag="0x1", announced=False))
    assert [] == await states(world)


async def test_a_replay_reads_the_present_version_of_the_bytes(world: World) -> None:
    """Months later the file was touched by many tools: it can still be processed anew."""
    document = await world.drop(NAME)
    await world.settle()
    for _ in range(3):
        await rewrite(world)
    await replay(world.context, document, force=True)
    await world.settle()
    assert State.FINALIZED is (await world.run(document)).state


async def test_a_file_that_changes_all_the_time_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that writes metadata between any two requests delays a document, and fails none."""
    world = make_world()
    document = await world.drop(NAME)
    info = world.blobs.info
    touches = iter(range(12))

    async def touched(container: str, name: str) -> BlobInfo | None:
        seen = await info(container, name)
        if container == "incoming" and next(touches, None) is not None:
            await rewrite(world)
        return seen

    await rewrite(world)
    monkeypatch.setattr(world.blobs, "info", touched)
    await world.settle()
    assert State.FINALIZED is (await world.run(document)).state


async def test_a_row_of_a_later_version_is_preserved() -> None:
    """Fields that a newer worker wrote of an upload survive a change by this one."""
    world = make_world()
    document = await world.drop(NAME)
    rows = [record async for record in world.records.list_by_key("catalog", document)]
    [row] = [record for record in rows if record.partition.startswith("upload-")]
    await world.records.commit("catalog", row.partition, [Put(row.key, row.body[:-1] + ',"scanned":true}')])
    await rewrite(world)
    await world.settle()
    changed = await world.records.get("catalog", row.partition, row.key)
    assert changed is not None
    assert '"scanned":true' in changed.body
    assert "same_bytes" in changed.body


async def test_a_damaged_row_of_an_upload_stops_nothing(world: World) -> None:
    """What it said of the bytes is found out by comparing them."""
    document = await world.drop(NAME)
    while not await world.queues.depth("decide"):
        assert await world.step()
    rows = [record async for record in world.records.list_by_key("catalog", document)]
    [row] = [record for record in rows if record.partition.startswith("upload-")]
    await world.records.commit("catalog", row.partition, [Put(row.key, "{")])
    await rewrite(world)
    await world.settle()
    assert State.FINALIZED is (await world.run(document)).state
