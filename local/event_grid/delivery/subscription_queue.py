"""The pending deliveries of one subscription."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from local.event_grid.delivery.dispatcher import Dispatcher
from local.event_grid.state.config import Subscription
from local.event_grid.state.store import Store
from local.event_grid.state.tables import Delivery

MAX_CONCURRENT_DELIVERIES = 16
"""Deliveries of one subscription at a time, so that a burst of events does not open a connection for each."""


class SubscriptionQueue:
    """Starts deliveries when they fall due, at most MAX_CONCURRENT_DELIVERIES at once.

    No delivery starts before `open`: the endpoint has to answer a handshake first. Deliveries run in `tasks`, so that
    an unexpected error ends the process instead of being lost. `now` returns the time in seconds since 1970.
    """

    def __init__(
        self,
        subscription: Subscription,
        store: Store,
        dispatcher: Dispatcher,
        now: Callable[[], float],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.subscription = subscription
        self._tasks = tasks
        self._store = store
        self._dispatcher = dispatcher
        self._now = now
        self._wake = asyncio.Event()
        self._opened = asyncio.Event()
        self._in_flight: dict[int, asyncio.Task[None]] = {}

    def open(self) -> None:
        """Let deliveries begin."""
        self._opened.set()
        self.wake()

    def wake(self) -> None:
        """Look for due deliveries again."""
        self._wake.set()

    async def run(self) -> None:
        """Start due deliveries until cancelled; call `stop` afterwards."""
        await self._opened.wait()
        while True:
            self._wake.clear()
            await self._start_due()
            await self._wait_until_due()

    async def stop(self, grace: float) -> None:
        """Give running deliveries `grace` seconds; the rest stays pending."""
        running = list(self._in_flight.values())
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()

    async def _start_due(self) -> None:
        room = MAX_CONCURRENT_DELIVERIES - len(self._in_flight)
        if room <= 0:
            return
        due = await self._store.list_due(self.subscription.name, self._now(), MAX_CONCURRENT_DELIVERIES)
        for delivery in [delivery for delivery in due if delivery.number not in self._in_flight][:room]:
            self._in_flight[delivery.number] = self._tasks.create_task(self._dispatch(delivery))

    async def _dispatch(self, delivery: Delivery) -> None:
        try:
            await self._dispatcher.dispatch(self.subscription, delivery)
        finally:
            del self._in_flight[delivery.number]
            self.wake()

    async def _wait_until_due(self) -> None:
        """Wait until woken, or until the next delivery falls due."""
        now = self._now()
        due = await self._store.next_due_time(self.subscription.name, now)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), None if due is None else max(0.0, due - now))
