"""Each port as its real adapter (over Azurite) and as its twin: what holds for one must hold for the other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueServiceClient

from shared.adapters.models.openai import OpenAIModels
from shared.adapters.storage.blobs import AzureBlobs
from shared.adapters.storage.queues import AzureQueues
from shared.adapters.storage.tables import AzureTables
from shared.ports.blobs import Blobs
from shared.ports.queues import Queues
from shared.ports.records import Records
from shared.testing.blobs import MemoryBlobs
from shared.testing.queues import MemoryQueues
from shared.testing.records import MemoryRecords
from tests.conformance.loopback import Loopback, serving
from tests.conformance.model_server import KEY


@dataclass(frozen=True)
class QueueCase:
    """Queues, and how a test takes the next visible message off one, as the Functions host would."""

    queues: Queues
    receive: Callable[[str], Awaitable[str | None]]


@pytest.fixture
def fresh() -> str:
    """A name that no other test uses, valid for containers, queues and tables."""
    return f"t{uuid4().hex}"


@pytest.fixture(params=["azure", "memory"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def blobs(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[Blobs]:
    if kind == "memory":
        yield MemoryBlobs()
        return
    azure = AzureBlobs.from_connection_string(request.getfixturevalue("azurite"))
    yield azure
    await azure.close()


@pytest.fixture
async def records(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[Records]:
    if kind == "memory":
        yield MemoryRecords()
        return
    azure = AzureTables.from_connection_string(request.getfixturevalue("azurite"))
    yield azure
    await azure.close()


@pytest.fixture
async def queue_case(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[QueueCase]:
    if kind == "memory":
        memory = MemoryQueues()

        async def take(queue: str) -> str | None:
            return memory.receive(queue)

        yield QueueCase(memory, take)
        return
    connection_string = request.getfixturevalue("azurite")
    azure = AzureQueues.from_connection_string(connection_string)
    async with QueueServiceClient.from_connection_string(connection_string) as service:

        async def receive(queue: str) -> str | None:
            client = service.get_queue_client(queue, message_decode_policy=TextBase64DecodePolicy())
            message = await client.receive_message(visibility_timeout=int(timedelta(hours=1).total_seconds()))
            return None if message is None else str(message.content)

        yield QueueCase(azure, receive)
    await azure.close()


@pytest.fixture
async def loopback() -> AsyncIterator[Loopback]:
    async with serving() as server:
        yield server


@pytest.fixture
async def models(loopback: Loopback) -> AsyncIterator[OpenAIModels]:
    adapter = OpenAIModels(f"{loopback.url}/openai/v1/", KEY)
    yield adapter
    await adapter.close()
