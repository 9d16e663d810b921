"""Wait after the faults until nothing moves any more and nothing is left to move."""

import asyncio
import time
from collections.abc import Callable

import aiohttp

from quality.chaos.evidence.outside import Outside

_PAUSE = 2.0
_QUIET_LOOKS = 3
"""Looks in a row at which nothing waited: a blob that was just written is not announced yet."""
_PATIENCE = 240.0
"""Seconds without any change after which it is given up; a step that was put off often waits up to five minutes, but
the sweeper pushes it on before."""
_PATIENCE_AT_REST = 45.0
"""The same when an upload has no Document and nothing is left that could make one."""
_TELL_EVERY = 10.0


class Settling:
    """Looks at marks, queues and deliveries from the outside."""

    def __init__(
        self,
        outside: Outside,
        session: aiohttp.ClientSession,
        event_grid: str,
        tell: Callable[[str], None],
        pause: float = _PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._outside = outside
        self._session = session
        self._event_grid = event_grid
        self._tell = tell

    async def wait(self, required: set[str]) -> bool:
        """Return whether everything came to rest; False when something is left that no longer moves."""
        before: object = None
        changed = last_report = self._clock()
        quiet = 0
        while True:
            marks, waiting = len(await self._outside.marks()), await self._outside.waiting()
            undelivered = await self.count_undelivered()
            missing = len(required - await self._outside.taken_in())
            now = (marks, tuple(waiting.items()), undelivered, missing)
            quiet = quiet + 1 if now == (0, (), 0, 0) else 0
            if quiet == _QUIET_LOOKS:
                return True
            if now != before:
                before, changed = now, self._clock()
            at_rest = not (marks or waiting or undelivered)
            if self._clock() - changed > (_PATIENCE_AT_REST if at_rest else _PATIENCE):
                self._tell(f"nothing moves: {marks} active, {missing} not taken in, queues {waiting}")
                return False
            if self._clock() - last_report > _TELL_EVERY:
                last_report = self._clock()
                self._tell(f"{marks} active, {missing} not taken in, {undelivered} events to deliver, queues {waiting}")
            await asyncio.sleep(self._pause)

    async def count_undelivered(self) -> int:
        """Events that the local Event Grid still has to deliver to anybody; 1 while it is being started again."""
        try:
            async with self._session.get(f"{self._event_grid}/subscriptions") as answer:
                subscriptions = await answer.json()
        except aiohttp.ClientError:
            return 1
        return sum(int(subscription["deliveries"].get("pending", 0)) for subscription in subscriptions)
