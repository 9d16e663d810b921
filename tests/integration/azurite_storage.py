"""The storage of a World in a real Azurite, emptied for each World, through the adapters that Azure gets."""

import base64
from contextlib import suppress
from datetime import datetime, timedelta

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueMessage, QueueServiceClient

from shared.adapters.storage.blobs import AzureBlobs
from shared.adapters.storage.queues import AzureQueues
from shared.adapters.storage.tables import AzureTables
from shared.testing.clock import FixedClock
from tests.support.pipeline.world import STEPS

CONTAINERS = ("incoming", "results", "unpacked", "work")
TABLES = ("documents", "catalog")


class AzuriteQueues:
    """Real queues, received from as by a Functions host; a delayed message is sent when the test's clock says so."""

    def __init__(self, connection_string: str, clock: FixedClock) -> None:
        self.azure = AzureQueues.from_connection_string(connection_string)
        self.service = QueueServiceClient.from_connection_string(connection_string)
        self._clock = clock
        self._delayed: list[tuple[datetime, str, str]] = []

    async def send(self, queue: str, body: str, delay: timedelta = timedelta(0)) -> None:
        """Append a message, or keep it until it is due."""
        if delay:
            self._delayed.append((self._clock.now() + delay, queue, body))
        else:
            await self.azure.send(queue, body)

    async def depth(self, queue: str) -> int:
        """How many messages the queue holds, delayed ones included."""
        return await self.azure.depth(queue) + sum(name == queue for _, name, _ in self._delayed)

    async def oldest(self, queue: str) -> datetime | None:
        """When the oldest visible message was sent."""
        return await self.azure.oldest(queue)

    def receive(self, queue: str) -> str | None:
        """Take a visible message off the queue."""
        for entry in sorted(self._delayed):
            if entry[0] <= self._clock.now() and entry[1] == queue:
                self._delayed.remove(entry)
                return entry[2]
        with suppress(ResourceNotFoundError):
            client = self.service.get_queue_client(queue)
            message = client.receive_message()
            if message is not None:
                client.delete_message(message)
                return _decoded(message)
        return None

    def remove(self, queue: str, body: str) -> None:
        """Take one message with this body off the queue."""
        for entry in self._delayed:
            if entry[1:] == (queue, body):
                self._delayed.remove(entry)
                return
        client = self.service.get_queue_client(queue)
        taken = list(client.receive_messages(messages_per_page=32))
        for message in taken:
            if _decoded(message) == body:
                client.delete_message(message)
                taken.remove(message)
                break
        for message in taken:
            client.update_message(message, visibility_timeout=0)

    def bodies(self, queue: str) -> list[str]:
        """What the queue holds, delayed messages included."""
        kept = [body for _, name, body in self._delayed if name == queue]
        with suppress(ResourceNotFoundError):
            kept += [_decoded(message) for message in self.service.get_queue_client(queue).peek_messages(32)]
        return kept

    def next_visible(self) -> datetime | None:
        """When the first of all messages becomes (or became) visible."""
        if any(self.bodies(queue) for queue in STEPS if not any(queue == name for _, name, _ in self._delayed)):
            return self._clock.now()
        return min((due for due, _, _ in self._delayed), default=None)

    async def close(self) -> None:
        """Close the connections."""
        self.service.close()
        await self.azure.close()


class AzuriteStorage:
    """Storage of a World in Azurite."""

    def __init__(self, connection_string: str, clock: FixedClock) -> None:
        self._connection_string = connection_string
        self.blobs = AzureBlobs.from_connection_string(connection_string)
        self.queues = AzuriteQueues(connection_string, clock)
        self.records = AzureTables.from_connection_string(connection_string)

    async def contents(self) -> set[tuple[str, ...]]:
        """Each blob (container, name) and row (table, partition, key)."""
        found: set[tuple[str, ...]] = set()
        with BlobServiceClient.from_connection_string(self._connection_string) as service:
            for container in CONTAINERS:
                with suppress(ResourceNotFoundError):
                    found |= {(container, blob) for blob in service.get_container_client(container).list_blob_names()}
        with TableServiceClient.from_connection_string(self._connection_string) as tables:
            for table in TABLES:
                with suppress(ResourceNotFoundError):
                    rows = tables.get_table_client(table).list_entities(select=["PartitionKey", "RowKey"])
                    found |= {(table, row["PartitionKey"], row["RowKey"]) for row in rows}
        return found

    async def close(self) -> None:
        """Close the connections."""
        for adapter in (self.blobs, self.queues, self.records):
            await adapter.close()


def empty(connection_string: str) -> None:
    """Delete everything that a World keeps; Azurite makes it anew when it is needed."""
    with BlobServiceClient.from_connection_string(connection_string) as blobs:
        for container in blobs.list_containers():
            if container.name in CONTAINERS:
                blobs.delete_container(container.name)
    with QueueServiceClient.from_connection_string(connection_string) as queues:
        for queue in queues.list_queues():
            if queue.name in STEPS:
                queues.delete_queue(queue.name)
    with TableServiceClient.from_connection_string(connection_string) as tables:
        for table in tables.list_tables():
            if table.name in TABLES:
                tables.delete_table(table.name)


def _decoded(message: QueueMessage) -> str:
    return base64.b64decode(str(message.content)).decode()
