"""`python -m local.event_grid.subscriber --out FILE.jsonl`: a webhook as a downstream system would write it.

It answers both handshakes, reads events with the `cloudevents` package, and keeps each event once: delivery is at least
once, so it de-duplicates on source and id, and has an event on disk before it says so.

    POST OPTIONS /events    what Event Grid calls
    GET          /events    what was kept, oldest first
    GET          /counts    {"requests", "events", "duplicates", "refused", "types": {type: count}}
"""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

from aiohttp import web
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.v1.event import CloudEvent
from pydantic import AwareDatetime, TypeAdapter

from local.event_grid.state.schema import BATCH_TYPE
from local.processes import Shutdown, announce


class _GridEvent(TypedDict):
    id: str
    topic: str
    subject: str
    eventType: str
    eventTime: AwareDatetime
    data: dict[str, Any]


_OBJECT = TypeAdapter(dict[str, Any])
_OBJECTS = TypeAdapter(list[dict[str, Any]])
_GRID_EVENTS = TypeAdapter(list[_GridEvent])
_VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"


class Ledger:
    """The events in a file, one JSON object a line, each once."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; what it holds counts as seen. Raises OSError, or ValueError on a bad line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.events: list[dict[str, Any]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        self._seen = {(event["source"], event["id"]) for event in self.events}
        self._file = path.open("a", encoding="utf-8")
        self.counts = Counter[str]()

    def keep(self, event: BaseCloudEvent) -> None:
        """Append an event that is new, to the disk; count one that is not."""
        key = (event.get_source(), event.get_id())
        if key in self._seen:
            self.counts["duplicates"] += 1
            return
        time = event.get_time()
        line = {
            "received": datetime.now(UTC).isoformat(),
            "id": event.get_id(),
            "source": event.get_source(),
            "type": event.get_type(),
            "subject": event.get_subject(),
            "time": time.isoformat() if time else None,
            "dataschema": event.get_dataschema(),
            "data": event.get_data(),
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._seen.add(key)
        self.events.append(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Webhook:
    """The HTTP face of the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=2 * 1024 * 1024)
        app.router.add_options("/events", self.permit)
        app.router.add_post("/events", self.receive)
        app.router.add_get("/events", self.events)
        app.router.add_get("/counts", self.counts)
        return app

    async def permit(self, request: web.Request) -> web.Response:
        """Let whoever asks send events; a real subscriber would look at who it is."""
        origin = request.headers.get("WebHook-Request-Origin", "*")
        return web.Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})

    async def receive(self, request: web.Request) -> web.Response:
        """Keep the events of a delivery, or answer the validation event; 400 for what is no event."""
        self._ledger.counts["requests"] += 1
        body = await request.read()
        try:
            if request.headers.get("aeg-event-type") == "SubscriptionValidation":
                return _validation_answer(body)
            for event in list(_events(request.headers, request.content_type, body)):
                self._ledger.keep(event)
        except (BaseCloudEventException, ValueError, TypeError) as error:
            self._ledger.counts["refused"] += 1
            logging.getLogger(__name__).warning("refused a delivery: %s", type(error).__name__)
            return web.Response(status=400)
        return web.Response(status=200)

    async def events(self, _request: web.Request) -> web.Response:
        """Return every event that was kept."""
        return web.json_response(self._ledger.events)

    async def counts(self, _request: web.Request) -> web.Response:
        """Since the start of the process, but `events` and `types`: those of the file."""
        counts = {name: self._ledger.counts[name] for name in ("requests", "duplicates", "refused")}
        types = Counter(event["type"] for event in self._ledger.events)
        return web.json_response({**counts, "events": len(self._ledger.events), "types": types})


def _events(headers: Mapping[str, str], content_type: str, body: bytes) -> Iterator[BaseCloudEvent]:
    """Yield the events of a delivery in any of the forms that Event Grid knows."""
    if content_type == BATCH_TYPE:
        for item in _OBJECTS.validate_json(body):
            yield from_http_event(HTTPMessage({}, json.dumps(item).encode()))
    elif content_type == "application/json" and headers.get("aeg-event-type") and "ce-id" not in headers:
        for one in _GRID_EVENTS.validate_json(body):
            attributes = {"id": one["id"], "source": one["topic"], "type": one["eventType"], "time": one["eventTime"]}
            yield CloudEvent({**attributes, **({"subject": one["subject"]} if one["subject"] else {})}, one["data"])
    else:
        if "ce-id" not in headers:
            _OBJECT.validate_json(body)
        yield from_http_event(HTTPMessage(dict(headers), body))


def _validation_answer(body: bytes) -> web.Response:
    event = next(iter(_GRID_EVENTS.validate_json(body)), None)
    if event is None or event["eventType"] != _VALIDATION:
        raise ValueError("not a validation event")
    return web.json_response({"validationResponse": event["data"].get("validationCode")})


async def _serve(out: Path, port: int) -> None:
    shutdown = Shutdown()
    ledger = Ledger(out)
    runner = web.AppRunner(Webhook(ledger).app(), access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    announce(url=url, endpoint=f"{url}/events")
    await shutdown.requested.wait()
    await runner.cleanup()
    ledger.close()


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m local.event_grid.subscriber", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--out", type=Path, required=True, help="file to append new events to, one JSON object a line")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s subscriber %(levelname)s %(message)s"
    )
    asyncio.run(_serve(options.out, options.port))


if __name__ == "__main__":
    main()
