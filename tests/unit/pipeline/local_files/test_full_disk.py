"""A full disk is nobody's fault: steps wait for room, spend no attempt, and blame no file."""

import errno
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from functions.steps import run_step
from shared.domain.base.disk_full import DiskFull, is_disk_full
from shared.domain.base.errors import Superseded, Unreadable
from shared.domain.documents.document import Document
from shared.domain.documents.task import StageMessage
from shared.domain.documents.unpacking import Bounds, Member
from shared.pipeline.context import Context
from shared.pipeline.local_files.copies import Copies
from shared.pipeline.store.runs import load
from shared.ports.reading import SourceFile
from shared.testing.blobs import MemoryBlobs
from shared.testing.clock import FixedClock
from shared.testing.unpacking import ScriptedUnpacker
from tests.support.pipeline.world import STEPS, Twins, World, make_world

DISK = 100


class SmallDisk(MemoryBlobs):
    """Blobs that are downloaded to a disk of DISK bytes."""

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        content_hash = await super().download(container, name, etag, target)
        if sum(path.stat().st_size for path in target.parent.iterdir()) > DISK:
            target.write_bytes(target.read_bytes()[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return content_hash


class SmallTwins(Twins):
    """Storage in memory whose blobs are downloaded to a small disk."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.blobs = SmallDisk(clock)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(storage=SmallTwins)
    made.context = replace(made.context, copies=Copies(made.blobs, 1_000_000, root=tmp_path))
    return made


async def take_read(world: World) -> None:
    """Run the next message of the queue `read`."""
    body = world.queues.receive("read")
    assert body is not None
    await run_step(world.context, "read", body.encode(), STEPS["read"])


def waiting(world: World) -> list[int]:
    """How often each message on the queue `read` was deferred."""
    return [StageMessage.model_validate_json(body).waits for body in world.queues.bodies("read")]


async def test_idle_copies_make_room(world: World) -> None:
    """The bound of copies is larger than the disk: what nobody uses goes first."""
    ids = [await world.drop(f"note/{number}.pdf", b"%PDF" + bytes([number]) * 70) for number in range(3)]
    for _ in ids:
        await take_read(world)
    assert ["extracting"] * 3 == [(await world.run(document)).state for document in ids]


async def test_a_step_waits_while_others_use_the_disk(world: World, tmp_path: Path) -> None:
    """No attempt is spent, no half file stays, and the step succeeds once there is room."""
    first = await world.drop("note/1.pdf", b"%PDF" + b"1" * 70)
    second = await world.drop("note/2.pdf", b"%PDF" + b"2" * 70)
    await take_read(world)
    document = await loaded(world, first)
    async with world.context.copies.hold(document):
        await take_read(world)
        assert ("received", [1]) == ((await world.run(second)).state, waiting(world))
        assert 1 == sum(path.is_file() for path in tmp_path.glob("*/*"))
    await world.settle()
    assert "finalized" == (await world.run(second)).state


async def loaded(world: World, document_id: str) -> Document:
    snapshot = await load(world.context, document_id)
    assert snapshot is not None
    return snapshot.document


async def test_files_beside_a_copy_go_with_it(world: World, tmp_path: Path) -> None:
    """A typesetter writes its PDF beside the copy: as large as the file, and as unused."""
    document = await loaded(world, await world.drop())
    async with world.context.copies.hold(document) as copy:
        Path(f"{copy.path}.12-34.pdf").write_bytes(b"set")
    assert await world.context.copies.delete_idle()
    assert [] == [path for path in tmp_path.glob("*/*") if path.is_file()]
    assert not await world.context.copies.delete_idle()


def no_folder() -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")


def chained(cause: OSError) -> Unreadable:
    """What a parser says of a file that it could not write out, naming the cause."""
    error = Unreadable("unreadable", "The file is damaged.")
    error.__cause__ = cause
    return error


def hidden(cause: OSError) -> Unreadable:
    """The same with the cause left out of the traceback, as `raise ... from None` does."""
    error = Unreadable("unreadable", "The file is damaged.")
    error.__context__, error.__suppress_context__ = cause, True
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        no_folder(),
        chained(OSError(errno.ENOSPC, "No space left on device")),
        hidden(OSError(errno.EDQUOT, "Disk quota exceeded")),
        ExceptionGroup("several", [ValueError("x"), OSError(errno.ENOSPC, "No space left on device")]),
        DiskFull(),
    ],
)
async def test_whatever_a_full_disk_is_reported_as_defers_the_step(world: World, error: Exception) -> None:
    """The same disk serves copies, members, typeset pages and decrypted files."""

    async def step(_core: Context, _message: StageMessage) -> None:
        raise error

    document = await world.drop()
    body = world.queues.receive("read")
    assert body is not None
    await run_step(world.context, "read", body.encode(), step)
    assert (True, "received", [1]) == (is_disk_full(error), (await world.run(document)).state, waiting(world))


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        ValueError("No space left on device"),
        Superseded("gone", "No space left on device"),
    ],
)
def test_other_failures_are_not_taken_for_a_full_disk(error: Exception) -> None:
    """A text that a file can influence proves nothing."""
    assert not is_disk_full(error)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A disk on which no temporary folder can be made."""

    def refuse(*_arguments: object, **_options: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "mkdtemp", refuse)
        patch.setattr(tempfile, "mkstemp", refuse)
        yield patch


async def test_intake_needs_no_disk_and_reading_waits(world: World, full: pytest.MonkeyPatch) -> None:
    """An upload is received on a full disk, and has its result when there is room again."""
    document = await world.drop()
    await take_read(world)
    assert ("received", [1]) == ((await world.run(document)).state, waiting(world))
    full.undo()
    await world.settle()
    assert "finalized" == (await world.run(document)).state


class FullOnce(ScriptedUnpacker):
    """An unpacker whose disk is full the first time."""

    def __init__(self) -> None:
        super().__init__(lambda _data: [("a.pdf", b"%PDF a")])
        self.is_full = True

    async def unpack(self, file: SourceFile, target: Path, bounds: Bounds) -> tuple[Member, ...]:
        members = await super().unpack(file, target, bounds)
        if self.is_full:
            self.is_full = False
            raise OSError(errno.ENOSPC, "No space left on device")
        return members


async def test_unpacking_waits_for_room() -> None:
    """Members are written out before they are stored: none is lost or left out for want of room."""
    world = make_world(unpackers={"application/zip": FullOnce()})
    document = await world.drop("note/a.zip", b"PK")
    await world.settle()
    run = await world.run(document)
    assert ("unpacked", 1) == (run.state, run.children)
