"""Blobs by container and name."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol


class BlobInfo(NamedTuple):
    """Properties of a blob: ETag without quotes, size in bytes, last change, media type.

    `md5` is the Content-MD5 that the store keeps, in base64; None where it keeps none, as for most files in blocks.
    """

    etag: str
    size: int
    modified: datetime
    content_type: str
    md5: str | None = None


class BlobEntry(NamedTuple):
    """A blob in a listing: its name, its ETag without quotes, its size in bytes, its last change, its Content-MD5."""

    name: str
    etag: str
    size: int
    modified: datetime
    md5: str | None = None


class BlobPage(NamedTuple):
    """A page of a listing; `token` continues it after this page, also much later. None: this page is the last."""

    entries: tuple[BlobEntry, ...]
    token: str | None


class Blobs(Protocol):
    """A blob store. Transport trouble is raised as Retryable; a missing container as a missing blob."""

    async def info(self, container: str, name: str) -> BlobInfo | None:
        """Properties of a blob, or None when there is none."""

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        """Stream the version `etag` into the file `target`; its SHA-256 in hex.

        Raises Superseded when the blob is gone or has another ETag.
        """

    async def read(self, container: str, name: str) -> bytes | None:
        """Return the content of a (small) blob, or None when there is none."""

    async def write(self, container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        """Store `data`; with `only_new`, False (and nothing changed) when the blob exists. Creates the container."""

    async def upload(self, container: str, name: str, source: Path) -> bool:
        """Stream a file into a new blob; False (and nothing changed) when it exists. Creates the container."""

    async def delete(self, container: str, name: str, etag: str | None = None) -> bool:
        """Delete a blob; nothing happens when there is none.

        With `etag`, delete that version only: False (and nothing changed) when the blob has another one.
        """

    async def tags(self, container: str, name: str, etag: str) -> dict[str, str] | None:
        """Return the index tags of the version `etag`; None when the blob is gone or has another ETag.

        Raises Permanent (`tags_unsupported`) when the account has no index tags.
        """

    async def set_tags(self, container: str, name: str, etag: str, tags: Mapping[str, str]) -> bool:
        """Replace all index tags of the version `etag`, which keeps its ETag and its time of change.

        False (and nothing changed) when the blob is gone or has another ETag. Raises Permanent when the service does
        not take them (`tags_unsupported`, `tags_refused`).
        """

    def names(self, container: str, prefix: str) -> AsyncIterator[str]:
        """Names of the blobs that begin with `prefix`, in order."""

    def listing(self, container: str, prefix: str) -> AsyncIterator[BlobEntry]:
        """Return the blobs whose names begin with `prefix`, in order of their names; none in a missing container."""

    async def page(self, container: str, token: str | None = None, size: int = 5000) -> BlobPage:
        """Return up to `size` blobs in order of their names, from the start or where `token` continues: one request.

        A page may be short, even empty, although others follow. A missing container has one empty page.
        """
