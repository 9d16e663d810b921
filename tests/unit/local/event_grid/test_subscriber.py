"""The demo subscriber: what a downstream system must do."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from local.event_grid.subscriber import EventFile, Webhook
from tests.support.event_grid import cloud_event

CLOUD = {"Content-Type": "application/cloudevents+json; charset=utf-8", "aeg-event-type": "Notification"}


async def deliver(path: Path, *requests: tuple[dict[str, str], Any]) -> tuple[list[int], dict[str, Any]]:
    """Post to a subscriber of its own: the statuses, and its counts after."""
    file = EventFile(path)
    async with TestClient(TestServer(Webhook(file).app())) as client:
        statuses = []
        for headers, body in requests:
            async with client.post("/events", data=json.dumps(body), headers=headers) as answer:
                statuses.append(answer.status)
        async with client.get("/counts") as answer:
            counts = await answer.json()
    file.close()
    return statuses, counts


async def test_an_event_is_kept_once(tmp_path: Path) -> None:
    """A second delivery of the same source and id is taken, and counted, but not kept; nor after a restart."""
    event = dict(cloud_event(data={"uri": "x"}).body)
    other = {**event, "source": "/elsewhere"}
    statuses, counts = await deliver(tmp_path / "out.jsonl", (CLOUD, event), (CLOUD, event), (CLOUD, other))
    assert ([200, 200, 200], 2, 1) == (statuses, counts["events"], counts["duplicates"])
    _, counts = await deliver(tmp_path / "out.jsonl", (CLOUD, event))
    assert (2, 1) == (counts["events"], counts["duplicates"])
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [("/local/incoming", "e1", {"uri": "x"}), ("/elsewhere", "e1", {"uri": "x"})] == [
        (line["source"], line["id"], line["data"]) for line in lines
    ]


@pytest.mark.parametrize(
    ("headers", "body"),
    [(CLOUD, {"id": "1"}), (CLOUD, []), (CLOUD, "x"), ({"Content-Type": "application/json"}, [{}])],
)
async def test_what_is_no_event_is_refused(tmp_path: Path, headers: dict[str, str], body: object) -> None:
    """400 stops the retries of a delivery that can never be read."""
    statuses, counts = await deliver(tmp_path / "out.jsonl", (headers, body))
    assert ([400], 0, 1) == (statuses, counts["events"], counts["refused"])
