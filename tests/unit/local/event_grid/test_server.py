"""The HTTP face: what publishers and tests see."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from local.event_grid.server import build_app
from local.event_grid.state.config import LOCAL_TOPIC_KEY
from tests.support.event_grid import FakeClock, FakeEndpoint, running

BATCH = "application/cloudevents-batch+json"
EVENTS = "/topics/intray/api/events?api-version=2018-01-01"
HOOK = {"topic": "intray", "endpointUrl": "http://127.0.0.1/hook?code=s3cret"}


class World:
    """A client of a grid with the topic `intray` and fake subscribers."""

    def __init__(self, client: TestClient[Any, Any], endpoint: FakeEndpoint, clock: FakeClock) -> None:
        self.client, self.endpoint, self.clock = client, endpoint, clock

    async def publish(self, *ids: str, key: str = LOCAL_TOPIC_KEY, path: str = EVENTS) -> tuple[int, Any]:
        """Post CloudEvents; status and JSON of the answer."""
        events = [{"specversion": "1.0", "id": one, "source": "/s", "type": "t"} for one in ids]
        return await self.ask("POST", path, json.dumps(events), {"aeg-sas-key": key, "Content-Type": BATCH})

    async def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        async with self.client.request(method, path, data=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def accepted(self) -> list[str]:
        """Ids of the accepted events."""
        _, answer = await self.ask("GET", "/events")
        return [event["id"] for event in answer["events"]]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock, endpoint = FakeClock(), FakeEndpoint()
    async with (
        running(tmp_path, endpoint, clock) as grid,
        TestClient(TestServer(build_app(grid, clock.now))) as client,
    ):
        yield World(client, endpoint, clock)


async def test_a_published_batch_is_accepted(world: World) -> None:
    """The answer is exactly 200, and the events are there to be seen, in order."""
    assert (200, None) == await world.publish("a", "b")
    assert ["a", "b"] == await world.accepted()


@pytest.mark.parametrize("key", ["", "wrong"])
async def test_a_wrong_key_is_refused(world: World, key: str) -> None:
    """401 in Azure's shape, and nothing is accepted."""
    status, answer = await world.publish("a", key=key)
    assert (401, "Unauthorized") == (status, answer["error"]["code"])
    assert [] == await world.accepted()


async def test_an_unknown_topic_is_not_found(world: World) -> None:
    """A wrong name in the endpoint shows."""
    status, answer = await world.publish("a", path="/topics/other/api/events")
    assert (404, "ResourceNotFound") == (status, answer["error"]["code"])


async def test_an_invalid_event_refuses_the_batch(world: World) -> None:
    """400 says what is wrong; the good events of the batch are not accepted either."""
    status, answer = await world.publish("a", "")
    assert (400, "InputJsonInvalid") == (status, answer["error"]["details"][0]["code"])
    assert [] == await world.accepted()


async def test_too_large_a_request_is_refused(world: World) -> None:
    """More than 1 MiB is 413 in Azure's shape."""
    headers = {"aeg-sas-key": LOCAL_TOPIC_KEY, "Content-Type": BATCH}
    status, answer = await world.ask("POST", EVENTS, "[" + " " * 1024 * 1024 + "]", headers)
    assert (413, "RequestEntityTooLarge") == (status, answer["error"]["code"])


async def test_other_methods_are_refused_in_the_same_shape(world: World) -> None:
    """Even what the router refuses is a JSON error."""
    status, answer = await world.ask("GET", EVENTS)
    assert (405, "MethodNotAllowed") == (status, answer["error"]["code"])


async def test_a_scripted_outage_ends_by_itself_or_on_request(world: World) -> None:
    """It answers its status; after its seconds, or its deletion, the topic answers again."""
    await world.ask("POST", "/topics/intray/fault", json.dumps({"seconds": 60}))
    assert 503 == (await world.publish("a"))[0]
    world.clock.advance(60)
    assert 200 == (await world.publish("b"))[0]
    await world.ask("POST", "/topics/intray/fault")
    assert 204 == (await world.ask("DELETE", "/topics/intray/fault"))[0]
    assert 200 == (await world.publish("c"))[0]


async def test_an_outage_may_lose_only_the_answer(world: World) -> None:
    """With `accept` the publisher hears 503 though the event was taken, and will send it again."""
    await world.ask("POST", "/topics/intray/fault", json.dumps({"accept": True}))
    assert 503 == (await world.publish("a"))[0]
    assert ["a"] == await world.accepted()


async def test_events_are_paged_by_number(world: World) -> None:
    """`next` continues where the page ended, and stays when there is nothing new."""
    await world.publish("a", "b", "c")
    _, first = await world.ask("GET", "/events?limit=2")
    _, second = await world.ask("GET", f"/events?since={first['next']}&topic=intray")
    _, third = await world.ask("GET", f"/events?since={second['next']}")
    assert [["a", "b"], ["c"], []] == [[one["id"] for one in page["events"]] for page in (first, second, third)]
    assert second["next"] == third["next"]


async def test_a_subscription_is_made_shown_and_deleted(world: World) -> None:
    """Put answers 201 with what may be shown: never the endpoint's key."""
    status, view = await world.ask("PUT", "/subscriptions/sub-one", json.dumps(HOOK))
    assert (201, "Succeeded", "http://127.0.0.1/hook") == (status, view["provisioningState"], view["endpointBaseUrl"])
    assert (200, [view]) == await world.ask("GET", "/subscriptions")
    assert "s3cret" not in json.dumps(view)
    assert [204, 404] == [(await world.ask("DELETE", "/subscriptions/sub-one"))[0] for _ in range(2)]


async def test_a_refused_handshake_says_why(world: World) -> None:
    """400 with the reason of the endpoint, without its key."""
    world.endpoint.refusals = 1
    status, answer = await world.ask("PUT", "/subscriptions/sub-one", json.dumps(HOOK))
    assert (400, "Endpoint validation") == (status, answer["error"]["code"])
    assert "not ready" in answer["error"]["message"]
    assert "s3cret" not in answer["error"]["message"]


async def test_a_handshake_may_be_waited_for(world: World) -> None:
    """`wait` seconds are given to a subscriber that is still starting."""
    world.endpoint.refusals = 1
    assert 201 == (await world.ask("PUT", "/subscriptions/sub-one?wait=5", json.dumps(HOOK)))[0]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/subscriptions/sub-one", "{"),
        ("PUT", "/subscriptions/sub-one", "[]"),
        ("PUT", "/subscriptions/sub-one", json.dumps({**HOOK, "topic": "other"})),
        ("PUT", "/subscriptions/sub-one", json.dumps({**HOOK, "unknown": 1})),
        ("PUT", "/subscriptions/sub-one?wait=x", json.dumps(HOOK)),
        ("PUT", "/subscriptions/a", json.dumps(HOOK)),
        ("GET", "/events?since=x", None),
        ("POST", "/topics/intray/fault", '{"status": 200}'),
    ],
)
async def test_a_wrong_request_is_the_callers_fault(world: World, method: str, path: str, body: str | None) -> None:
    """400 and a sentence, never 500."""
    status, answer = await world.ask(method, path, body)
    assert (400, "BadRequest") == (status, answer["error"]["code"])
