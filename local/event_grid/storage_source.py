"""The storage account as an event source: polls containers of Azurite, which emits no events itself.

A new or overwritten blob becomes `Microsoft.Storage.BlobCreated`, one that is gone `Microsoft.Storage.BlobDeleted`, as
"Azure Blob Storage as an Event Grid source" of the service's documentation shapes them. The announced state is stored
in the same transaction as the event, so a restart neither repeats nor misses any.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobServiceClient

from local.event_grid.grid import Grid, topic_id
from local.event_grid.state.config import STORAGE_TOPIC, EventSchema
from local.event_grid.state.schema import Event
from local.event_grid.state.tables import AnnouncedBlob

_log = logging.getLogger(__name__)

_PAUSE_PER_SCAN = 3.0
"""The pause after a scan is at least this many times as long as the scan."""


@dataclass
class _Changes:
    events: list[Event] = field(default_factory=list)
    announced: list[AnnouncedBlob] = field(default_factory=list)
    forgotten: list[tuple[str, str]] = field(default_factory=list)


class StorageWatcher:
    """Announces changes to the blobs of some containers on the topic `storage`."""

    def __init__(self, service: BlobServiceClient, grid: Grid) -> None:
        self._service = service
        self._grid = grid
        self._announced: dict[str, dict[str, AnnouncedBlob]] = {name: {} for name in grid.config.containers}
        self._sequence = 0
        self._unreachable = False
        self._unnameable: set[tuple[str, str | None]] = set()

    async def run(self) -> None:
        """Scan every `poll_seconds`, more rarely where a scan takes long, until cancelled.

        Begins when the topic has its first subscription: an event without any would be lost.
        """
        await self.load_announced()
        while True:
            started = time.monotonic()
            if self._grid.has_subscription(STORAGE_TOPIC):
                await self.scan()
            elapsed = time.monotonic() - started
            await asyncio.sleep(max(self._grid.config.poll_seconds, _PAUSE_PER_SCAN * elapsed))

    async def load_announced(self) -> None:
        """Load what earlier processes announced."""
        for blob in await self._grid.store.list_announced():
            self._announced.setdefault(blob.container, {})[blob.name] = blob

    async def scan(self) -> int:
        """List every container once and publish the changes; return the number of events."""
        count, trouble = 0, None
        for container in self._grid.config.containers:
            try:
                blobs = [blob async for blob in self._service.get_container_client(container).list_blobs()]
            except ResourceNotFoundError:
                continue  # not made yet, or deleted: deleting a container announces none of its blobs
            except AzureError as error:
                trouble = type(error).__name__
                continue
            changes = self._compare(container, self._drop_unnameable(container, blobs))
            count += len(changes.events)
            await self._announce(container, changes)
        self._report(trouble)
        return count

    def _drop_unnameable(self, container: str, blobs: Iterable[BlobProperties]) -> list[BlobProperties]:
        """Return the blobs whose names are valid text; log each other name once."""
        nameable = []
        for blob in blobs:
            if is_text(blob.name):
                nameable.append(blob)
            elif (container, blob.name) not in self._unnameable:
                self._unnameable.add((container, blob.name))
                _log.warning("%s: a blob is not announced, its name is no text: %a", container, blob.name)
        return nameable

    def _report(self, trouble: str | None) -> None:
        """Log once when storage becomes unreachable, and once when it is reachable again."""
        if trouble and not self._unreachable:
            _log.warning("storage cannot be listed: %s", trouble)
        elif self._unreachable and not trouble:
            _log.info("storage can be listed again")
        self._unreachable = trouble is not None

    def _compare(self, container: str, blobs: Iterable[BlobProperties]) -> _Changes:
        changes, announced, listed = _Changes(), self._announced[container], set[str]()
        for blob in sorted(blobs, key=lambda blob: (blob.last_modified, blob.name)):
            listed.add(blob.name)
            before = announced.get(blob.name)
            now = AnnouncedBlob(container, blob.name, blob.etag, _content(blob))
            if before is not None and before.etag == now.etag:
                continue
            changes.announced.append(now)
            if before is None or not _only_metadata_changed(before, now, blob):
                changes.events.append(self._event(container, blob.name, "BlobCreated", blob.etag, _upload_data(blob)))
        for name in sorted(announced.keys() - listed):
            changes.forgotten.append((container, name))
            changes.events.append(
                self._event(container, name, "BlobDeleted", announced[name].etag, {"api": "DeleteBlob"})
            )
        return changes

    async def _announce(self, container: str, changes: _Changes) -> None:
        if not (changes.announced or changes.forgotten):
            return
        await self._grid.publish(STORAGE_TOPIC, changes.events, changes.announced, changes.forgotten)
        announced = self._announced[container]
        announced.update({blob.name: blob for blob in changes.announced})
        for _, name in changes.forgotten:
            del announced[name]

    def _event(self, container: str, name: str, event_type: str, etag: str, data: dict[str, Any]) -> Event:
        """Return the event of a change; its id is derived from the change, so that each scan gives the same."""
        url = blob_url(self._service.url, container, name)
        self._sequence = max(self._sequence + 1, time.time_ns())
        id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event_type} {url} {etag}"))
        request = {"clientRequestId": str(uuid.uuid4()), "requestId": str(uuid.uuid4()), "eTag": etag}
        body = {
            "id": id_,
            "topic": topic_id(STORAGE_TOPIC, self._service.account_name or "devstoreaccount1"),
            "subject": f"/blobServices/default/containers/{container}/blobs/{name}",
            "eventType": f"Microsoft.Storage.{event_type}",
            "eventTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "dataVersion": "",
            "metadataVersion": "1",
            "data": {
                "contentType": "application/octet-stream",
                "blobType": "BlockBlob",
                **data,
                **request,
                "url": url,
                "sequencer": f"{self._sequence:048x}",
                "storageDiagnostics": {"batchId": str(uuid.uuid4())},
            },
        }
        return Event.of(EventSchema.EVENT_GRID, body)


def is_text(name: str | None) -> bool:
    """Return whether a blob's name can be encoded as UTF-8, as URLs, JSON and the store need it."""
    try:
        return bool(name) and name is not None and bool(name.encode())
    except UnicodeEncodeError:
        return False


def blob_url(account_url: str, container: str, name: str) -> str:
    """Return the blob's URL with its name percent-encoded, as the storage service writes it; slashes stay."""
    return f"{account_url.rstrip('/')}/{container}/{quote(name, safe='~/')}"


def _upload_data(blob: BlobProperties) -> dict[str, Any]:
    """Return the data of an upload. The API is inferred from the listing: a block list has no MD5."""
    is_copy = blob.copy.id is not None
    is_single_put = bool(blob.content_settings.content_md5)
    return {
        "api": "CopyBlob" if is_copy else "PutBlob" if is_single_put else "PutBlockList",
        "contentType": blob.content_settings.content_type or "application/octet-stream",
        "contentLength": blob.size,
        "blobType": str(getattr(blob.blob_type, "value", blob.blob_type)),
    }


def _content(blob: BlobProperties) -> str:
    """Return what stays the same when only metadata or properties change: MD5, size and the time of creation."""
    md5 = bytes(blob.content_settings.content_md5 or b"").hex()
    return f"{md5} {blob.size} {blob.creation_time.isoformat()}"


def _only_metadata_changed(before: AnnouncedBlob, now: AnnouncedBlob, blob: BlobProperties) -> bool:
    """Return whether the new ETag is certainly no new upload; without MD5, or within one second, it may be one."""
    has_md5 = not now.content.startswith(" ")
    return has_md5 and before.content == now.content and blob.last_modified > blob.creation_time
