"""Blobs in Azure Storage (or Azurite)."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from shared.adapters.base.azure_dates import OnDate, date_hooks
from shared.adapters.base.azure_errors import azure_errors
from shared.adapters.storage.blob_tags import get_tags, replace_tags
from shared.adapters.storage.threaded_file import ThreadedFile
from shared.domain.base.errors import Superseded
from shared.ports.blobs import BlobEntry, BlobInfo, BlobPage

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.storage.blob import BlobProperties
    from azure.storage.blob.aio import BlobClient, BlobServiceClient

_CHUNK = 4 * 1024 * 1024
"""Bytes of one ranged download: what a download keeps in memory."""
_SERVICE = "blob storage"


class AzureBlobs:
    """The Blobs port over azure-storage-blob. Build it inside or outside a loop, use and close it in one."""

    def __init__(self, service: "BlobServiceClient", access: str = "key") -> None:
        self._service = service
        self._access = access

    @classmethod
    def from_connection_string(cls, connection_string: str, retries: int = 3, on_date: OnDate | None = None) -> Self:
        """Blobs of the account that `connection_string` names; `retries` of a request that failed in transit.

        `on_date` receives the service's time.
        """
        from azure.storage.blob.aio import BlobServiceClient

        return cls(
            BlobServiceClient.from_connection_string(connection_string, **_options(retries), **date_hooks(on_date))
        )

    @classmethod
    def from_identity(
        cls, account_url: str, credential: "AsyncTokenCredential", retries: int = 3, on_date: OnDate | None = None
    ) -> Self:
        """Blobs at `account_url` (https://NAME.blob.core.windows.net), reached as `credential`."""
        from azure.storage.blob.aio import BlobServiceClient

        client = BlobServiceClient(account_url, credential=credential, **_options(retries), **date_hooks(on_date))
        return cls(client, access="identity")

    def __repr__(self) -> str:
        """Name the service and how it is accessed: by `key` or `identity`."""
        return f"AzureBlobs({self._service.url.partition('?')[0]}, {self._access})"

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def info(self, container: str, name: str) -> BlobInfo | None:
        """Return the properties of a blob, or None when there is none."""
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                properties = await self._blob(container, name).get_blob_properties()
            except ResourceNotFoundError:
                return None
        return BlobInfo(
            etag=properties.etag.strip('"'),
            size=properties.size,
            modified=properties.last_modified,
            content_type=properties.content_settings.content_type or "",
            md5=_md5(properties),
        )

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        """Stream the version `etag` into the file `target`; its SHA-256 in hex.

        Raises Superseded when the blob is gone or has another ETag; what was written to `target` by then is void.
        """
        from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                stream = await self._blob(container, name).download_blob(
                    **_only(etag),
                    decompress=False,  # the bytes as uploaded: a range of a compressed blob cannot be unpacked
                )
                return await _save(stream.chunks(), target)
            except ResourceNotFoundError:
                raise Superseded("superseded", "the file was deleted after it was uploaded") from None
            except ResourceModifiedError:
                raise Superseded("superseded", "the file was overwritten by a newer upload") from None

    async def read(self, container: str, name: str) -> bytes | None:
        """Return the content of a (small) blob, or None when there is none."""
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                stream = await self._blob(container, name).download_blob()
                return await stream.readall()
            except ResourceNotFoundError:
                return None

    async def write(self, container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        """Store `data`; with `only_new`, False (and nothing changed) when the blob exists. Creates the container."""
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError

        with azure_errors(_SERVICE):
            try:
                await self._upload(container, name, data, content_type, overwrite=not only_new)
            except (ResourceExistsError, ResourceModifiedError):
                if only_new:
                    return False
                raise
        return True

    async def upload(self, container: str, name: str, source: Path) -> bool:
        """Stream the file `source` into a new blob; False (and nothing changed) when it exists. Creates the container.

        A large file travels in blocks, which count for nothing until the last of them is there.
        """
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError

        file = ThreadedFile(await asyncio.to_thread(source.open, "rb"))
        try:
            with azure_errors(_SERVICE):
                await self._upload(container, name, file, "application/octet-stream", overwrite=False)
        except (ResourceExistsError, ResourceModifiedError):
            return False
        finally:
            await file.close()
        return True

    async def delete(self, container: str, name: str, etag: str | None = None) -> bool:
        """Delete a blob with its snapshots; nothing happens when there is none.

        With `etag`, delete that version only: False (and nothing changed) when the blob has another one.
        """
        from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                await self._blob(container, name).delete_blob(delete_snapshots="include", **_only(etag))
            except ResourceNotFoundError:
                return True
            except ResourceModifiedError:
                return await self.info(container, name) is None  # Azurite answers so for a missing blob too
        return True

    async def tags(self, container: str, name: str, etag: str) -> dict[str, str] | None:
        """Return the index tags of the version `etag`; None when the blob is gone or has another ETag."""
        with azure_errors(_SERVICE):
            return await get_tags(self._blob(container, name), _only(etag))

    async def set_tags(self, container: str, name: str, etag: str, tags: Mapping[str, str]) -> bool:
        """Replace all index tags of the version `etag`; False when the blob is gone or has another ETag."""
        with azure_errors(_SERVICE):
            return await replace_tags(self._blob(container, name), tags, _only(etag))

    async def names(self, container: str, prefix: str) -> AsyncIterator[str]:
        """Names of the blobs that begin with `prefix`, in order."""
        from azure.core.exceptions import ResourceNotFoundError

        listing = self._service.get_container_client(container).list_blob_names(name_starts_with=prefix)
        with azure_errors(_SERVICE):
            try:
                async for name in listing:
                    yield name
            except ResourceNotFoundError:
                return

    async def listing(self, container: str, prefix: str) -> AsyncIterator[BlobEntry]:
        """Yield the blobs whose names begin with `prefix`, in order of their names; none in a missing container."""
        from azure.core.exceptions import ResourceNotFoundError

        listing = self._service.get_container_client(container).list_blobs(name_starts_with=prefix)
        with azure_errors(_SERVICE):
            try:
                async for blob in listing:
                    yield _entry(blob)
            except ResourceNotFoundError:
                return

    async def page(self, container: str, token: str | None = None, size: int = 5000) -> BlobPage:
        """Return up to `size` blobs in order of their names, from the start or where `token` continues: one request.

        The service's marker does not expire ("List Blobs" in the Azure Storage reference names no limit).
        """
        from azure.core.exceptions import ResourceNotFoundError

        client = self._service.get_container_client(container)
        listing = client.list_blobs(include=["metadata"], results_per_page=size)
        pages: Any = listing.by_page(continuation_token=token)
        with azure_errors(_SERVICE):
            try:
                entries = tuple([_entry(blob) async for blob in await anext(pages) if not _is_directory(blob)])
            except (ResourceNotFoundError, StopAsyncIteration):
                return BlobPage((), None)
        return BlobPage(entries, pages.continuation_token or None)

    def _blob(self, container: str, name: str) -> "BlobClient":
        return self._service.get_blob_client(container, name)

    async def _upload(
        self, container: str, name: str, data: "bytes | ThreadedFile", content_type: str, *, overwrite: bool
    ) -> None:
        from azure.core.exceptions import ResourceNotFoundError
        from azure.storage.blob import ContentSettings

        settings = ContentSettings(content_type=content_type)
        blob = self._blob(container, name)
        content: Any = data  # the SDK awaits what `read` returns, but its annotations do not say so
        try:
            await blob.upload_blob(content, overwrite=overwrite, content_settings=settings)
        except ResourceNotFoundError:
            await self._create(container)
            if not isinstance(data, bytes):
                data.seek(0)
            await blob.upload_blob(content, overwrite=overwrite, content_settings=settings)

    async def _create(self, container: str) -> None:
        """Make sure that the container exists: somebody else may create it at the same moment."""
        from azure.core.exceptions import ResourceExistsError

        with suppress(ResourceExistsError):
            await self._service.create_container(container)


def _only(etag: str | None) -> dict[str, Any]:
    """Return the condition that the blob still is the version `etag`; none without one."""
    from azure.core import MatchConditions

    if etag is None:
        return {}
    return {"etag": f'"{etag.strip('"')}"', "match_condition": MatchConditions.IfNotModified}


def _entry(blob: "BlobProperties") -> BlobEntry:
    return BlobEntry(blob.name, blob.etag.strip('"'), blob.size, blob.last_modified, _md5(blob))


def _is_directory(blob: "BlobProperties") -> bool:
    """Return whether this is the marker of a directory in an account with a hierarchical namespace."""
    return (blob.metadata or {}).get("hdi_isfolder") == "true"


def _md5(blob: "BlobProperties") -> str | None:
    """Return the Content-MD5 of a blob in base64, or None when the service keeps none."""
    digest = blob.content_settings.content_md5
    return base64.b64encode(digest).decode() if digest else None


def _options(retries: int) -> dict[str, Any]:
    """Client options: few and short retries (1, 3, 5 s), because a step that fails here is repeated by its queue."""
    return {
        "retry_total": retries,
        "initial_backoff": 1,
        "increment_base": 2,
        "random_jitter_range": 1,
        "connection_timeout": 5,
        "read_timeout": 60,
        "max_single_get_size": _CHUNK,
        "max_chunk_get_size": _CHUNK,
    }


async def _save(chunks: AsyncIterator[bytes], target: Path) -> str:
    """Write `chunks` to `target` without blocking the loop; SHA-256 in hex of all of them."""
    digest = hashlib.sha256()

    def keep(file: BinaryIO, chunk: bytes) -> None:
        digest.update(chunk)
        file.write(chunk)

    with await asyncio.to_thread(target.open, "wb") as file:
        async for chunk in chunks:
            await asyncio.to_thread(keep, file, chunk)
    return digest.hexdigest()
