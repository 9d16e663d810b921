"""The Events port: the real Event Grid client against a small endpoint, and its twin."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest
from azure.core.credentials import AccessToken

from shared.adapters.events.event_grid import EventGridEvents
from shared.domain.base.errors import Blocked, Permanent, Retryable, Throttled, Unavailable
from shared.domain.documents.event import Event
from shared.ports.events import Events
from shared.testing.events import MemoryEvents
from tests.conformance.loopback import Loopback

PATH = "/topics/intray/api/events"


def event(number: int) -> Event:
    return Event(
        id=f"d1-r1-{number}",
        name="finalized",
        source="/accounts/a/incoming",
        subject="documents/d1",
        time=datetime(2026, 11, 22, 12, 0, number, tzinfo=UTC),
        data={"document_id": "d1", "name": "Büro 💶.pdf", "cost_usd": 0.25, "reasons": [{"code": "a"}]},
    )


@dataclass(frozen=True)
class Topic:
    """A topic, the ids that it took, and a way to let it fail: `away` or `refused`."""

    events: Events
    taken: Callable[[], list[str]]
    fail: Callable[[str], None]


@pytest.fixture
async def adapter(loopback: Loopback) -> AsyncIterator[EventGridEvents]:
    grid = EventGridEvents.from_key(f"{loopback.url}{PATH}", "a key", retries=0)
    yield grid
    await grid.close()


@pytest.fixture
def topic(kind: str, adapter: EventGridEvents, loopback: Loopback) -> Topic:
    if kind == "memory":
        memory = MemoryEvents()

        def fail(how: str) -> None:
            memory.failure = Unavailable("away") if how == "away" else Permanent("event_refused", "no")

        return Topic(memory, lambda: [taken.id for taken in memory.published], fail)

    def taken() -> list[str]:
        return [item["id"] for asked in loopback.asked for item in json.loads(asked.body)]

    return Topic(adapter, taken, lambda how: loopback.say(503 if how == "away" else 413))


async def test_events_arrive_in_order(topic: Topic) -> None:
    """One call hands over a batch; the next call comes after it."""
    await topic.events.publish([event(number) for number in range(3)])
    await topic.events.publish([event(3)])
    assert ["d1-r1-0", "d1-r1-1", "d1-r1-2", "d1-r1-3"] == topic.taken()


async def test_a_topic_that_is_away_is_asked_again_later(topic: Topic) -> None:
    """Retryable: the outbox keeps the events."""
    topic.fail("away")
    with pytest.raises(Retryable):
        await topic.events.publish([event(1)])


async def test_a_refusal_is_permanent(topic: Topic) -> None:
    """Sending the same again would be refused again."""
    topic.fail("refused")
    with pytest.raises(Permanent) as caught:
        await topic.events.publish([event(1)])
    assert "event_refused" == caught.value.code


async def test_the_wire_format_is_a_batch_of_cloud_events(adapter: EventGridEvents, loopback: Loopback) -> None:
    """All of CloudEvents 1.0 that subscribers rely on, with the topic's key in its header."""
    await adapter.publish([event(7)])
    asked = loopback.asked[0]
    assert f"{PATH}?api-version=2018-01-01" == asked.path
    assert "a key" == asked.headers["aeg-sas-key"]
    assert asked.headers["Content-Type"].startswith("application/cloudevents-batch+json")
    assert [
        {
            "specversion": "1.0",
            "id": "d1-r1-7",
            "source": "/accounts/a/incoming",
            "subject": "documents/d1",
            "type": "dev.intray.document.finalized.v1",
            "time": "2026-11-22T12:00:07.000Z",
            "dataschema": "https://intray.dev/events/finalized.v1.json",
            "datacontenttype": "application/json",
            "data": event(7).data,
        }
    ] == json.loads(asked.body)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_topic_that_does_not_let_us_in_is_for_an_operator(
    adapter: EventGridEvents, loopback: Loopback, status: int
) -> None:
    """The events stay in the outbox until the role is in force; the message does not name the key."""
    loopback.say(status, {"error": {"code": "X", "message": "no"}})
    with pytest.raises(Blocked) as caught:
        await adapter.publish([event(1)])
    assert "topic_access_denied" == caught.value.code
    assert "a key" not in str(caught.value)


async def test_publishing_has_one_time_limit(loopback: Loopback) -> None:
    """A topic that sends a blank now and then keeps the connection alive, and never the step."""
    from azure.core.credentials import AzureKeyCredential
    from azure.eventgrid.aio import EventGridPublisherClient

    loopback.fault = "drip"
    client = EventGridPublisherClient(loopback.url + "/api/events", AzureKeyCredential("a key"))
    events = EventGridEvents(client, timedelta(milliseconds=200))
    with pytest.raises(Unavailable) as caught:
        await events.publish([event(1)])
    assert "timeout" == caught.value.code
    await events.close()


@pytest.mark.parametrize("status", [400, 413])
async def test_events_that_are_refused_are_permanent(adapter: EventGridEvents, loopback: Loopback, status: int) -> None:
    """The message names what to check, and not the key."""
    loopback.say(status, {"error": {"code": "X", "message": "no"}})
    with pytest.raises(Permanent) as caught:
        await adapter.publish([event(1)])
    assert "event_refused" == caught.value.code
    assert "a key" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind_of", "delay"),
    [(429, Throttled, 7), (503, Unavailable, 7), (500, Unavailable, 7), (404, Unavailable, 5), (202, Unavailable, 7)],
)
async def test_any_other_answer_is_tried_again(
    adapter: EventGridEvents, loopback: Loopback, status: int, kind_of: type[Retryable], delay: int
) -> None:
    """Exactly 200 means taken. What the server says about waiting is kept (the SDK drops it from a 404)."""
    loopback.say(status, {}, {"Retry-After": "7"})
    with pytest.raises(kind_of) as caught:
        await adapter.publish([event(1)])
    assert timedelta(seconds=delay) == caught.value.delay
    assert 1 == len(loopback.asked)


async def test_a_dropped_connection_is_unavailable(adapter: EventGridEvents, loopback: Loopback) -> None:
    """It may have been taken: the next try brings the same id."""
    loopback.fault = "drop"
    with pytest.raises(Unavailable):
        await adapter.publish([event(1)])


async def test_an_identity_sends_its_token(loopback: Loopback) -> None:
    """Without a key the topic is reached as somebody; the SDK refuses to send tokens over plain HTTP."""

    class Credential:
        async def get_token(self, *scopes: str, **options: object) -> AccessToken:
            return AccessToken("token", 4102444800)

        async def close(self) -> None:
            pass

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *exc: object) -> None:
            pass

    grid = EventGridEvents.from_identity(f"{loopback.url}{PATH}", Credential(), retries=0)
    with pytest.raises(Unavailable):
        await grid.publish([event(1)])
    assert [] == loopback.asked
    await grid.close()
