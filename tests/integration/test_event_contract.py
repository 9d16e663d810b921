"""Every event, sent by the real client to the local topic, as a Python and a Node subscriber receive it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest

from local.event_grid.state.config import LOCAL_TOPIC_KEY
from local.processes import part
from scripts.event_examples import example_events
from scripts.generate_docs import ROOT
from shared.adapters.events.event_grid import EventGridEvents
from shared.domain.documents.event import FACTS
from tests.support.event_grid import until

EVENTS = ROOT / "docs/events"
NODE_SUBSCRIBER = Path(__file__).with_name("node") / "subscriber.mjs"

type Received = dict[str, dict[str, Any]]
"""CloudEvents by type."""


@asynccontextmanager
async def node_subscriber() -> AsyncIterator[tuple[str, asyncio.StreamReader]]:
    """A webhook with Event Grid's JavaScript package: its address, and the lines that it prints."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", str(NODE_SUBSCRIBER), stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())["endpoint"], process.stdout
    finally:
        process.stdin.close()
        await process.wait()


async def deliver_all(state: Path) -> dict[str, Received]:
    """Publish one event of each type as the pipeline does: what each subscriber received."""
    count = len(FACTS)
    async with (
        aiohttp.ClientSession() as http,
        part("local.event_grid.subscriber", "--out", str(state / "events.jsonl")) as python,
        node_subscriber() as (endpoint, lines),
        part("local.event_grid", "--state", str(state), "--topic", "intray") as grid,
    ):
        for name, url in (("python", python.ready["endpoint"]), ("node", endpoint)):
            hook = {"topic": "intray", "endpointUrl": url}
            async with http.put(f"{grid.ready['url']}/subscriptions/{name}", json=hook) as answer:
                assert 201 == answer.status, await answer.text()
        topic = EventGridEvents.from_key(grid.ready["topics"]["intray"], LOCAL_TOPIC_KEY)
        await topic.publish([*example_events().values()])
        await topic.close()
        by_node = [json.loads(await lines.readline()) for _ in range(count)]

        async def by_python() -> list[dict[str, Any]]:
            async with http.get(f"{python.ready['url']}/events") as answer:
                events: list[dict[str, Any]] = await answer.json()
                return events

        async def enough() -> bool:
            return len(await by_python()) >= count

        await until(enough)
        received = {"python": await by_python(), "node": by_node}
    return {who: {event["type"]: event for event in events} for who, events in received.items()}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Received]:
    return asyncio.run(deliver_all(tmp_path_factory.mktemp("grid")))


def attributes(event: dict[str, Any]) -> dict[str, Any]:
    """What identifies an event, however its time is written."""
    names = ("id", "source", "type", "subject", "dataschema", "data")
    return {"time": datetime.fromisoformat(event["time"]), **{name: event.get(name) for name in names}}


@pytest.mark.parametrize("who", ["python", "node"])
def test_every_event_arrives_once(delivered: dict[str, Received], who: str) -> None:
    """One event of each type was sent; each subscriber got these and no other."""
    assert {f"dev.intray.document.{name}.v1" for name in FACTS} == set(delivered[who])


@pytest.mark.parametrize("who", ["python", "node"])
@pytest.mark.parametrize("name", FACTS)
def test_an_event_arrives_as_documented(delivered: dict[str, Received], who: str, name: str) -> None:
    """What arrives is the event in docs/events/examples, and its data keeps the schema that it names."""
    event = delivered[who][f"dev.intray.document.{name}.v1"]
    assert attributes(json.loads((EVENTS / f"examples/{name}.v1.json").read_text())) == attributes(event)
    schemas = {schema["$id"]: schema for schema in map(json.loads, (p.read_text() for p in EVENTS.glob("*.v1.json")))}
    jsonschema.validate(event["data"], schemas[event["dataschema"]], jsonschema.Draft202012Validator)
