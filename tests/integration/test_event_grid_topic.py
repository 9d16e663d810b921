"""The local Event Grid as a process, with Event Grid's real client before it and the demo subscriber behind it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from local.event_grid.state.config import LOCAL_TOPIC_KEY
from local.processes import Part, part
from tests.support.event_grid import until

QUICK = {"retryPolicy": {"waits": [0.2]}}
"""Waits for tests that have no hold on the clock."""


def event(number: int) -> CloudEvent[Any]:
    """One of our events; its id is its number."""
    return CloudEvent(
        source="devstoreaccount1/incoming", type="dev.intray.document.finalized.v1", id=str(number),
        subject=f"documents/{number}", data={"disposition": "ACCEPT"}, dataschema="https://intray.dev/v1.json",
    )  # fmt: skip


@asynccontextmanager
async def client(grid: Part, topic: str = "intray", **options: Any) -> AsyncIterator[EventGridPublisherClient]:
    """Event Grid's own client, against the local topic."""
    key = AzureKeyCredential(options.pop("key", LOCAL_TOPIC_KEY))
    async with EventGridPublisherClient(grid.ready["topics"][topic], key, **options) as made:
        yield made


async def ask(method: str, url: str, body: object = None) -> Any:
    """The JSON of an answer, which must be a good one."""
    async with aiohttp.ClientSession() as http, http.request(method, url, json=body) as answer:
        assert answer.ok, await answer.text()
        return await answer.json()


async def until_kept(subscriber: Part, count: int) -> list[dict[str, Any]]:
    """The events of the subscriber, once there are `count`."""
    url = f"{subscriber.ready['url']}/events"

    async def enough() -> bool:
        return len(await ask("GET", url)) >= count

    await until(enough)
    events: list[dict[str, Any]] = await ask("GET", url)
    assert count == len(events)
    return events


def hook(subscriber: Part, **settings: object) -> dict[str, object]:
    """A subscription of the demo subscriber to the topic `intray`."""
    return {"topic": "intray", "endpointUrl": subscriber.ready["endpoint"], **QUICK, **settings}


async def test_the_real_client_reaches_a_real_subscriber(tmp_path: Path) -> None:
    """Single events, lists and duplicates end as one line per event in the subscriber's file."""
    out = tmp_path / "events.jsonl"
    async with (
        part("local.event_grid.subscriber", "--out", str(out)) as subscriber,
        part("local.event_grid", "--state", str(tmp_path), "--topic", "intray") as grid,
        client(grid) as publisher,
    ):
        twice = hook(subscriber, faults={"duplicateEvery": 2})
        await ask("PUT", f"{grid.ready['url']}/subscriptions/demo", twice)
        await publisher.send(event(1))
        await publisher.send([event(2), event(3), event(4)])
        events = await until_kept(subscriber, 4)

        async def twice_each() -> bool:
            return int((await ask("GET", f"{subscriber.ready['url']}/counts"))["duplicates"]) >= 2

        await until(twice_each)
        (shown,) = await ask("GET", f"{grid.ready['url']}/subscriptions")
    assert ["1", "2", "3", "4"] == sorted(one["id"] for one in events)
    assert {"delivered": 4} == shown["deliveries"]
    first = next(json.loads(line) for line in out.read_text().splitlines() if json.loads(line)["id"] == "1")
    assert ("dev.intray.document.finalized.v1", "documents/1", {"disposition": "ACCEPT"}) == (
        first["type"], first["subject"], first["data"],
    )  # fmt: skip


async def test_the_client_hears_refusals_as_from_azure(tmp_path: Path) -> None:
    """A wrong key, an invalid event and too large a batch raise the client's own errors, with Azure's code."""
    async with part("local.event_grid", "--state", str(tmp_path), "--topic", "intray") as grid:
        async with client(grid, key="wrong") as publisher:
            with pytest.raises(ClientAuthenticationError):
                await publisher.send(event(1))
        async with client(grid) as publisher:
            bad: CloudEvent[Any] = CloudEvent(source="/s", type="t", extensions={"tenant": "x"}, subject="")
            with pytest.raises(HttpResponseError) as invalid:
                await publisher.send(bad)
            large = [CloudEvent(source="/s", type="t", data="x" * 600_000) for _ in range(2)]
            with pytest.raises(HttpResponseError) as too_large:
                await publisher.send(large)
    assert [(400, "BadRequest"), (413, "RequestEntityTooLarge")] == [
        (caught.value.status_code, caught.value.error.code if caught.value.error else None)
        for caught in (invalid, too_large)
    ]


async def test_the_client_outlasts_a_scripted_outage(tmp_path: Path) -> None:
    """503 is retried by the client, and its event is accepted once the topic answers."""
    async with (
        part("local.event_grid", "--state", str(tmp_path), "--topic", "intray") as grid,
        client(grid, retry_backoff_factor=0.1) as publisher,
    ):
        await ask("POST", f"{grid.ready['url']}/topics/intray/fault", {"status": 503, "seconds": 0.5})
        await publisher.send(event(1))
        accepted = await ask("GET", f"{grid.ready['url']}/events")
    assert ["1"] == [one["id"] for one in accepted["events"]]


async def test_an_accepted_event_survives_sigkill(tmp_path: Path) -> None:
    """What was answered with 200 is delivered by the next process, though this one died at once."""
    out = str(tmp_path / "out.jsonl")
    async with part("local.event_grid.subscriber", "--out", out) as subscriber:
        grid = Part("local.event_grid", ("--state", str(tmp_path), "--topic", "intray"))
        await grid.start()
        await ask("PUT", f"{grid.ready['url']}/subscriptions/demo", hook(subscriber))
        port = subscriber.ready["url"].rpartition(":")[2]
    async with client(grid) as publisher:
        await publisher.send([event(number) for number in range(50)])
    grid.kill()
    await grid.stop()
    async with (
        part("local.event_grid.subscriber", "--out", out, "--port", port) as subscriber,
        part("local.event_grid", "--state", str(tmp_path), "--topic", "intray"),
    ):
        events = await until_kept(subscriber, 50)
    assert {str(number) for number in range(50)} == {one["id"] for one in events}


async def test_a_part_ends_when_it_should(tmp_path: Path) -> None:
    """SIGTERM ends it with code 0; so does the end of its stdin, which is what a killed parent leaves."""
    grid = Part("local.event_grid", ("--state", str(tmp_path), "--topic", "intray"))
    await grid.start()
    assert 0 == await grid.stop()
    subscriber = Part("local.event_grid.subscriber", ("--out", str(tmp_path / "out.jsonl")))
    await subscriber.start()
    stdin = subscriber._running().stdin
    assert stdin is not None
    stdin.close()
    async with asyncio.timeout(10):
        assert 0 == await subscriber.wait()
