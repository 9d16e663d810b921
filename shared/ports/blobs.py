"""Blobs by container and name."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol


class BlobInfo(NamedTuple):
    """Properties of a blob: ETag without quotes, size in bytes, last change, metadata."""

    etag: str
    size: int
    modified: datetime
    content_type: str


class BlobEntry(NamedTuple):
    """A blob in a listing: its name, its ETag without quotes, its size in bytes."""

    name: str
    etag: str
    size: int


class Blobs(Protocol):
    """A blob store. Transport trouble is raised as Retryable; a missing container as a missing blob."""

    async def info(self, container: str, name: str) -> BlobInfo | None:
        """Properties of a blob, or None when there is none."""

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        """Stream the version `etag` into the file `target`; its SHA-256 in hex.

        Raises Superseded when the blob is gone or has another ETag.
        """

    async def read(self, container: str, name: str) -> bytes | None:
        """The content of a (small) blob, or None when there is none."""

    async def write(self, container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        """Store `data`; with `only_new`, False (and nothing changed) when the blob exists. Creates the container."""

    async def upload(self, container: str, name: str, source: Path) -> bool:
        """Stream a file into a new blob; False (and nothing changed) when it exists. Creates the container."""

    async def delete(self, container: str, name: str) -> None:
        """Delete a blob; nothing happens when there is none."""

    def names(self, container: str, prefix: str) -> AsyncIterator[str]:
        """Names of the blobs that begin with `prefix`, in order."""

    def listing(self, container: str, prefix: str) -> AsyncIterator[BlobEntry]:
        """The blobs whose names begin with `prefix`, in order of their names; none in a missing container."""
