"""The HTTP face: publishing as Event Grid's data plane, subscriptions and inspection as a small API of our own.

POST        /topics/{topic}/api/events     publish; 200 when the events are on disk
POST DELETE /topics/{topic}/fault          begin or end a scripted outage
GET         /events?since=&limit=&topic=   accepted events with their deliveries
GET         /subscriptions[/{name}]        what subscriptions there are and how they fare
PUT DELETE  /subscriptions/{name}[?wait=]  create or replace after a handshake; delete
POST        /advance                       {"seconds": n}: move the clock ahead
"""

import hmac
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from local.event_grid.clock import AdvancingClock
from local.event_grid.delivery.scripted_faults import Outage, Outages
from local.event_grid.delivery.webhook import HandshakeRefusedError
from local.event_grid.grid import Grid, topic_id
from local.event_grid.state.config import Subscription, Topic
from local.event_grid.state.schema import MAX_BYTES, PublishRefused, parse, too_large

_READ_AT_MOST = 16 * MAX_BYTES
"""Bytes read of a request before it is refused: a client whose upload is cut off would not see the 413."""

_OBJECT = TypeAdapter(dict[str, Any])
_SECONDS = TypeAdapter(float)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(grid: Grid, clock: AdvancingClock) -> web.Application:
    """Return the application; requests end with errors in Event Grid's shape."""
    app = web.Application(client_max_size=_READ_AT_MOST, middlewares=[_errors_as_json])
    publishing = Publishing(grid, Outages(clock))
    inspection = Inspection(grid, clock)
    app.router.add_post("/topics/{topic}/api/events", publishing.publish)
    app.router.add_post("/topics/{topic}/fault", publishing.begin_outage)
    app.router.add_delete("/topics/{topic}/fault", publishing.end_outage)
    app.router.add_get("/events", inspection.events)
    app.router.add_get("/subscriptions", inspection.subscriptions)
    app.router.add_get("/subscriptions/{name}", inspection.subscription)
    app.router.add_put("/subscriptions/{name}", inspection.put)
    app.router.add_delete("/subscriptions/{name}", inspection.delete)
    app.router.add_post("/advance", inspection.advance)
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
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        answer = _refusal(PublishRefused(400, "BadRequest", wrong))
    answer.headers["x-ms-request-id"] = str(uuid.uuid4())
    answer.headers["api-supported-versions"] = "2018-01-01"
    return answer


def _refusal(refused: PublishRefused) -> web.Response:
    return web.json_response(refused.body, status=refused.status)


class Advance(BaseModel):
    """How far to move the clock, in seconds."""

    model_config = ConfigDict(extra="forbid")
    seconds: float = Field(gt=0)


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
        """Accept a batch, or refuse the whole of it."""
        topic = self._topic(request)
        if not hmac.compare_digest(request.headers.get("aeg-sas-key", "").encode(), topic.key.encode()):
            raise PublishRefused(
                401, "Unauthorized", f"The request authorization key is not authorized for {topic.name}."
            )
        outage = self._outages.strike(topic.name)
        if outage is None or outage.accept:
            events = parse(await request.read(), request.content_type, topic.input_schema, topic_id(topic.name))
            await self._grid.publish(topic.name, events)
        if outage is None:
            return web.Response(status=200)
        code = {429: "TooManyRequests", 503: "ServiceUnavailable"}.get(outage.status, f"Http{outage.status}")
        body = PublishRefused(outage.status, code, "A scripted outage.").body
        headers = {} if outage.retry_after is None else {"Retry-After": str(outage.retry_after)}
        return web.json_response(body, status=outage.status, headers=headers)

    async def begin_outage(self, request: web.Request) -> web.Response:
        """Return the body is an Outage."""
        topic = self._topic(request)
        outage = Outage.model_validate_json(await request.read() or b"{}")
        self._outages.begin(topic.name, outage)
        return web.json_response(outage.model_dump())

    async def end_outage(self, request: web.Request) -> web.Response:
        """Return the topic answers again."""
        self._outages.end(self._topic(request).name)
        return web.Response(status=204)

    def _topic(self, request: web.Request) -> Topic:
        topic = self._grid.config.topic(request.match_info["topic"])
        if topic is None:
            raise PublishRefused(404, "ResourceNotFound", "There is no such topic.")
        return topic


class Inspection:
    """Subscriptions, accepted events and the clock, for tests and the command line."""

    def __init__(self, grid: Grid, clock: AdvancingClock) -> None:
        self._grid = grid
        self._clock = clock

    async def events(self, request: web.Request) -> web.Response:
        """`since` is the number of the last event one has seen; `next` is what to ask with the next time."""
        page = Page.model_validate(dict(request.query))
        events = await self._grid.store.events(page.since, page.limit, page.topic)
        return web.json_response({"events": events, "next": events[-1]["number"] if events else page.since})

    async def subscriptions(self, _request: web.Request) -> web.Response:
        """Return all of them, with how many deliveries are in each state."""
        return web.json_response(list((await self._grid.views()).values()))

    async def subscription(self, request: web.Request) -> web.Response:
        """Return one of them."""
        view = (await self._grid.views()).get(request.match_info["name"])
        if view is None:
            raise PublishRefused(404, "ResourceNotFound", "There is no such subscription.")
        return web.json_response(view)

    async def put(self, request: web.Request) -> web.Response:
        """Create or replace one; the handshake is tried for `wait` seconds."""
        name = request.match_info["name"]
        body = _OBJECT.validate_json(await request.read())
        subscription = Subscription.model_validate({**body, "name": name})
        wait = _SECONDS.validate_python(request.query.get("wait", "0"))
        try:
            await self._grid.put(subscription, wait)
        except HandshakeRefusedError as error:
            message = f"The attempt to validate the provided endpoint {subscription.endpoint_base_url} failed: {error}."
            raise PublishRefused(400, "Endpoint validation", message) from error
        except ValueError as error:
            raise PublishRefused(400, "BadRequest", str(error)) from error
        return web.json_response((await self._grid.views())[name], status=201)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete one with what waits for it."""
        if not await self._grid.delete(request.match_info["name"]):
            raise PublishRefused(404, "ResourceNotFound", "There is no such subscription.")
        return web.Response(status=204)

    async def advance(self, request: web.Request) -> web.Response:
        """Move the clock ahead; what falls due by that is attempted at once."""
        self._clock.advance(Advance.model_validate_json(await request.read()).seconds)
        self._grid.wake()
        return web.json_response({"now": self._clock.now()})
