"""Stand-ins for what the local Event Grid touches: time, subscribers, dead letters, and the record of attempts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.event_grid.delivery.dead_letter import DeadLetterUnavailableError
from local.event_grid.delivery.dispatcher import Dispatcher
from local.event_grid.delivery.retry import Outcome
from local.event_grid.delivery.webhook import HandshakeRefusedError
from local.event_grid.grid import Grid
from local.event_grid.state.config import EventSchema, GridConfig, Subscription
from local.event_grid.state.schema import Event
from local.event_grid.state.store import Store
from local.event_grid.state.tables import Delivery

START = 1_800_000_000.0
OK = Outcome.of_status(200)


@dataclass
class FakeClock:
    """Stands still until advanced."""

    time: float = START

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class FakeEndpoint:
    """Answers as scripted: `answers` in turn, then 200; `refusals` handshakes are refused first."""

    answers: list[Outcome] = field(default_factory=list)
    refusals: int = 0
    handshakes: list[str] = field(default_factory=list)
    sent: list[tuple[str, str, int]] = field(default_factory=list)
    busiest: int = 0
    gate: asyncio.Event | None = None
    _busy: int = 0

    async def shake_hands(self, subscription: Subscription, topic_id: str) -> None:
        self.handshakes.append(subscription.name)
        if self.refusals:
            self.refusals -= 1
            raise HandshakeRefusedError("not ready")

    async def send(self, subscription: Subscription, delivery: Delivery) -> Outcome:
        self.sent.append((subscription.name, delivery.event.id, delivery.attempts))
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self._busy -= 1
        return self.answers.pop(0) if self.answers else OK


@dataclass
class FakeDeadLetters:
    """Keeps dead letters in a list; refuses while `broken`."""

    kept: list[Delivery] = field(default_factory=list)
    broken: bool = False

    async def store(self, subscription: Subscription, delivery: Delivery) -> None:
        if self.broken:
            raise DeadLetterUnavailableError("broken")
        self.kept.append(delivery)


@dataclass
class FakeRecorder:
    """Remembers the last state of a delivery."""

    state: str = "pending"
    delivery: Delivery | None = None

    async def record(self, delivery: Delivery, state: str) -> None:
        self.state, self.delivery = state, delivery


def cloud_event(id_: str = "e1", **attributes: object) -> Event:
    """A CloudEvent with defaults for everything."""
    body = {"specversion": "1.0", "id": id_, "source": "/local/incoming", "type": "dev.intray.document.finalized.v1"}
    return Event.of(EventSchema.CLOUD_EVENTS, {**body, "subject": "documents/d1", "data": {}, **attributes})


def grid_event(id_: str = "e1", **properties: object) -> Event:
    """An Event Grid event with defaults for everything."""
    body = {"id": id_, "topic": "/t", "subject": "/s", "eventType": "T", "eventTime": "2026-11-22T10:00:00Z"}
    return Event.of(
        EventSchema.EVENT_GRID, {**body, "dataVersion": "1.0", "metadataVersion": "1", "data": {}, **properties}
    )


def subscription(**settings: object) -> Subscription:
    """A subscription named `sub-one` to the topic `intray`."""
    return Subscription.model_validate(
        {"name": "sub-one", "topic": "intray", "endpointUrl": "http://127.0.0.1/", **settings}
    )


@asynccontextmanager
async def running(
    state: Path,
    endpoint: FakeEndpoint,
    clock: FakeClock,
    *,
    kept: Sequence[Subscription] = (),
    handshake_seconds: float = 60.0,
) -> AsyncIterator[Grid]:
    """A grid with the topic `intray`, started with the subscriptions that an earlier process `kept`.

    Leaving the block is what SIGTERM does.
    """
    config = GridConfig(topics=("intray",), containers=("incoming",), handshake_seconds=handshake_seconds)
    store = Store(state)
    for one in kept:
        await store.save_subscription(one)
    try:
        async with asyncio.TaskGroup() as tasks:
            dispatcher = Dispatcher(store, endpoint, FakeDeadLetters(), clock.now)
            grid = Grid(config, store, endpoint, dispatcher, clock.now, tasks)
            await grid.start()
            yield grid
            await grid.close(0.0)
    finally:
        await store.close()


async def deliveries(grid: Grid) -> list[dict[str, Any]]:
    """The state of every delivery, in the order of their events."""
    events = await grid.store.list_events(0, 5000, None)
    return [delivery for event in events for delivery in event["deliveries"]]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds; a test that waits in vain fails."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - what is waited for is in a file and tells nobody
            await asyncio.sleep(0.002)


async def until_states(grid: Grid, *expected: str) -> None:
    """Wait until the deliveries have these states."""

    async def reached() -> bool:
        return [one["state"] for one in await deliveries(grid)] == list(expected)

    await until(reached)


async def until_attempts(grid: Grid, *expected: int) -> None:
    """Wait until these numbers of attempts are on record."""

    async def reached() -> bool:
        return [one["attempts"] for one in await deliveries(grid)] == list(expected)

    await until(reached)
