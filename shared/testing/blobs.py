"""Blobs in a dictionary."""

import asyncio
import base64
import hashlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path

from shared.domain.base.errors import Superseded
from shared.ports.blobs import BlobEntry, BlobInfo, BlobPage
from shared.ports.clock import Clock
from shared.testing.clock import FixedClock


class MemoryBlobs:
    """The Blobs port in memory; times come from `clock`. Without `keeps_md5` it has no Content-MD5, as of blocks."""

    def __init__(self, clock: Clock | None = None, *, keeps_md5: bool = True) -> None:
        self._clock = clock or FixedClock()
        self._keeps_md5 = keeps_md5
        self._etags = count(1)
        self._blobs: dict[tuple[str, str], tuple[BlobInfo, bytes]] = {}
        self._sorted: dict[str, list[str]] = {}
        self._tags: dict[tuple[str, str], dict[str, str]] = {}

    async def info(self, container: str, name: str) -> BlobInfo | None:
        """Properties of a blob, or None when there is none."""
        blob = self._blobs.get((container, name))
        return blob[0] if blob else None

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        """Put the version `etag` into the file `target`; its SHA-256 in hex. Raises Superseded."""
        blob = self._blobs.get((container, name))
        if blob is None or blob[0].etag != etag.strip('"'):
            raise Superseded("superseded", "the file was overwritten or deleted after it was uploaded")
        await asyncio.to_thread(target.write_bytes, blob[1])
        return hashlib.sha256(blob[1]).hexdigest()

    async def read(self, container: str, name: str) -> bytes | None:
        """Return the content of a blob, or None when there is none."""
        blob = self._blobs.get((container, name))
        return blob[1] if blob else None

    async def write(self, container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        """Store `data`; with `only_new`, False (and nothing changed) when the blob exists."""
        if only_new and (container, name) in self._blobs:
            return False
        if (container, name) not in self._blobs:
            self._sorted.pop(container, None)
        etag = f"0x{next(self._etags):015X}"
        md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode() if self._keeps_md5 else None
        self._tags.pop((container, name), None)
        self._blobs[container, name] = (BlobInfo(etag, len(data), self._clock.now(), content_type, md5), bytes(data))
        return True

    async def upload(self, container: str, name: str, source: Path) -> bool:
        """Store the file `source` as a new blob; False (and nothing changed) when it exists."""
        data = await asyncio.to_thread(source.read_bytes)
        return await self.write(container, name, data, "application/octet-stream", only_new=True)

    async def delete(self, container: str, name: str, etag: str | None = None) -> bool:
        """Delete a blob; with `etag`, that version only: False when the blob has another one."""
        blob = self._blobs.get((container, name))
        if blob is not None and etag is not None and blob[0].etag != etag.strip('"'):
            return False
        self._tags.pop((container, name), None)
        if self._blobs.pop((container, name), None):
            self._sorted.pop(container, None)
        return True

    async def tags(self, container: str, name: str, etag: str) -> dict[str, str] | None:
        """Return the index tags of the version `etag`; None when the blob is gone or has another ETag."""
        return dict(self._tags.get((container, name), {})) if self._has_etag(container, name, etag) else None

    async def set_tags(self, container: str, name: str, etag: str, tags: Mapping[str, str]) -> bool:
        """Replace all index tags of the version `etag`; False when the blob is gone or has another ETag."""
        if not self._has_etag(container, name, etag):
            return False
        self._tags[container, name] = dict(tags)
        return True

    async def names(self, container: str, prefix: str) -> AsyncIterator[str]:
        """Names of the blobs that begin with `prefix`, in order."""
        for held, name in sorted(self._blobs):
            if held == container and name.startswith(prefix):
                yield name

    async def listing(self, container: str, prefix: str) -> AsyncIterator[BlobEntry]:
        """Yield the blobs whose names begin with `prefix`, in order of their names."""
        async for name in self.names(container, prefix):
            info = self._blobs[container, name][0]
            yield _entry(name, info)

    async def page(self, container: str, token: str | None = None, size: int = 5000) -> BlobPage:
        """Return up to `size` blobs in order of their names; the token is the last name of the page before."""
        names = self._sorted_names(container)
        start = 0 if token is None else bisect_right(names, token)
        entries = tuple(_entry(name, self._blobs[container, name][0]) for name in names[start : start + size])
        return BlobPage(entries, entries[-1].name if len(names) > start + size else None)

    def _has_etag(self, container: str, name: str, etag: str) -> bool:
        blob = self._blobs.get((container, name))
        return blob is not None and blob[0].etag == etag.strip('"')

    def _sorted_names(self, container: str) -> list[str]:
        """Return the names of a container in order, sorted once for the pages of a large one."""
        if container not in self._sorted:
            self._sorted[container] = sorted(name for held, name in self._blobs if held == container)
        return self._sorted[container]


def _entry(name: str, info: BlobInfo) -> BlobEntry:
    return BlobEntry(name, info.etag, info.size, info.modified, info.md5)
