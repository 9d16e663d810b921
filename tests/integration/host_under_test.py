"""A host with the demo app of tests/worker against the session's Azurite, and what tests do to it from outside."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local.host.host import Host, HostOptions
from tests.worker.demo import DEMO, Demo, until


class HostUnderTest:
    """The host, the demo app's records, and clients of the storage account that are not the host's."""

    def __init__(self, host: Host, demo: Demo, http: aiohttp.ClientSession) -> None:
        self.host = host
        self.demo = demo
        self.http = http

    def send(self, body: str, *, encode: bool = True) -> None:
        """Put a message on the queue that `read_letter` listens to."""
        send(self.demo, body, encode=encode)

    def messages(self, queue: str) -> list[str]:
        """What lies on a queue, as sent; hidden messages are not seen."""
        with queues(self.demo.storage) as service, service.get_queue_client(queue) as client:
            return [str(message.content) for message in client.peek_messages(max_messages=32)]

    def left(self, queue: str) -> int:
        """How many messages a queue holds, hidden ones included."""
        with queues(self.demo.storage) as service, service.get_queue_client(queue) as client:
            return int(client.get_queue_properties().approximate_message_count or 0)

    async def wait_empty(self, queue: str) -> None:
        await until(lambda: self.left(queue) == 0)

    def upload(self, name: str, content: bytes = b"content", container: str | None = None) -> dict[str, Any]:
        """Upload a blob; returns the data of the event that Azure would send."""
        where = container or f"{self.demo.name}-in"
        with blobs(self.demo.storage) as service, service.get_blob_client(where, name) as blob:
            etag = blob.upload_blob(content, overwrite=True)["etag"].strip('"')
            return {"api": "PutBlob", "eTag": etag, "blobType": "BlockBlob", "url": blob.url}

    async def deliver(self, *data: dict[str, Any]) -> int:
        """Deliver storage events to the blob webhook in one request, as Event Grid does; returns the status."""
        url = f"{self.host.url}/runtime/webhooks/blobs?functionName=Host.Functions.receive"
        events = [{"id": "1", "eventType": "Microsoft.Storage.BlobCreated", "subject": "", "data": one} for one in data]
        headers = {"aeg-event-type": "Notification", "x-functions-key": self.host.keys.system["blobs_extension"]}
        async with self.http.post(url, json=events, headers=headers) as response:
            return response.status


def send(demo: Demo, body: str, *, encode: bool = True) -> None:
    with queues(demo.storage) as service, service.get_queue_client(demo.name) as letters:
        letters.send_message(base64.b64encode(body.encode()).decode() if encode else body)


def queues(storage: str) -> QueueServiceClient:
    return QueueServiceClient.from_connection_string(storage)


def blobs(storage: str) -> BlobServiceClient:
    return BlobServiceClient.from_connection_string(storage)


@asynccontextmanager
async def running_host(demo: Demo, app: Path = DEMO, **options: Any) -> AsyncIterator[HostUnderTest]:
    """Run a host around a block, with its queue and containers made."""
    prepare(demo)
    host = Host(HostOptions(app, demo.settings, demo.folder / "state", max_polling_interval=0.2, **options))
    await host.start()
    try:
        async with aiohttp.ClientSession() as http:
            yield HostUnderTest(host, demo, http)
    finally:
        await host.stop(grace=5)


def prepare(demo: Demo) -> None:
    """Make what the demo app's functions listen to, unless it is there."""
    with queues(demo.storage) as service, suppress(ResourceExistsError):
        service.create_queue(demo.name)
    with blobs(demo.storage) as blob_service:
        for container in (f"{demo.name}-in", f"{demo.name}-scan"):
            with suppress(ResourceExistsError):
                blob_service.create_container(container)
