"""Whose request is read next, when more wait than there are processes that read."""

import asyncio
import heapq
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SECONDS_PER_TOKEN = 0.001
"""How long a request waits for shorter ones that came after it, for each token of its prompt."""


class Turns:
    """Short requests go before long ones, as if both were read at the same time, and none waits for ever.

    A request is due after a time in proportion to its length; the one that is due first is next.
    """

    def __init__(self, processes: int = 1) -> None:
        self._free = processes
        self._arrivals = 0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def take(self, tokens: int) -> AsyncIterator[None]:
        """Hold one of the processes for the block, when the turn of a request of so many tokens has come."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(time.monotonic() + tokens * SECONDS_PER_TOKEN)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, due: float) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heapq.heappush(self._waiting, (due, self._arrivals, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn had come when its client went away
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the process to the next request that still waits."""
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
