"""The storage event source and the dead letters of the local Event Grid, against Azurite."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from local.event_grid.delivery.dead_letter import BlobDeadLetters
from local.event_grid.delivery.dispatcher import Dispatcher
from local.event_grid.delivery.retry import Outcome
from local.event_grid.grid import Grid
from local.event_grid.state.config import GridConfig, Subscription
from local.event_grid.state.store import Store
from local.event_grid.state.tables import Delivery
from local.event_grid.storage_source import StorageWatcher
from local.host.triggers.blob_path import blob_of_url
from tests.support.event_grid import until


class Endpoint:
    """A subscriber in this process: keeps every event, and answers with one status."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.events: list[dict[str, Any]] = []

    async def shake_hands(self, subscription: Subscription, topic_id: str) -> None:
        """Agree."""

    async def send(self, subscription: Subscription, delivery: Delivery) -> Outcome:
        """Take the event."""
        self.events.append(dict(delivery.event.body))
        return Outcome.of_status(self.status)

    async def until(self, count: int) -> list[dict[str, Any]]:
        """The events, once there are `count`."""
        await until(lambda: _is(len(self.events) >= count))
        assert count == len(self.events)
        return self.events


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[BlobServiceClient]:
    async with BlobServiceClient.from_connection_string(azurite) as made:
        yield made


@pytest.fixture
async def container(service: BlobServiceClient) -> ContainerClient:
    return await service.create_container(f"incoming-{uuid.uuid4()}")


@asynccontextmanager
async def watching(
    state: Path, service: BlobServiceClient, container: str, endpoint: Endpoint, **settings: object
) -> AsyncIterator[StorageWatcher]:
    """A grid that has one subscription to the storage topic, and the watcher, which looks when told."""
    hook = Subscription.model_validate(
        {"name": "host", "topic": "storage", "endpointUrl": "http://127.0.0.1/", **settings}
    )
    config, store = GridConfig(containers=(container,), poll_seconds=0.1), Store(state)
    await store.save_subscription(hook)
    try:
        async with asyncio.TaskGroup() as tasks:
            dispatcher = Dispatcher(store, endpoint, BlobDeadLetters(service), time.time)
            grid = Grid(config, store, endpoint, dispatcher, time.time, tasks)
            await grid.start()
            watcher = StorageWatcher(service, grid)
            await watcher.load_announced()
            yield watcher
            await grid.close(5.0)
    finally:
        await store.close()


async def test_an_upload_is_announced_as_azure_would(
    tmp_path: Path, service: BlobServiceClient, container: ContainerClient
) -> None:
    """Subject, API, ETag, type, length and URL are those of the blob, whatever its name."""
    endpoint, name = Endpoint(), "Rechnung/ä ö#100%?😀.pdf"
    blob = await container.upload_blob(name, b"%PDF")
    etag = (await blob.get_blob_properties()).etag
    async with watching(tmp_path, service, container.container_name, endpoint) as watcher:
        assert 1 == await watcher.scan()
        (event,) = await endpoint.until(1)
    data = event["data"]
    assert "Microsoft.Storage.BlobCreated" == event["eventType"]
    assert f"/blobServices/default/containers/{container.container_name}/blobs/{name}" == event["subject"]
    assert event["topic"].endswith("/Microsoft.Storage/storageAccounts/devstoreaccount1")
    assert ("PutBlob", "application/octet-stream", 4, "BlockBlob", blob.url, etag.strip('"')) == (
        data["api"], data["contentType"], data["contentLength"], data["blobType"], data["url"], data["eTag"],
    )  # fmt: skip


ODD_NAMES = (
    "line\nbreak.pdf", "carriage\rreturn.pdf", "tab\t.pdf", "bell\x07.pdf", "nul\x00.pdf", "unit\x1fseparator.pdf",
    "delete\x7f.pdf", "next\x85line.pdf", "not\uffffa\ufffecharacter.pdf", "%0A%00.pdf", "100%.pdf", "\u202efdp.exe",
)  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_a_name_of_control_characters_stops_no_other(
    tmp_path: Path, service: BlobServiceClient, container: ContainerClient, name: str
) -> None:
    """It is announced like every other, and its URL leads to it; so are the files beside it."""
    await container.upload_blob(name, b"%PDF")
    await container.upload_blob("zz.pdf", b"%PDF")
    endpoint = Endpoint()
    async with watching(tmp_path, service, container.container_name, endpoint) as watcher:
        await watcher.scan()
        events = await endpoint.until(2)
    assert {name, "zz.pdf"} == {blob_of_url(event["data"]["url"])[1] for event in events}
    assert await container.get_blob_client(name).exists()


