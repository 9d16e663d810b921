"""Local copies: a file that many steps read is downloaded once a worker, and the disk that this takes is bounded."""

import asyncio
import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from shared.domain.base.disk_full import DiskFull, is_disk_full
from shared.domain.base.errors import Superseded
from shared.domain.documents.document import Document
from shared.ports.blobs import Blobs

IDLE_SECONDS = 60.0
"""A copy that no step has used for so long is deleted: what a person deletes must not live on here."""


class LocalCopy(NamedTuple):
    """A file with the bytes of one version of an upload, and their SHA-256."""

    path: Path
    content_hash: str


@dataclass
class _Held:
    """A copy on the disk. `size` in bytes; `users`: steps that work with it; `uses`: how often it was taken."""

    path: Path
    size: int
    users: int = 0
    uses: int = 0
    content_hash: str | None = None
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)


class Copies:
    """Copies of uploads in a folder of this process's own below `root`, together at most `max_bytes`.

    The folder is deleted with the process; one that a killed process left is deleted by the next. A file that does not
    fit waits until others are done; one that is larger than the bound by itself comes alone. Where the disk is full
    before the bound is reached, copies that nobody uses are deleted first. Files beside a copy whose names begin with
    its name are deleted with it.
    """

    def __init__(
        self, blobs: Blobs, max_bytes: int, idle_seconds: float = IDLE_SECONDS, root: Path | None = None
    ) -> None:
        self._blobs = blobs
        self._max_bytes = max_bytes
        self._idle_seconds = idle_seconds
        self._root = root or Path(tempfile.gettempdir(), f"intray-copies-{os.getuid()}")
        self._home: Path | None = None
        self._opening = asyncio.Lock()
        self._tidy: weakref.finalize[..., Copies] | None = None
        self._held: dict[str, _Held] = {}
        self._numbers = count(1)
        self._dropped: list[Path] = []
        self._released = asyncio.Event()

    @asynccontextmanager
    async def hold(self, document: Document, etag: str | None = None) -> AsyncIterator[LocalCopy]:
        """Yield the Document's bytes as a file, which stays until the context ends.

        `etag` names a later version of the blob that has the same bytes. Raises Superseded when the blob has neither
        that ETag nor, without `etag`, the Document's, copy or not; DiskFull when there is no room on the disk and none
        can be made.
        """
        held = await self._take_copy(document, await self._open_home())
        try:
            async with held.filling:
                if held.content_hash is None:
                    held.content_hash = await self._download(document, etag or document.etag, held.path)
                else:
                    await check_current(self._blobs, document, etag or document.etag)
            yield LocalCopy(held.path, held.content_hash)
        finally:
            await self._release(document.id, held)

    async def delete_idle(self) -> bool:
        """Delete all copies that nobody uses; return whether there were any."""
        idle = [key for key, held in self._held.items() if not held.users]
        for key in idle:
            self._drop(key)
        await self._delete_dropped()
        return bool(idle)

    def close(self) -> None:
        """Delete all copies; nothing may be held any more. The end of the process does it too."""
        if self._tidy is not None:
            self._tidy()

    async def _take_copy(self, document: Document, home: Path) -> _Held:
        while document.id not in self._held and not self._make_room(document.size):
            self._released.clear()
            await self._released.wait()
        held = self._held.pop(document.id, None)
        if held is None:  # a new name each time: the last file of this Document may be on its way out
            held = _Held(home / f"{document.id}-{next(self._numbers)}", document.size)
        self._held[document.id] = held  # the one used last stands last
        held.users += 1
        held.uses += 1
        return held

    async def _download(self, document: Document, etag: str, path: Path) -> str:
        """Download that version to `path`, making room on a full disk; return the hash. Raises Superseded, DiskFull."""
        await self._delete_dropped()
        while True:
            try:
                return await self._blobs.download(document.container, document.name, etag, path)
            except OSError as error:
                if not is_disk_full(error):
                    raise
                await asyncio.to_thread(_delete, [path])
                if not await self.delete_idle():
                    raise DiskFull from error

    def _make_room(self, size: int) -> bool:
        """Drop copies that nobody uses, oldest first, until `size` more bytes fit; return whether they do."""
        for key, held in list(self._held.items()):
            if self._used_bytes() + size > self._max_bytes and not held.users:
                self._drop(key)
        return not self._held or self._used_bytes() + size <= self._max_bytes

    def _used_bytes(self) -> int:
        return sum(held.size for held in self._held.values())

    async def _release(self, key: str, held: _Held) -> None:
        held.users -= 1
        if not held.users and self._held.get(key) is held:
            if held.content_hash is None:
                self._drop(key)
            else:
                asyncio.get_running_loop().call_later(self._idle_seconds, self._expire, key, held, held.uses)
        self._released.set()
        await self._delete_dropped()

    def _expire(self, key: str, held: _Held, uses: int) -> None:
        """Delete a copy that was not used again since `uses`."""
        if self._held.get(key) is held and not held.users and held.uses == uses:
            self._held.pop(key)
            asyncio.get_running_loop().run_in_executor(None, _delete, [held.path])

    def _drop(self, key: str) -> None:
        """Forget a copy; `_delete_dropped` deletes its file, off the event loop."""
        self._dropped.append(self._held.pop(key).path)

    async def _delete_dropped(self) -> None:
        if self._dropped:
            paths, self._dropped = self._dropped, []
            await asyncio.to_thread(_delete, paths)

    async def _open_home(self) -> Path:
        async with self._opening:
            if self._home is None:
                home, lock = await asyncio.to_thread(_make_home, self._root)
                self._home, self._tidy = home, weakref.finalize(self, _remove, home, lock)
            return self._home


def _delete(paths: Sequence[Path]) -> None:
    """Delete copies and what was written beside them under names that begin with theirs."""
    for path in paths:
        for file in [path, *path.parent.glob(f"{path.name}.*")]:
            file.unlink(missing_ok=True)


async def check_current(blobs: Blobs, document: Document, etag: str) -> None:
    """Raise Superseded when the Document's blob no longer has this ETag."""
    info = await blobs.info(document.container, document.name)
    if info is None:
        raise Superseded("gone", "the file was deleted after it was downloaded")
    if info.etag != etag:
        raise Superseded("superseded", "the file was changed after it was downloaded")


def _make_home(root: Path) -> tuple[Path, int]:
    """Return a folder of this process's own, with the open lock that says that it lives."""
    while True:
        root.mkdir(mode=0o700, exist_ok=True)
        _sweep(root)
        with suppress(FileNotFoundError):  # the last process just went, and took the empty root along
            descriptor, lock = tempfile.mkstemp(suffix=".lock", dir=root)
            break
    home = Path(lock).with_suffix("")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        home.mkdir(mode=0o700)
    except OSError:  # a full disk; the next step tries again
        os.close(descriptor)
        Path(lock).unlink()
        raise
    return home, descriptor


@cache
def _sweep(root: Path) -> None:
    """Delete the folders of dead processes; once a process is enough."""
    for folder in root.glob("*/"):
        with suppress(OSError):  # another process is at it, or it lives
            _remove(folder, _lock(folder))


def _lock(folder: Path) -> int:
    """Return the open lock of a folder whose process is gone; raises OSError when it lives."""
    descriptor = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: Path, lock: int) -> None:
    """Delete a folder and its lock, which is let go, and the root when it was the last in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".lock").unlink(missing_ok=True)
    os.close(lock)
    with suppress(OSError):  # others are in it
        folder.parent.rmdir()
