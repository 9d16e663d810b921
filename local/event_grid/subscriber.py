"""`python -m local.event_grid.subscriber --out FILE.jsonl`: a webhook for CloudEvents, as a downstream system has it.

It answers the handshake, reads events with the `cloudevents` package, and stores each event once: delivery is at least
once, so it de-duplicates by source and id, and writes an event to disk before it answers.

    POST OPTIONS /events    called by Event Grid
    GET          /events    the stored events, oldest first
    GET          /counts    {"requests", "events", "duplicates", "refused", "types": {type: count}}
"""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.exceptions import BaseCloudEventException
from pydantic import TypeAdapter

from local.processes import Shutdown, announce

_OBJECT = TypeAdapter(dict[str, Any])


class EventFile:
    """The received events in a file, one JSON object per line, each event once."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; its events count as received. Raises OSError, or ValueError on a bad line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.events: list[dict[str, Any]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        self._keys = {(event["source"], event["id"]) for event in self.events}
        self._file = path.open("a", encoding="utf-8")
        self.counts = Counter[str]()

    def append(self, event: BaseCloudEvent) -> None:
        """Write a new event to disk; count a duplicate."""
        key = (event.get_source(), event.get_id())
        if key in self._keys:
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
        self._keys.add(key)
        self.events.append(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Webhook:
    """The HTTP API of an event file."""

    def __init__(self, file: EventFile) -> None:
        self._received = file

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=2 * 1024 * 1024)
        app.router.add_options("/events", self.permit)
        app.router.add_post("/events", self.receive)
        app.router.add_get("/events", self.events)
        app.router.add_get("/counts", self.counts)
        return app

    async def permit(self, request: web.Request) -> web.Response:
        """Consent to any sender; a real subscriber would check who it is."""
        origin = request.headers.get("WebHook-Request-Origin", "*")
        return web.Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})

    async def receive(self, request: web.Request) -> web.Response:
        """Store the event of a delivery; 400 for what is no CloudEvent."""
        self._received.counts["requests"] += 1
        body = await request.read()
        try:
            _OBJECT.validate_json(body)
            self._received.append(from_http_event(HTTPMessage(dict(request.headers), body)))
        except (BaseCloudEventException, ValueError, TypeError) as error:
            self._received.counts["refused"] += 1
            logging.getLogger(__name__).warning("refused a delivery: %s", type(error).__name__)
            return web.Response(status=400)
        return web.Response(status=200)

    async def events(self, _request: web.Request) -> web.Response:
        """Return the stored events."""
        return web.json_response(self._received.events)

    async def counts(self, _request: web.Request) -> web.Response:
        """Return counts since the start of the process; `events` and `types` are those of the file."""
        counts = {name: self._received.counts[name] for name in ("requests", "duplicates", "refused")}
        types = Counter(event["type"] for event in self._received.events)
        return web.json_response({**counts, "events": len(self._received.events), "types": types})


async def _serve(out: Path, port: int) -> None:
    shutdown = Shutdown()
    file = EventFile(out)
    runner = web.AppRunner(Webhook(file).app(), access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    announce(url=url, endpoint=f"{url}/events")
    await shutdown.requested.wait()
    await runner.cleanup()
    file.close()


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
