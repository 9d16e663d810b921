"""Turns storage off and on behind the proxy: tables answer 503, or no service accepts a connection."""

from typing import Literal

from aiohttp import web

type Outage = Literal["tables", "all"]
"""`tables`: table storage answers 503. `all`: blob, queue and table storage refuse connections."""


class Switch:
    """The outage that is on, if any; `refused` counts the requests that met it."""

    def __init__(self) -> None:
        self.outage: Outage | None = None
        self.refused = 0
        self._doors: list[tuple[web.AppRunner, str, int]] = []
        self._sites: list[web.TCPSite] = []

    async def open(self, runner: web.AppRunner, host: str, port: int = 0) -> int:
        """Accept connections for `runner`; return the port, which stays the same after an outage."""
        site = web.TCPSite(runner, host, port, reuse_address=True)
        await site.start()
        self._sites.append(site)
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

    async def end(self) -> None:
        """End the outage."""
        was, self.outage = self.outage, None
        if was == "all":
            for door in self._doors:
                await self.open(*door)

    def refuse(self, service: str) -> Outage | None:
        """Return the outage that a request to this service meets, and count it."""
        outage = self.outage if self.outage == "all" or service == "Table" else None
        self.refused += outage is not None
        return outage
