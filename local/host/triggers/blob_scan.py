"""The polling source of blob triggers: scans containers and remembers in receipts what it has queued.

Receipts are blobs as the real host writes them, `blobreceipts/HOST/FUNCTION/ETAG/CONTAINER/NAME` in
`azure-webjobs-hosts`; metadata `Incomplete` marks one whose message may not have been queued. No lease is taken on
them: one host to a storage account.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobClient, ContainerClient

from local.host.triggers.blob_trigger import BlobQueue, BlobTrigger

_log = logging.getLogger(__name__)


@dataclass
class BlobScanner:
    """Looks for new versions of blobs for one function, every `interval` seconds."""

    trigger: BlobTrigger
    queue: BlobQueue
    receipts: ContainerClient
    host_id: str
    interval: float
    _queued_etags: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Scan until cancelled; a service that does not answer is asked again at the next turn."""
        while True:
            try:
                await self.scan()
            except ResourceNotFoundError:
                _log.debug("%s: the container is not there yet", self.trigger.pattern.container)
            except AzureError as error:
                _log.warning("%s: not scanned: %s", self.trigger.pattern.container, type(error).__name__)
            await asyncio.sleep(self.interval)

    async def scan(self) -> None:
        """Queue each blob version that has no complete receipt; one that cannot be queued stops no other."""
        container = self.trigger.blobs.get_container_client(self.trigger.pattern.container)
        async for blob in container.list_blobs():
            if self._queued_etags.get(blob.name) == blob.etag:
                continue
            try:
                if self.trigger.pattern.match(container.container_name, blob.name) is not None:
                    await self._queue_once(container.container_name, blob)
            except (HttpResponseError, ValueError) as error:  # about this blob: its name, or its receipt's
                _log.warning("a blob was not queued: %s %a", type(error).__name__, blob.name)
                continue
            self._queued_etags[blob.name] = str(blob.etag)

    async def _queue_once(self, container: str, blob: BlobProperties) -> None:
        function_id, etag = self.trigger.function.host_id, f'"{str(blob.etag).strip('"')}"'
        path = f"blobreceipts/{self.host_id}/{function_id}/{etag}/{container}/{blob.name}"
        receipt = self.receipts.get_blob_client(path)
        if not await _is_open(receipt):
            return
        await self.queue.send(function_id, container, str(blob.name), etag)
        await receipt.set_blob_metadata({})


async def _is_open(receipt: BlobClient) -> bool:
    """Make the receipt when it is not there; whether the message is still to be queued."""
    try:
        await receipt.upload_blob(b"", metadata={"Incomplete": "true"})
    except ResourceExistsError:
        return "Incomplete" in ((await receipt.get_blob_properties()).metadata or {})
    return True
