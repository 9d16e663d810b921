"""The drop folder: a file is uploaded once it has stopped changing, and again only when it changes."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from local.processing.files import Source, below

SETTLED_SECONDS = 1.0
"""A file whose size and time have not changed for so long is taken for complete."""
_WAIT_MILLISECONDS = 400
_UNTOLD_SECONDS = 10.0  # file systems of other machines tell of no change, so look this often anyhow

Print = tuple[int, int]
"""Modification time (nanoseconds) and size (bytes) of a version of a file."""


class Uploaded:
    """Which versions of which files were uploaded, kept in a file so that a restart knows it too."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._prints: dict[str, Print] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                path, modified, size = json.loads(line)
                self._prints[path] = (modified, size)

    def has(self, path: Path, version: Print) -> bool:
        """Return whether this version of the file was uploaded."""
        return self._prints.get(_key(path)) == version

    def add(self, path: Path, version: Print) -> None:
        """Remember an upload."""
        self._prints[_key(path)] = version
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([_key(path), *version]) + "\n")


class DropFolder:
    """Watches a folder and yields each version of a file that has settled and is not `Uploaded` yet."""

    def __init__(self, folder: Path, uploaded: Uploaded, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._uploaded = uploaded
        self._clock = clock
        self._unsettled: dict[Path, tuple[Print, float]] = {}
        self._refused: dict[Path, Print] = {}

    async def settled(self) -> AsyncIterator[tuple[Source, Print]]:
        """Files in the order in which they settle, for ever; call `done` or `refuse` for each."""
        from watchfiles import awatch

        looked = -_UNTOLD_SECONDS
        async for changes in awatch(self._folder, rust_timeout=_WAIT_MILLISECONDS, yield_on_timeout=True):
            if changes or self._unsettled or self._clock() - looked > _UNTOLD_SECONDS:
                looked = self._clock()
                for found in await asyncio.to_thread(self.look):
                    yield found

    def look(self) -> list[tuple[Source, Print]]:
        """Look at the whole folder once; what has settled."""
        now = self._clock()
        ready: list[tuple[Source, Print]] = []
        unsettled: dict[Path, tuple[Print, float]] = {}
        for source in below(self._folder):
            version = _print(source.path)
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

    def done(self, source: Source, version: Print) -> None:
        """This version was uploaded."""
        self._uploaded.add(source.path, version)
        self._unsettled.pop(source.path, None)

    def refuse(self, source: Source, version: Print) -> None:
        """This version cannot be uploaded: look at the file again when it has changed."""
        self._refused[source.path] = version
        self._unsettled.pop(source.path, None)


def _print(path: Path) -> Print | None:
    try:
        found = path.stat()
    except OSError:
        return None  # gone meanwhile
    return found.st_mtime_ns, found.st_size


def _key(path: Path) -> str:
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
