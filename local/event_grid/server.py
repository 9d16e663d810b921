"""The HTTP API: publishing as in Event Grid, and management of subscriptions and scripted outages.

POST        /topics/{topic}/api/events     publish; 200 when the events are on disk
POST DELETE /topics/{topic}/fault          begin or end a scripted outage
GET         /events?since=&limit=&topic=   accepted events with their deliveries
GET         /subscriptions                 subscriptions with their state and deliveries
PUT DELETE  /subscriptions/{name}[?wait=]  create or replace after a handshake; delete
"""

import hmac
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from local.event_grid.delivery.scripted_faults import Outage, Outages
from local.event_grid.delivery.webhook import HandshakeRefusedError
from local.event_grid.grid import Grid
from local.event_grid.state.config import LOCAL_TOPIC_KEY, Subscription
from local.event_grid.state.schema import MAX_BYTES, PublishRefused, parse, too_large

_MAX_READ_BYTES = 16 * MAX_BYTES
"""Bytes read of a request before it is refused; a client whose upload is cut off would not see the 413."""

_OBJECT = TypeAdapter(dict[str, Any])
_SECONDS = TypeAdapter(float)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(grid: Grid, now: Callable[[], float] = time.time) -> web.Application:
    """Return the application; errors have Event Grid's format."""
    app = web.Application(client_max_size=_MAX_READ_BYTES, middlewares=[_errors_as_json])
    publishing = Publishing(grid, Outages(now))
    management = Management(grid)
    app.router.add_post("/topics/{topic}/api/events", publishing.publish)
    app.router.add_post("/topics/{topic}/fault", publishing.begin_outage)
    app.router.add_delete("/topics/{topic}/fault", publishing.end_outage)
    app.router.add_get("/events", management.events)
    app.router.add_get("/subscriptions", management.subscriptions)
    app.router.add_put("/subscriptions/{name}", management.put_subscription)
    app.router.add_delete("/subscriptions/{name}", management.delete)
    return app


@web.middleware
async def _errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        answer = await handler(request)
    except PublishRefused as refused:
        answer = _refusal(refused)
    except web.HTTPRequestEntityTooLarge:
        answer = _refusal(too_large(MAX_BYTES))
    except web.HTTPException as error:
        answer = _refusal(PublishRefused(error.status, error.reason.title().replace(" ", ""), error.reason))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        answer = _refusal(PublishRefused(400, "BadRequest", problems))
    answer.headers["x-ms-request-id"] = str(uuid.uuid4())
    answer.headers["api-supported-versions"] = "2018-01-01"
    return answer


def _refusal(refused: PublishRefused) -> web.Response:
    return web.json_response(refused.body, status=refused.status)


class Page(BaseModel):
    """Which accepted events to show: those after number `since`, at most `limit`, of one topic or of all."""

    model_config = ConfigDict(extra="forbid")
    since: int = 0
    limit: int = Field(default=1000, ge=1, le=5000)
    topic: str | None = None


class Publishing:
    """The data plane of the custom topics."""

    def __init__(self, grid: Grid, outages: Outages) -> None:
        self._grid = grid
        self._outages = outages

    async def publish(self, request: web.Request) -> web.Response:
        """Accept a batch, or refuse all of it."""
        topic = self._topic(request)
        if not hmac.compare_digest(request.headers.get("aeg-sas-key", "").encode(), LOCAL_TOPIC_KEY.encode()):
            raise PublishRefused(401, "Unauthorized", f"The request authorization key is not authorized for {topic}.")
        outage = self._outages.current(topic)
        if outage is None or outage.accept:
            events = parse(await request.read(), request.content_type)
            await self._grid.publish(topic, events)
        if outage is None:
            return web.Response(status=200)
        code = {429: "TooManyRequests", 503: "ServiceUnavailable"}.get(outage.status, f"Http{outage.status}")
        body = PublishRefused(outage.status, code, "A scripted outage.").body
        return web.json_response(body, status=outage.status)

    async def begin_outage(self, request: web.Request) -> web.Response:
        """Begin the outage in the request's body."""
        topic = self._topic(request)
        outage = Outage.model_validate_json(await request.read() or b"{}")
        self._outages.begin(topic, outage)
        return web.json_response(outage.model_dump())

    async def end_outage(self, request: web.Request) -> web.Response:
        """End the topic's outage."""
        self._outages.end(self._topic(request))
        return web.Response(status=204)

    def _topic(self, request: web.Request) -> str:
        topic = request.match_info["topic"]
        if topic not in self._grid.config.topics:
            raise PublishRefused(404, "ResourceNotFound", "There is no such topic.")
        return topic


class Management:
    """Subscriptions and accepted events."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    async def events(self, request: web.Request) -> web.Response:
        """Return accepted events after number `since`; `next` is the `since` of the next request."""
        page = Page.model_validate(dict(request.query))
        events = await self._grid.store.list_events(page.since, page.limit, page.topic)
        return web.json_response({"events": events, "next": events[-1]["number"] if events else page.since})

    async def subscriptions(self, _request: web.Request) -> web.Response:
        """Return all subscriptions with the number of deliveries in each state."""
        return web.json_response(list((await self._grid.describe_subscriptions()).values()))

    async def put_subscription(self, request: web.Request) -> web.Response:
        """Create or replace a subscription; the handshake is tried for `wait` seconds."""
        name = request.match_info["name"]
        body = _OBJECT.validate_json(await request.read())
        subscription = Subscription.model_validate({**body, "name": name})
        wait = _SECONDS.validate_python(request.query.get("wait", "0"))
        try:
            await self._grid.put_subscription(subscription, wait)
        except HandshakeRefusedError as error:
            message = f"The attempt to validate the provided endpoint {subscription.shown_destination} failed: {error}."
            raise PublishRefused(400, "Endpoint validation", message) from error
        except ValueError as error:
            raise PublishRefused(400, "BadRequest", str(error)) from error
        return web.json_response((await self._grid.describe_subscriptions())[name], status=201)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a subscription with its pending deliveries."""
        if not await self._grid.delete(request.match_info["name"]):
            raise PublishRefused(404, "ResourceNotFound", "There is no such subscription.")
        return web.Response(status=204)
