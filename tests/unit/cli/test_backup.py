"""`intray backup` and `intray restore`: what is copied as of when, and what is refused."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.state.backup import back_up
from cli.state.folder import BackupFolder, InvalidBackup, SavedRow
from cli.state.restore import NotEmpty, is_restored, restore
from shared.domain.base.errors import Unavailable
from shared.domain.documents.run import State
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS
from shared.pipeline.store.runs import load, move
from shared.ports.records import Put, Record
from shared.testing.blobs import MemoryBlobs
from shared.testing.records import MemoryRecords
from tests.support.pipeline.world import World, make_world

CONTAINERS = ("incoming", "results", "unpacked", "work", "document-types")


async def backed_up(world: World, path: Path, containers: tuple[str, ...] = CONTAINERS) -> BackupFolder:
    folder = BackupFolder(path)
    await back_up(world.blobs, world.records, world.clock, folder, containers)
    return folder


async def test_a_document_that_moves_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its event row and its state must be of one moment: else a restore would lose the event."""
    world = make_world()
    document = await world.drop()
    original, moved = world.records.partition, False

    async def partition(table: str, key: str, prefix: str = "", start: str = "") -> AsyncIterator[Record]:
        nonlocal moved
        async for record in original(table, key, prefix, start):
            yield record
            if record.key == "document" and not moved:
                moved = True
                snapshot = await load(world.context, document)
                assert snapshot is not None
                await move(world.context, snapshot, State.READING)

    monkeypatch.setattr(world.records, "partition", partition)
    folder = await backed_up(world, tmp_path / "backup")
    assert ["reading"] == [json.loads(row.body)["state"] for row in folder.rows(DOCUMENTS) if row.key == "run-0001"]
    assert len([row for row in folder.rows(DOCUMENTS) if row.key.startswith("audit-")]) == 2


async def test_a_document_that_never_rests_stops_the_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An incomplete folder is no backup: it gets no manifest."""
    world = make_world()
    document = await world.drop()
    original = world.records.partition

    async def partition(table: str, key: str, prefix: str = "", start: str = "") -> AsyncIterator[Record]:
        async for record in original(table, key, prefix, start):
            yield record
            if record.key == "run-0001":
                await world.records.commit(table, key, [Put("run-0001", record.body)])

    monkeypatch.setattr(world.records, "partition", partition)
    with pytest.raises(Unavailable, match=document):
        await backed_up(world, tmp_path / "backup")
    with pytest.raises(InvalidBackup, match="no complete backup"):
        BackupFolder(tmp_path / "backup").manifest()


async def test_rows_of_later_documents_are_left_out(tmp_path: Path) -> None:
    """The catalog is read after the Documents: a claim of one that is missing would make copies of nothing."""
    world = make_world()
    first = await world.drop("note/a.pdf", b"%PDF a")
    await world.settle()
    folder = await backed_up(world, tmp_path / "backup")
    claims = [row for row in folder.rows(CATALOG) if row.partition.startswith("content-")]
    assert [first] == [json.loads(row.body) for row in claims]
    assert is_restored(claims[0], {first})
    assert not is_restored(claims[0], set())
    for partition, key, kept in (
        ("active", "d" + "1" * 24, False),
        ("upload-00", "d" + "1" * 24, False),
        ("review", first, True),
        ("incoming", "position", False),
        ("incoming", "deployed", True),
        ("incoming-hr-forms", "position", False),
        ("incoming-hr-forms", "deployed", True),
        ("request-00", "claim", True),
    ):
        assert kept is is_restored(SavedRow(partition=partition, key=key, body="{}"), {first})


async def test_only_an_empty_account_is_restored_into(tmp_path: Path) -> None:
    """A slip in the account's name must not mix two deployments."""
    world = make_world()
    await world.drop()
    await world.settle()
    folder = await backed_up(world, tmp_path / "backup")
    with pytest.raises(NotEmpty, match="--over"):
        await restore(world.blobs, world.records, folder)
    await restore(world.blobs, world.records, folder, over=True)
    with pytest.raises(InvalidBackup, match="not empty"):
        await backed_up(world, tmp_path / "backup")


async def test_a_damaged_content_is_refused(tmp_path: Path) -> None:
    """A backup that was copied badly must not become a result."""
    world = make_world()
    await world.drop()
    folder = await backed_up(world, tmp_path / "backup")
    folder.content_path("incoming", "note/a.pdf").write_bytes(b"%PDF b")
    with pytest.raises(InvalidBackup, match="damaged"):
        await restore(MemoryBlobs(), MemoryRecords(), folder)


async def test_rows_without_blobs_are_a_backup_too(tmp_path: Path) -> None:
    """Blobs of a large account are copied by other tools."""
    world = make_world()
    await world.drop()
    await world.settle()
    folder = await backed_up(world, tmp_path / "backup", ())
    assert folder.manifest().blobs is None
    records = MemoryRecords()
    await restore(world.blobs, records, folder)
    before = [row[:3] async for row in world.records.list_by_key(DOCUMENTS, "")]
    assert before == [row[:3] async for row in records.list_by_key(DOCUMENTS, "")]


async def test_the_sweeper_settles_what_had_its_outcome(tmp_path: Path) -> None:
    """Every Document is marked after a restore, so that none is missed; most have nothing left to do."""
    world = make_world()
    await world.drop()
    await world.settle()
    folder = await backed_up(world, tmp_path / "backup")
    await restore(world.blobs, world.records, folder, over=True)
    assert [row async for row in world.records.partition(CATALOG, "active")]
    told = list(world.told())
    assert await sweep(world.context) == 0
    await world.settle()
    assert not [row async for row in world.records.partition(CATALOG, "active")]
    assert told == world.told()
