"""The addresses that Event Grid calls: `/runtime/webhooks/blobs` and `/runtime/webhooks/eventgrid`.

Both take the Event Grid schema and CloudEvents 1.0, and answer the handshake of each.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.host.settings.keys import Keys
from local.host.triggers.blob_trigger import BlobQueue
from local.host.workers.functions import Function
from local.host.workers.pool import WorkerPool
from local.host.workers.process import Call
from local.host.workers.wire import json_data

type Event = Mapping[str, Any]

_VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"


class Webhooks:
    """Receives events for blob functions and Event Grid functions.

    Args:
        functions: the functions with an Event Grid trigger.
        blob_queue: where blob events go.
        pool: runs the functions.
        keys: the system key of each webhook is asked for.
    """

    def __init__(self, functions: list[Function], blob_queue: BlobQueue, pool: WorkerPool, keys: Keys) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._blob_queue = blob_queue
        self._pool = pool
        self._keys = keys

    async def blobs(self, request: web.Request) -> web.Response:
        """Queue blob events for the function `functionName=Host.Functions.NAME`: 202 when all are queued.

        One that names no blob (400) does not keep the others of its delivery from the queue.
        """
        if not self._keys.admit_webhook(request, "blobs_extension"):
            return web.Response(status=401)
        events = await _events(request)
        if isinstance(events, web.Response):
            return events
        invalid = ""
        for event in events:
            try:
                await self._blob_queue.send_event(request.query.get("functionName", ""), event["data"])
            except (KeyError, TypeError, ValueError) as error:
                invalid = f"an event is no storage event: {type(error).__name__}"
        return web.Response(status=400, text=invalid) if invalid else web.Response(status=202)

    async def event_grid(self, request: web.Request) -> web.Response:
        """Run the function `functionName=NAME` for each event: 202 when all succeeded, 500 otherwise."""
        if not self._keys.admit_webhook(request, "eventgrid_extension"):
            return web.Response(status=401)
        name = request.query.get("functionName", "")
        function = self._functions.get(name.lower())
        if function is None:
            return web.Response(status=404, text=f"cannot find function: '{name}'")
        events = await _events(request)
        if isinstance(events, web.Response):
            return events
        calls = [Call(function, {function.trigger.parameter: json_data(event)}) for event in events]
        outcomes = await asyncio.gather(*(self._pool.invoke(call) for call in calls))
        return web.Response(status=202 if all(outcome.is_success for outcome in outcomes) else 500)


async def _events(request: web.Request) -> list[Event] | web.Response:
    """Return the events of a delivery, or the answer when the request is a handshake or no delivery."""
    if request.method == "OPTIONS":
        origin = request.headers.get("WebHook-Request-Origin", "")
        return web.Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})
    event_type = request.headers.get("aeg-event-type", "Notification")
    if event_type == "Unsubscribe":
        return web.Response(status=202)
    if event_type not in {"Notification", "SubscriptionValidation"}:
        return web.Response(status=400, text=f"unknown aeg-event-type {event_type}")
    try:
        events = _parse_events(await request.read())
    except ValueError as error:
        return web.Response(status=400, text=str(error))
    if any(event.get("eventType") == _VALIDATION for event in events):
        return web.json_response({"validationResponse": events[0]["data"]["validationCode"]})
    return events


def _parse_events(body: bytes) -> list[Event]:
    """Return one event or a list of them. Raises ValueError for anything else."""
    parsed = json.loads(body)
    events: list[Event] = parsed if isinstance(parsed, list) else [parsed]
    if not all(isinstance(event, dict) for event in events):
        raise ValueError("the body is no event and no list of events")
    return events
