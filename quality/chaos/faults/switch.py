"""Turn storage off and on behind the proxy: tables answer 503, or no service accepts a connection."""

import asyncio
import errno
import socket
from contextlib import suppress
from typing import Literal

from aiohttp import web

_TRIES, _PAUSE = 100, 0.2
"""Of taking a port again: while nobody listens on it, a connection of any process may have it as its own."""

type Outage = Literal["tables", "all"]
"""`tables`: table storage answers 503. `all`: blob, queue and table storage refuse connections."""


class Switch:
    """The outage that is on, if any; `refused` counts the requests that met it."""

    def __init__(self) -> None:
        self.outage: Outage | None = None
        self.refused = 0
        self._doors: list[tuple[web.AppRunner, str, int]] = []
        self._sites: list[web.TCPSite] = []
        self._reserved: list[socket.socket] = []

    async def open(self, runner: web.AppRunner, host: str, port: int = 0) -> int:
        """Accept connections for `runner`; return the port, which stays the same after an outage."""
        self._sites.append(await _listen(runner, host, port))
        if not port:
            port = int(runner.addresses[0][1])
            self._doors.append((runner, host, port))
        return port

    async def begin(self, outage: Outage) -> None:
        """Begin an outage; with `all`, connections that are open are closed at their next request."""
        self.outage = outage
        if outage == "all":
            for site in self._sites:
                await site.stop()
            self._sites.clear()
            self._reserved = [reserved for _, host, port in self._doors if (reserved := _reserve(host, port))]

    async def end(self) -> None:
        """End the outage."""
        was, self.outage = self.outage, None
        for reserved in self._reserved:
            reserved.close()
        self._reserved.clear()
        if was == "all":
            for door in self._doors:
                await self.open(*door)

    def refuse(self, service: str) -> Outage | None:
        """Return the outage that a request to this service meets, and count it."""
        outage = self.outage if self.outage == "all" or service == "Table" else None
        self.refused += outage is not None
        return outage


def _reserve(host: str, port: int) -> socket.socket | None:
    """Bind a port without listening, so that connections are refused and nobody takes it; None when it is taken."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((host, port))
    except OSError:
        reserved.close()
        return None
    return reserved


async def _listen(runner: web.AppRunner, host: str, port: int) -> web.TCPSite:
    for _ in range(_TRIES):
        site = web.TCPSite(runner, host, port, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            with suppress(RuntimeError):
                await site.stop()
            await asyncio.sleep(_PAUSE)
        else:
            return site
    message = f"port {port} is taken by another process since the outage"
    raise OSError(errno.EADDRINUSE, message)