async def test_each_way_of_writing_has_its_api(
    tmp_path: Path, service: BlobServiceClient, container: ContainerClient
) -> None:
    """A block list and a copy are told from a single put; staged blocks alone are no blob."""
    endpoint = Endpoint()
    staged = container.get_blob_client("staged")
    await staged.stage_block("MDE=", b"abc")
    blocks = container.get_blob_client("blocks")
    await blocks.stage_block("MDE=", b"abc")
    await blocks.commit_block_list([BlobBlock(block_id="MDE=")])
    await container.get_blob_client("copy").start_copy_from_url(blocks.url)
    async with watching(tmp_path, service, container.container_name, endpoint) as watcher:
        await watcher.scan()
        events = await endpoint.until(2)
    apis = {event["subject"].rpartition("/")[2]: event["data"]["api"] for event in events}
    assert {"blocks": "PutBlockList", "copy": "CopyBlob"} == apis


async def test_what_happens_to_a_blob_is_told_once_over_restarts(
    tmp_path: Path, service: BlobServiceClient, container: ContainerClient
) -> None:
    """Created, overwritten with the same bytes, deleted: three events, each once, whoever looks."""

    async def told() -> list[str]:
        endpoint = Endpoint()
        async with watching(tmp_path, service, container.container_name, endpoint) as watcher:
            await endpoint.until(await watcher.scan())
        return [event["eventType"].rpartition(".")[2] for event in endpoint.events]

    blob = await container.upload_blob("a.txt", b"one")
    assert [["BlobCreated"], []] == [await told(), await told()]
    await blob.upload_blob(b"one", overwrite=True)
    assert [["BlobCreated"], []] == [await told(), await told()]
    await blob.delete_blob()
    assert [["BlobDeleted"], []] == [await told(), await told()]


async def test_a_missing_container_is_waited_for(tmp_path: Path, service: BlobServiceClient) -> None:
    """A container that is made later, or deleted, is no error and no event."""
    name, endpoint = f"later-{uuid.uuid4()}", Endpoint()
    async with watching(tmp_path, service, name, endpoint) as watcher:
        assert 0 == await watcher.scan()
        container = await service.create_container(name)
        await container.upload_blob("a", b"")
        assert 1 == await watcher.scan()
        await container.delete_container()
        assert 0 == await watcher.scan()
        await endpoint.until(1)


async def test_a_refused_event_becomes_a_dead_letter_blob(
    tmp_path: Path, service: BlobServiceClient, container: ContainerClient
) -> None:
    """The blob lies under the subscription's name in capitals and holds the event with the reason."""
    dead = await service.create_container(f"dead-{uuid.uuid4()}")
    await container.upload_blob("a.txt", b"one")
    settings = {"deadLetterContainer": dead.container_name}
    async with watching(tmp_path, service, container.container_name, Endpoint(403), **settings) as watcher:
        await watcher.scan()
        await until(lambda: _any(dead.list_blob_names()))
    (name,) = [one async for one in dead.list_blob_names()]
    assert ["HOST", 6] == [name.split("/")[0], len(name.split("/"))]
    (letter,) = json.loads(await (await dead.download_blob(name)).readall())
    why = [letter[one] for one in ("deadLetterReason", "deliveryAttempts", "lastDeliveryOutcome", "lastHttpStatusCode")]
    assert ["UndeliverableDueToHttpForbidden", 1, "Forbidden", 403] == why
    assert letter["subject"].endswith("/blobs/a.txt")


async def test_a_thousand_uploads_at_once_all_arrive(
    tmp_path: Path, service: BlobServiceClient, container: ContainerClient
) -> None:
    """Every blob's event reaches the subscriber, each once, while uploads go on."""
    gate, endpoint = asyncio.Semaphore(8), Endpoint()

    async def upload(number: int) -> None:
        async with gate:
            await container.upload_blob(f"batch/{number:04}.txt", b"x")

    async with watching(tmp_path, service, container.container_name, endpoint) as watcher:
        scanning = asyncio.create_task(watcher.run())
        await asyncio.gather(*(upload(number) for number in range(1000)))
        events = await endpoint.until(1000)
        scanning.cancel()
    assert 1000 == len({event["subject"] for event in events})


async def _is(condition: bool) -> bool:
    return condition


async def _any(names: AsyncIterable[str]) -> bool:
    return [one async for one in names] != []
