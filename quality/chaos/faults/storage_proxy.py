"""A storage account that is not always well: stands between the app and Azurite, and now and then fails a request.

The emulator's addresses hold the account in their path, and a shared-key signature covers path and headers but not the
host, so requests pass as they are.
"""

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from yarl import URL

from quality.chaos.faults.switch import Switch
from shared.pipeline.store.context import WORK

Fault = Literal["busy", "error", "precondition", "unheard", "slow", "cut", "busy after"]
"""Not done and answered 503, 500 or 412; not done and dropped; done late; done and dropped; done and answered 503."""

CALM: dict[Fault, float] = {"busy": 0.005, "slow": 0.02, "cut": 0.002, "precondition": 0.005}
STORMS: tuple[dict[Fault, float], ...] = (
    {"slow": 0.8},
    {"busy": 0.15, "error": 0.05},
    {"cut": 0.06, "unheard": 0.06},
    {"busy after": 0.08, "precondition": 0.08, "slow": 0.1},
)
"""Shares of requests that meet each fault, in calm weather and in the kinds of storm."""
_ANSWERS: dict[str, tuple[int, str]] = {
    "busy": (503, "ServerBusy"),
    "busy after": (503, "ServerBusy"),
    "error": (500, "InternalError"),
    "precondition": (412, "UpdateConditionNotSatisfied"),
}
_ANSWERS_PATH = f"/{WORK}/answers/"
_CREATED = 201
_SLOWEST = 1.5
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
_MOST = 64 * 2**20


class Weather:
    """Which request meets which fault, drawn from the seed; `counts` says what was dealt out."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"storage/{seed}")  # noqa: S311 - a repeatable fault, no secret
        self._storm: dict[Fault, float] = {}
        self._until = 0.0
        self._shares: dict[Fault, float] | None = None
        self.counts = Counter[Fault]()
        self._offered: set[str] = set()
        self._kept: set[str] = set()

    def begin(self) -> None:
        """From now on requests may fail."""
        self._shares = CALM

    def storm(self, choice: float, seconds: float) -> None:
        """More faults for some seconds; `choice`, 0..1, tells which kind."""
        self._storm = STORMS[int(choice * len(STORMS))]
        self._until = time.monotonic() + seconds

    def end(self) -> None:
        """No further faults."""
        self._shares = None

    def draw(self, request: str) -> Fault | None:
        """Return the fault for a request, given as method and path; only a table's transaction fails a precondition."""
        if self._shares is None:
            return None
        shares = self._storm if time.monotonic() < self._until else self._shares
        fault = self._rng.choices([*shares, None], [*shares.values(), 1 - sum(shares.values())])[0]
        if fault == "precondition" and not request.endswith("$batch"):
            return None
        if fault is not None:
            self.counts[fault] += 1
        return fault

    def note_offer(self, token: str, *, is_stored: bool) -> None:
        """Note that the app asked to store the answer that the try `token` brought, and whether storage did."""
        self._offered.add(token)
        if is_stored:
            self._kept.add(token)

    def refused_tries(self) -> frozenset[str]:
        """Return the tries whose answers were offered to storage and never kept."""
        return frozenset(self._offered - self._kept)

    async def slow(self) -> None:
        """Take longer than usual, at most 1.5 s."""
        await asyncio.sleep(self._rng.uniform(0.1, _SLOWEST))


@asynccontextmanager
async def storage_proxy(connection_string: str, weather: Weather, switch: Switch | None = None) -> AsyncIterator[str]:
    """Serve in front of the account; the connection string that goes through here. Its ports are new, and its own."""
    switch = switch or Switch()
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=120)
        session = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False, timeout=timeout))
        proxied = connection_string
        for service, origin in re.findall(r"(\w+)Endpoint=(http://[\d.]+:\d+)", connection_string):
            app = _app(_Service(service, origin, session), weather, switch)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            port = await switch.open(runner, str(urlsplit(origin).hostname))
            proxied = proxied.replace(origin, f"http://127.0.0.1:{port}")
        yield proxied


class _Service(NamedTuple):
    """A service of the account (`Blob`, `Queue`, `Table`), where it is, and how it is reached."""

    name: str
    origin: str
    session: aiohttp.ClientSession


def _app(service: _Service, weather: Weather, switch: Switch) -> web.Application:
    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        outage = switch.refuse(service.name)
        if outage is not None:
            return _failure("busy") if outage == "tables" else _drop_connection(request)
        token = _token(request, body)
        if token:
            weather.note_offer(token, is_stored=False)
        fault = weather.draw(f"{request.method} {request.path}")
        match fault:
            case "busy" | "error" | "precondition":
                return _failure(fault)
            case "unheard":
                return _drop_connection(request)
            case "slow":
                await weather.slow()
        url = URL(service.origin + request.raw_path, encoded=True)
        answer = await _forward(service.session, url, request, body)
        if token and answer.status == _CREATED:
            weather.note_offer(token, is_stored=True)
        if fault == "cut":
            return _drop_connection(request)
        return _failure(fault) if fault == "busy after" else answer

    app = web.Application(client_max_size=_MOST)
    app.router.add_route("*", "/{path:.*}", handle)
    return app


async def _forward(session: aiohttp.ClientSession, url: URL, request: web.Request, body: bytes) -> web.Response:
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP - {"date"}}
    try:
        async with session.request(
            request.method, url, headers=headers, data=body or None, allow_redirects=False,
            skip_auto_headers=("Content-Type", "Accept", "User-Agent", "Accept-Encoding"),
        ) as answer:  # fmt: skip
            content = await answer.read()
            headers_to_client = [(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP]
            if request.method == "HEAD" and "Content-Length" in answer.headers:
                headers_to_client.append(("Content-Length", answer.headers["Content-Length"]))
            return web.Response(status=answer.status, headers=headers_to_client, body=content or None)
    except aiohttp.ClientError:
        return _failure("error")


def _token(request: web.Request, body: bytes) -> str:
    """Return the ledger's try that brought the model answer which is to be stored; empty for any other request."""
    if request.method != "PUT" or _ANSWERS_PATH not in request.path:
        return ""
    return str(json.loads(body)["token"])


def _failure(fault: str) -> web.Response:
    """Return an error as the service words it."""
    status, code = _ANSWERS[fault]
    text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>Made to happen.</Message></Error>'
    return web.Response(status=status, text=text, content_type="application/xml", headers={"x-ms-error-code": code})


def _drop_connection(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
