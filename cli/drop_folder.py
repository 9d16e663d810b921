"""The drop folder: a file is uploaded once it has stopped changing, and again only when it changes."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from local.processing.files import Source, list_files

SETTLED_SECONDS = 1.0
"""A file whose size and time have not changed for this long counts as complete."""
_WAIT_MILLISECONDS = 400
_RESCAN_SECONDS = 10.0
"""Network file systems report no changes, so the folder is scanned at least this often."""

FileVersion = tuple[int, int]
"""Modification time (nanoseconds) and size (bytes) of a version of a file."""


class UploadRecord:
    """The versions of files that were uploaded, stored in a file so that a restart does not repeat them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._versions: dict[str, FileVersion] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                path, modified, size = json.loads(line)
                self._versions[path] = (modified, size)

    def has(self, path: Path, version: FileVersion) -> bool:
        """Return whether this version of the file was uploaded."""
        return self._versions.get(_key(path)) == version

    def add(self, path: Path, version: FileVersion) -> None:
        """Remember an upload."""
        self._versions[_key(path)] = version
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([_key(path), *version]) + "\n")


class DropFolder:
    """Watches a folder and yields each version of a file that has settled and was not uploaded yet."""

    def __init__(self, folder: Path, uploaded: UploadRecord, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._uploaded = uploaded
        self._clock = clock
        self._unsettled: dict[Path, tuple[FileVersion, float]] = {}
        self._refused: dict[Path, FileVersion] = {}

    async def settled_files(self) -> AsyncIterator[tuple[Source, FileVersion]]:
        """Yield files in the order in which they settle, without end; call `mark_uploaded` or `refuse` for each."""
        from watchfiles import awatch

        last_look = -_RESCAN_SECONDS
        async for changes in awatch(self._folder, rust_timeout=_WAIT_MILLISECONDS, yield_on_timeout=True):
            if changes or self._unsettled or self._clock() - last_look > _RESCAN_SECONDS:
                last_look = self._clock()
                for settled in await asyncio.to_thread(self.scan):
                    yield settled

    def scan(self) -> list[tuple[Source, FileVersion]]:
        """Scan the folder once; return the files that have settled."""
        now = self._clock()
        ready: list[tuple[Source, FileVersion]] = []
        unsettled: dict[Path, tuple[FileVersion, float]] = {}
        for source in list_files(self._folder):
            version = _read_version(source.path)
            if version is None or self._uploaded.has(source.path, version) or self._refused.get(source.path) == version:
                continue
            before, since = self._unsettled.get(source.path, (None, now))
            if before != version:
                since = now
            if now - since >= SETTLED_SECONDS:
                ready.append((source, version))
            unsettled[source.path] = (version, since)
        self._unsettled = unsettled
        return ready

    def mark_uploaded(self, source: Source, version: FileVersion) -> None:
        """Record that this version was uploaded."""
        self._uploaded.add(source.path, version)
        self._unsettled.pop(source.path, None)

    def refuse(self, source: Source, version: FileVersion) -> None:
        """Skip this version, which cannot be uploaded; try the file again when it has changed."""
        self._refused[source.path] = version
        self._unsettled.pop(source.path, None)


def _read_version(path: Path) -> FileVersion | None:
    try:
        status = path.stat()
    except OSError:
        return None  # gone meanwhile
    return status.st_mtime_ns, status.st_size


def _key(path: Path) -> str:
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
