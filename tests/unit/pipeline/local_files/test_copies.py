"""Local copies of uploads: downloaded once, never stale, never more than the disk may hold."""

import asyncio
import fcntl
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.base.errors import Superseded, Unavailable
from shared.domain.documents.document import Document, document_id
from shared.pipeline.local_files.copies import Copies
from shared.testing.blobs import MemoryBlobs

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Counted(MemoryBlobs):
    """Blobs that remember what was downloaded, and fail as often as they are told to."""

    def __init__(self) -> None:
        super().__init__()
        self.downloads: list[str] = []
        self.failures = 0

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        self.downloads.append(name)
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise Unavailable("storage is away")
        return await super().download(container, name, etag, target)


@pytest.fixture
def blobs() -> Counted:
    return Counted()


@pytest.fixture
def copies(blobs: Counted, tmp_path: Path) -> Copies:
    return Copies(blobs, 100, root=tmp_path)


async def uploaded(blobs: MemoryBlobs, name: str, data: bytes = b"x" * 40) -> Document:
    """A Document of a blob that is there."""
    await blobs.write("incoming", name, data, "")
    info = await blobs.info("incoming", name)
    assert info is not None
    key = document_id("incoming", name, info.etag)
    return Document(id=key, container="incoming", name=name, etag=info.etag, size=len(data), uploaded=NOW, received=NOW)


async def use(copies: Copies, document: Document) -> bytes:
    """What a step reads in a copy."""
    async with copies.hold(document) as copy:
        await asyncio.sleep(0)
        return copy.path.read_bytes()


def files(root: Path) -> int:
    """How many copies are on the disk."""
    return sum(path.is_file() for path in root.glob("*/*"))


async def test_steps_share_one_download(blobs: Counted, copies: Copies) -> None:
    """250 page ranges of one file, at once and one after the other, cost one download."""
    document = await uploaded(blobs, "a", b"some bytes")
    await asyncio.gather(*(use(copies, document) for _ in range(5)))
    assert (b"some bytes", ["a"]) == (await use(copies, document), blobs.downloads)


async def test_a_copy_has_the_hash_of_its_bytes(blobs: Counted, copies: Copies) -> None:
    """Also when it is not downloaded for the first time."""
    document = await uploaded(blobs, "a", b"some bytes")
    hashes = []
    for _ in range(2):
        async with copies.hold(document) as copy:
            hashes.append(copy.content_hash)
    assert [hashlib.sha256(b"some bytes").hexdigest()] * 2 == hashes


@pytest.mark.parametrize(("deleted", "code"), [(True, "gone"), (False, "superseded")])
async def test_a_copy_of_an_old_version_is_refused(blobs: Counted, copies: Copies, deleted: bool, code: str) -> None:
    """A copy must not keep a version alive that was overwritten or deleted."""
    document = await uploaded(blobs, "a")
    await use(copies, document)
    if deleted:
        await blobs.delete("incoming", "a")
    else:
        await uploaded(blobs, "a", b"new")
    with pytest.raises(Superseded) as caught:
        await use(copies, document)
    assert code == caught.value.code


async def test_unused_copies_make_room_the_oldest_first(blobs: Counted, copies: Copies, tmp_path: Path) -> None:
    """100 bytes hold two copies of 40."""
    first, second, third = [await uploaded(blobs, name) for name in "abc"]
    for document in (first, second, first, third, first, second):
        await use(copies, document)
    assert (["a", "b", "c", "b"], 2) == (blobs.downloads, files(tmp_path))


async def test_a_file_waits_for_room_that_others_use(blobs: Counted, copies: Copies, tmp_path: Path) -> None:
    """The disk is bounded also while everything on it is in use."""
    first, second, third = [await uploaded(blobs, name) for name in "abc"]
    async with copies.hold(first), copies.hold(second):
        waiting = asyncio.create_task(use(copies, third))
        for _ in range(10):
            await asyncio.sleep(0)
        assert (["a", "b"], 2) == (blobs.downloads, files(tmp_path))
    assert b"x" * 40 == await waiting


async def test_a_file_larger_than_the_bound_comes_alone(blobs: Counted, copies: Copies) -> None:
    """It is within the limit of a file: it must be read, not wait for ever."""
    small, large = await uploaded(blobs, "a"), await uploaded(blobs, "b", b"y" * 200)
    await use(copies, small)
    assert b"y" * 200 == await use(copies, large)


async def test_a_failed_download_is_tried_by_the_next(blobs: Counted, copies: Copies, tmp_path: Path) -> None:
    """Half a file must never be taken for the file."""
    document = await uploaded(blobs, "a", b"some bytes")
    blobs.failures = 1
    told = await asyncio.gather(*(use(copies, document) for _ in range(3)), return_exceptions=True)
    assert [Unavailable, bytes, bytes] == [type(one) for one in told]
    blobs.failures = 2
    other = await uploaded(blobs, "b")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await use(copies, other)
    assert 1 == files(tmp_path)


async def test_what_nobody_uses_is_deleted(blobs: Counted, tmp_path: Path) -> None:
    """What a person deletes from storage does not stay on a worker's disk."""
    copies = Copies(blobs, 100, idle_seconds=0.01, root=tmp_path)
    await use(copies, await uploaded(blobs, "a"))
    assert 1 == files(tmp_path)
    for _ in range(100):
        await asyncio.sleep(0.01)
        if not files(tmp_path):
            break
    assert 0 == files(tmp_path)


async def test_the_folder_of_a_killed_worker_is_deleted_and_a_living_ones_is_not(
    blobs: Counted, copies: Copies, tmp_path: Path
) -> None:
    """A worker that is killed cannot tidy up; disks are small."""
    for name in ("dead", "alive"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "copy").write_bytes(b"x")
    lock = os.open(tmp_path / "alive.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    await use(copies, await uploaded(blobs, "a"))
    os.close(lock)
    assert (False, True) == ((tmp_path / "dead").exists(), (tmp_path / "alive" / "copy").exists())


async def test_nothing_is_left_behind(blobs: Counted, tmp_path: Path) -> None:
    """A worker that ends in good order tidies up; the last one takes the folder along that all of them share."""
    root = tmp_path / "copies"
    first, last = Copies(blobs, 100, root=root), Copies(blobs, 100, root=root)
    for copies in (first, last):
        await use(copies, await uploaded(blobs, "a"))
    first.close()
    assert 1 == files(root)
    last.close()
    assert [] == list(tmp_path.iterdir())
    await use(Copies(blobs, 100, root=root), await uploaded(blobs, "b"))
    assert root.exists()
