"""The queue functions of `INTRAY_INTAKE=queue`: uploads are received, anything else is kept and reported."""

import json
import logging
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from functions.uploads.by_queue import poison_event, receive_event
from shared import bootstrap
from shared.domain.base.errors import Unavailable
from shared.domain.documents.document import document_id
from shared.domain.documents.run import State
from shared.pipeline.store.context import WORK, Deferrals
from shared.ports.blobs import BlobInfo
from tests.support.pipeline.world import World, make_world

NAME = "note/a.pdf"


def event_message(etag: str, container: str = "incoming") -> func.QueueMessage:
    """A message of Event Grid that tells of the upload."""
    data = {"api": "PutBlob", "eTag": etag, "contentLength": 6, "url": f"https://acc.blob.x/{container}/{NAME}"}
    event = {"eventType": "Microsoft.Storage.BlobCreated", "data": data}
    return func.QueueMessage(id="m1", body=json.dumps(event).encode())


async def run(function: Any, message: func.QueueMessage) -> None:
    """Run a function of the app with a message."""
    await getattr(function, "_function", function).get_user_function()(message)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world()
    monkeypatch.setattr(bootstrap, "context", lambda: made.context)
    monkeypatch.setattr(bootstrap, "deferrals", lambda: Deferrals(made.queues, 5, timedelta(minutes=5)))
    return made


async def upload(world: World, data: bytes = b"%PDF a") -> str:
    """Upload a file of which nothing was told yet; its ETag."""
    await world.blobs.write("incoming", NAME, data, "application/pdf")
    info = await world.blobs.info("incoming", NAME)
    assert info is not None
    return info.etag


async def kept_messages(world: World) -> list[str]:
    """The names of the messages that were kept for an operator."""
    return [name async for name in world.blobs.names(WORK, "poison/")]


async def test_a_repeated_event_is_the_same_document(world: World) -> None:
    """Event Grid delivers at least once."""
    etag = await upload(world)
    for _ in range(3):
        await run(receive_event, event_message(etag))
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_events_of_an_earlier_version_end_it_and_receive_the_present_one(world: World) -> None:
    """Events come in any order, here the older one alone: the newer one may be lost."""
    first = await upload(world)
    second = await upload(world, b"%PDF another")
    await run(receive_event, event_message(first))
    await world.settle()
    states = [(await world.run(document_id("incoming", NAME, etag))).state for etag in (first, second)]
    assert [State.FAILED, State.FINALIZED] == states


@pytest.mark.parametrize("message", [func.QueueMessage(id="m", body=b"no event"), event_message("1", "results")])
async def test_what_is_no_upload_is_kept_and_reported(
    world: World, message: func.QueueMessage, caplog: pytest.LogCaptureFixture
) -> None:
    """The message lies under `poison/` of the work container; nothing of it is in the log."""
    with caplog.at_level(logging.WARNING):
        await run(receive_event, message)
    (kept,) = await kept_messages(world)
    assert kept.startswith("poison/upload-events/")
    assert message.get_body() == await world.blobs.read(WORK, kept)
    assert ["message_unreadable"] == [record.getMessage().split()[0] for record in caplog.records]


async def test_an_upload_waits_in_the_queue_intake_while_storage_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No attempt of the event's message is spent."""

    async def fail(_container: str, _name: str) -> BlobInfo | None:
        raise Unavailable("away")

    etag = await upload(world)
    monkeypatch.setattr(world.blobs, "info", fail)
    await run(receive_event, event_message(etag))
    assert 1 == len(world.queues.bodies("intake"))


async def test_the_poison_function_receives_what_it_can(world: World) -> None:
    """The upload of an event that failed five times is received for the last time."""
    await run(poison_event, event_message(await upload(world)))
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_the_poison_function_keeps_what_tells_of_no_upload(world: World) -> None:
    """It may have been put there by the platform, which cannot decode it."""
    await run(poison_event, func.QueueMessage(id="m1", body=b"no event"))
    assert ["poison/upload-events/m1.json"] == await kept_messages(world)
