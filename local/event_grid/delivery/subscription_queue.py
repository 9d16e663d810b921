"""The line of events that wait for one subscription, worked off a few at a time."""

import asyncio
from contextlib import suppress

from local.event_grid.clock import Clock
from local.event_grid.delivery.dispatcher import Carrier
from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.store import Store
from local.event_grid.state.tables import Delivery


class Lane:
    """Starts deliveries when they fall due, at most `subscription.max_concurrency` at once.

    Nothing moves before `open`: the endpoint has to shake hands first. Deliveries run in `tasks`, so that an error of
    ours (never one of the endpoint) ends the process instead of being lost.
    """

    def __init__(
        self,
        subscription: Subscription,
        schema: EventSchema,
        store: Store,
        carrier: Carrier,
        clock: Clock,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.subscription = subscription
        self.schema = schema
        self._tasks = tasks
        self._store = store
        self._carrier = carrier
        self._clock = clock
        self._wake = asyncio.Event()
        self._opened = asyncio.Event()
        self._moving: dict[int, asyncio.Task[None]] = {}

    def open(self) -> None:
        """Let deliveries begin."""
        self._opened.set()
        self.wake()

    def wake(self) -> None:
        """Look again: there are new events, or the clock was advanced."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled; then `stop`."""
        await self._opened.wait()
        while True:
            self._wake.clear()
            await self.start_due()
            await self._pause()

    async def start_due(self) -> int:
        """Start what is due and fits; returns how many were started."""
        room = self.subscription.max_concurrency - len(self._moving)
        if room <= 0:
            return 0
        due = await self._store.due(self.subscription.name, self._clock.now(), room + len(self._moving))
        fresh = [delivery for delivery in due if delivery.number not in self._moving][:room]
        for delivery in fresh:
            self._moving[delivery.number] = self._tasks.create_task(self._carry(delivery))
        return len(fresh)

    async def stop(self, grace: float) -> None:
        """Give what is under way `grace` seconds; the rest stays pending."""
        moving = list(self._moving.values())
        if moving:
            _, late = await asyncio.wait(moving, timeout=grace)
            for task in late:
                task.cancel()

    async def _carry(self, delivery: Delivery) -> None:
        try:
            await self._carrier.carry(self.subscription, self.schema, delivery)
        finally:
            del self._moving[delivery.number]
            self.wake()

    async def _pause(self) -> None:
        """Until woken, or until the next delivery falls due."""
        now = self._clock.now()
        due = await self._store.next_due(self.subscription.name, now)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), None if due is None else max(0.0, due - now))
