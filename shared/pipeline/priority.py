"""Who goes first in a worker: a page range of a large file gives way to the steps of files that fit in one range."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MAX_PAUSE_SECONDS = 0.1
"""Seconds that all pauses of a range together may take longer than its work: it gets on, however many small files keep
coming."""


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
        """Wait until no step goes first, at most `seconds`; return how many seconds it took."""
        if self._none_left.is_set() or seconds <= 0:
            return 0.0
        began = time.monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_left.wait(), seconds)
        return time.monotonic() - began


class Range:
    """A range of a large file on its way through a worker."""

    def __init__(self, traffic: Traffic, longest_pause: float = MAX_PAUSE_SECONDS) -> None:
        self._traffic = traffic
        self._longest_pause = longest_pause
        self._began = time.monotonic()
        self._paused = 0.0

    async def give_way(self) -> None:
        """Pause while steps go first that a person may be waiting for; called before each page or request."""
        worked = time.monotonic() - self._began - self._paused
        self._paused += await self._traffic.wait_until_clear(self._longest_pause + worked - self._paused)
