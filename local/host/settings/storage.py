"""The storage clients of the host: one of each kind for a connection string, and the names the real host uses."""

import asyncio
import contextlib
from collections import defaultdict
from contextlib import AsyncExitStack

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient
from azure.storage.queue.aio import QueueClient, QueueServiceClient

#: Where the host keeps its own blobs: receipts of scanned blobs and the state of timers.
HOSTS_CONTAINER = "azure-webjobs-hosts"
BLOB_POISON_QUEUE = "webjobs-blobtrigger-poison"
_POISON = "-poison"


def poison_queue(queue: str) -> str | None:
    """Return where messages go that failed too often; None for a poison queue, which has none of its own."""
    return None if queue.endswith(_POISON) else f"{queue}{_POISON}"


def blob_trigger_queue(host_id: str) -> str:
    """Return the internal queue between blob events and blob functions."""
    return f"azure-webjobs-blobtrigger-{host_id}"


class Storage:
    """Clients that are shared and closed together, and the signals by which a queue is looked at at once.

    They retry after one, two and three seconds: the SDK's default begins at 15 s, too long on one machine.
    """

    def __init__(self) -> None:
        self._closing = AsyncExitStack()
        self._queues: dict[str, QueueServiceClient] = {}
        self._blobs: dict[str, BlobServiceClient] = {}
        self._arrivals: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def queues(self, connection_string: str) -> QueueServiceClient:
        """Return the queue service behind a connection string."""
        if connection_string not in self._queues:
            client = QueueServiceClient.from_connection_string(
                connection_string, initial_backoff=1, increment_base=1, retry_total=3
            )
            self._queues[connection_string] = await self._closing.enter_async_context(client)
        return self._queues[connection_string]

    async def blobs(self, connection_string: str) -> BlobServiceClient:
        """Return the blob service behind a connection string."""
        if connection_string not in self._blobs:
            client = BlobServiceClient.from_connection_string(
                connection_string, initial_backoff=1, increment_base=1, retry_total=3
            )
            self._blobs[connection_string] = await self._closing.enter_async_context(client)
        return self._blobs[connection_string]

    async def hosts_container(self, connection_string: str) -> ContainerClient:
        """Return the container for the host's own blobs, made on demand."""
        container = (await self.blobs(connection_string)).get_container_client(HOSTS_CONTAINER)
        with contextlib.suppress(ResourceExistsError):  # from an earlier start
            await container.create_container()
        return container

    async def send(self, queue: QueueClient, content: str) -> None:
        """Put a message on a queue, made on demand, and wake this host's listener on it."""
        try:
            await queue.send_message(content)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):  # another message was quicker
                await queue.create_queue()
            await queue.send_message(content)
        self.arrival(queue.queue_name).set()

    def arrival(self, queue: str) -> asyncio.Event:
        """Set whenever this host or the app in it put a message on the queue of that name."""
        return self._arrivals[queue]

    async def close(self) -> None:
        """Close every client."""
        await self._closing.aclose()
