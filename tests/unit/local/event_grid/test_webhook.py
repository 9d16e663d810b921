"""What goes over the wire to a subscriber: handshakes and deliveries."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from local.event_grid.delivery.retry import Outcome
from local.event_grid.delivery.webhook import HandshakeRefusedError, Webhook
from local.event_grid.state.config import STORAGE_TOPIC, Subscription
from local.event_grid.state.schema import Event
from local.event_grid.state.tables import Delivery
from tests.support.event_grid import START, cloud_event, grid_event, subscription


@dataclass
class Subscriber:
    """A webhook that answers as told and remembers what it was asked."""

    webhook: Webhook
    server: BaseTestServer = field(init=False)
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answer: Callable[[Any], web.Response] = lambda _: web.Response()
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        asked = json.loads(body) if body else None
        self.requests.append((request.method, {k.lower(): v for k, v in request.headers.items()}, asked))
        return self.answer(asked)

    def subscription(self, topic: str = "intray") -> Subscription:
        return subscription(topic=topic, endpointUrl=self.url)

    async def send(self, event: Event, attempts: int = 0) -> Outcome:
        delivery = Delivery(1, 1, event, START, START, START + 1, attempts)
        return await self.webhook.send(self.subscription(), delivery)

    async def shake_hands(self, topic: str = "intray") -> None:
        await self.webhook.shake_hands(self.subscription(topic), "/topic")


@pytest.fixture
async def subscriber() -> AsyncIterator[Subscriber]:
    app = web.Application()
    async with aiohttp.ClientSession() as session:
        made = Subscriber(Webhook(session))
        app.router.add_route("*", "/hook", made.handle)
        async with TestServer(app) as made.server:
            made.url = f"{made.server.make_url('/hook')}?code=abc"
            yield made


@pytest.mark.parametrize("allowed", ["eventgrid.azure.net", "*"])
async def test_cloud_events_ask_for_permission(subscriber: Subscriber, allowed: str) -> None:
    """OPTIONS names who asks; the same origin or a star is consent."""
    subscriber.answer = lambda _: web.Response(headers={"WebHook-Allowed-Origin": allowed})
    await subscriber.shake_hands()
    ((method, headers, _),) = subscriber.requests
    assert ("OPTIONS", "eventgrid.azure.net") == (method, headers["webhook-request-origin"])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: web.Response(), "answered 200 with WebHook-Allowed-Origin missing"),
        (lambda _: web.Response(headers={"WebHook-Allowed-Origin": "example.org"}), "answered 200 with .* example.org"),
        (lambda _: web.Response(status=405, headers={"WebHook-Allowed-Origin": "*"}), "answered 405"),
        (lambda _: web.Response(status=302, headers={"WebHook-Allowed-Origin": "*", "Location": "/"}), "answered 302"),
    ],
)
async def test_silence_is_no_permission(
    subscriber: Subscriber, answer: Callable[[Any], web.Response], reason: str
) -> None:
    """Without the header, for another origin, or with an error, the endpoint has not agreed."""
    subscriber.answer = answer
    with pytest.raises(HandshakeRefusedError, match=reason):
        await subscriber.shake_hands()


async def test_event_grid_sends_a_code_to_repeat(subscriber: Subscriber) -> None:
    """The validation event carries the code, and the answer must repeat it."""
    subscriber.answer = lambda asked: web.json_response({"validationResponse": asked[0]["data"]["validationCode"]})
    await subscriber.shake_hands(STORAGE_TOPIC)
    ((method, headers, asked),) = subscriber.requests
    assert ("POST", "SubscriptionValidation", "SUB-ONE") == (
        method,
        headers["aeg-event-type"],
        headers["aeg-subscription-name"],
    )
    assert "Microsoft.EventGrid.SubscriptionValidationEvent" == asked[0]["eventType"]


@pytest.mark.parametrize("body", ["", "null", "[]", '{"validationResponse": "wrong"}', "{}"])
async def test_a_wrong_code_is_refused(subscriber: Subscriber, body: str) -> None:
    """An endpoint that says 200 to everything has not proved that it expects these events."""
    subscriber.answer = lambda _: web.Response(text=body)
    with pytest.raises(HandshakeRefusedError, match="answered 200 without the validation code"):
        await subscriber.shake_hands(STORAGE_TOPIC)


async def test_a_closed_port_refuses(subscriber: Subscriber) -> None:
    """The reason says that nothing answers, and not where: the address may hold a key."""
    await subscriber.server.close()
    with pytest.raises(HandshakeRefusedError, match=r"^not reachable \(ClientConnectorError\)$"):
        await subscriber.shake_hands()


async def test_a_cloud_event_is_one_object(subscriber: Subscriber) -> None:
    """The body is the event, with the headers of a notification and the number of attempts before."""
    event = cloud_event()
    assert Outcome(200, "Ok") == await subscriber.send(event, attempts=2)
    ((_, headers, asked),) = subscriber.requests
    assert event.body == asked
    expected = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "aeg-event-type": "Notification",
        "aeg-subscription-name": "SUB-ONE",
        "aeg-delivery-count": "2",
        "aeg-metadata-version": "1.0",
        "aeg-output-event-id": "e1",
        "origin": "eventgrid.azure.net",
    }
    assert expected == {name: headers[name] for name in expected}
    assert "aeg-data-version" not in headers


async def test_an_event_grid_event_is_an_array_of_one(subscriber: Subscriber) -> None:
    """The Event Grid schema wraps even a single event, and names its data version."""
    event = grid_event()
    await subscriber.send(event)
    ((_, headers, asked),) = subscriber.requests
    assert [event.body] == asked
    assert ("1", "1.0") == (headers["aeg-metadata-version"], headers["aeg-data-version"])


async def test_a_redirect_is_not_followed(subscriber: Subscriber) -> None:
    """The answer to the delivery itself is what counts."""
    subscriber.answer = lambda _: web.Response(status=307, headers={"Location": "/elsewhere"})
    assert Outcome(307, "TemporaryRedirect") == await subscriber.send(cloud_event())


async def test_a_closed_port_is_an_outcome(subscriber: Subscriber) -> None:
    """A subscriber that is down is a failed attempt, not an error of ours."""
    await subscriber.server.close()
    assert Outcome(None, "SocketError") == await subscriber.send(cloud_event())
