"""Who goes first in a worker: a page range of a large file gives way to the steps of files that fit in one range."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LONGEST_PAUSE = 30.0
"""Seconds that one range pauses at most, all its pauses together: it gets on, however many small files keep coming."""


class Traffic:
    """The steps that a worker has under way for which ranges of large files pause."""

    def __init__(self) -> None:
        self._first = 0
        self._none_left = asyncio.Event()
        self._none_left.set()

    @contextmanager
    def goes_first(self) -> Iterator[None]:
        """Have ranges pause while the block runs."""
        self._first += 1
        self._none_left.clear()
        try:
            yield
        finally:
            self._first -= 1
            if not self._first:
                self._none_left.set()

    async def wait_until_clear(self, seconds: float) -> float:
        """Wait until no step goes first, at most `seconds`; return how many of them are left."""
        if self._none_left.is_set() or seconds <= 0:
            return seconds
        began = time.monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_left.wait(), seconds)
        return max(0.0, seconds - (time.monotonic() - began))


class Range:
    """A range of a large file on its way through a worker."""

    def __init__(self, traffic: Traffic, longest_pause: float = LONGEST_PAUSE) -> None:
        self._traffic = traffic
        self._seconds_left = longest_pause

    async def give_way(self) -> None:
        """Pause while steps go first that a person may be waiting for; called before each page or request."""
        self._seconds_left = await self._traffic.wait_until_clear(self._seconds_left)
