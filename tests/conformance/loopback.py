"""A small HTTP server on loopback that answers what a test tells it to, and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Loopback:
    """The next answers, in order; the last one is repeated.

    `fault` drops the connection, never answers (`silence`), or sends a blank now and then for ever (`drip`).
    """

    url: str = ""
    answers: list[web.Response] = field(default_factory=list)
    fault: str | None = None
    asked: list[Asked] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, status: int, body: object = None, headers: Mapping[str, str] | None = None) -> None:
        """Answer with `status` and `body`: a string that is markup, or anything else as JSON."""
        markup = isinstance(body, str)
        text = body if isinstance(body, str) else json.dumps(body)
        media_type = "application/xml" if text.startswith("<?xml") else "text/html" if markup else "application/json"
        self.answers.append(web.Response(status=status, text=text, content_type=media_type, headers=headers))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path_qs, dict(request.headers), await request.read()))
        if self.fault == "silence":
            await self.ended.wait()
        if self.fault == "drip":
            return await self._drip(request)
        if self.fault is not None and request.transport is not None:
            request.transport.abort()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0] if self.answers else web.Response()
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        with suppress(ConnectionError):  # the client gave up, as it should
            while not self.ended.is_set():
                await response.write(b" ")
                await asyncio.sleep(0.05)
        return response


@asynccontextmanager
async def serving() -> AsyncIterator[Loopback]:
    """A Loopback that serves for the length of the block."""
    loopback = Loopback()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", loopback.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    loopback.url = f"http://{host}:{port}"
    yield loopback
    loopback.ended.set()
    await runner.cleanup()
