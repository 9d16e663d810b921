"""A storage queue as a subscriber of the local Event Grid, against Azurite."""

import base64
import json
import uuid
from collections.abc import AsyncIterator

import pytest
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from local.event_grid.delivery.storage_queue import StorageQueues
from local.event_grid.delivery.webhook import HandshakeRefusedError
from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.tables import Delivery
from tests.support.event_grid import grid_event


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[QueueServiceClient]:
    async with QueueServiceClient.from_connection_string(azurite) as made:
        yield made


@pytest.fixture
async def queue(service: QueueServiceClient) -> QueueClient:
    return await service.create_queue(f"events-{uuid.uuid4()}")


def subscription(queue: str) -> Subscription:
    """A subscription of a queue to the storage account's events."""
    return Subscription(name="host", topic="storage", queue_name=queue)


def delivery(size: int = 0) -> Delivery:
    """An event on its way, with so many bytes of data."""
    event = grid_event()
    event.body["data"]["filler"] = "x" * size
    return Delivery(1, 1, event, accepted=0.0, due=0.0, expires=1.0)


async def test_a_message_is_one_event_in_base64(service: QueueServiceClient, queue: QueueClient) -> None:
    """As Event Grid writes it: no list, and what a queue trigger of the Functions host decodes."""
    queues, sent = StorageQueues(service), delivery()
    await queues.shake_hands(subscription(queue.queue_name), "topic")
    assert 201 == (await queues.send(subscription(queue.queue_name), sent)).status
    (message,) = [message async for message in queue.receive_messages()]
    assert sent.event.body == json.loads(base64.b64decode(message.content, validate=True))
    assert sent.event.schema is EventSchema.EVENT_GRID


async def test_a_queue_that_is_not_there_is_refused_and_tried_again(service: QueueServiceClient) -> None:
    """The handshake finds out first; a queue that was deleted since gets its events when it is back."""
    queues, missing = StorageQueues(service), subscription("never-made")
    with pytest.raises(HandshakeRefusedError):
        await queues.shake_hands(missing, "topic")
    assert 404 == (await queues.send(missing, delivery())).status


async def test_an_event_above_the_limit_of_a_message_is_given_up(
    service: QueueServiceClient, queue: QueueClient
) -> None:
    """64 KiB in base64; Event Grid makes it a dead letter."""
    assert 413 == (await StorageQueues(service).send(subscription(queue.queue_name), delivery(50_000))).status


async def test_without_a_storage_account_no_queue_can_subscribe() -> None:
    """The local Event Grid also runs alone."""
    with pytest.raises(HandshakeRefusedError):
        await StorageQueues(None).shake_hands(subscription("upload-events"), "topic")
