"""A subscriber that believes nothing: keeps every delivery, and looks whether a result was there when it was told."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Delivery:
    """One delivered event: `id`, `source`, `type`, `data`, and its whole body but for what is Event Grid's own."""

    id: str
    source: str
    type: str
    data: dict[str, Any]
    body: str

    @property
    def name(self) -> str:
        """The event's short name, for example `finalized`."""
        return self.type.split(".")[-2]

    @property
    def fact(self) -> tuple[str, int, str]:
        """What it is about: document, run, name (of a correction: and its revision)."""
        again = f".{self.data['revision']}" if "revision" in self.data else ""
        return str(self.data["document_id"]), int(self.data["run"]), self.name + again


class Witness:
    """Keeps deliveries in the order in which they came.

    `outcome_stands` is asked at the first delivery of each `finalized`; `premature` are the ids for which it said no.
    """

    def __init__(self, outcome_stands: Callable[[Delivery], Awaitable[bool]]) -> None:
        self.deliveries: list[Delivery] = []
        self.premature: list[str] = []
        self._stands = outcome_stands
        self._asked: set[str] = set()

    async def receive(self, request: web.Request) -> web.Response:
        """Return one event a request, as CloudEvents in JSON."""
        event = json.loads(await request.read())
        delivery = Delivery(
            event["id"], event["source"], event["type"], event["data"], json.dumps(event, sort_keys=True)
        )
        if delivery.name == "finalized" and delivery.id not in self._asked:
            self._asked.add(delivery.id)
            if not await self._stands(delivery):
                self.premature.append(delivery.id)
        self.deliveries.append(delivery)
        return web.Response()

    async def permit(self, request: web.Request) -> web.Response:
        """Return the handshake of CloudEvents webhooks."""
        return web.Response(headers={"WebHook-Allowed-Origin": request.headers.get("WebHook-Request-Origin", "*")})


@asynccontextmanager
async def serve(witness: Witness) -> AsyncIterator[str]:
    """Yield the witness on loopback for the length of a block; the address of its webhook."""
    app = web.Application()
    app.router.add_options("/events", witness.permit)
    app.router.add_post("/events", witness.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/events"
    finally:
        await runner.cleanup()
