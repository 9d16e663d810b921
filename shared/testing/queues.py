"""Queues in lists."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.ports.clock import Clock
from shared.testing.clock import FixedClock

_LARGEST = 48 * 1024


class _Message(NamedTuple):
    visible: datetime
    body: str
    sent: datetime


class MemoryQueues:
    """The Queues port in memory; a delayed message becomes visible as `clock` advances."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or FixedClock()
        self._queues: dict[str, list[_Message]] = defaultdict(list)

    async def send(self, queue: str, body: str, delay: timedelta = timedelta(0)) -> None:
        """Append a message that becomes visible after `delay`; ValueError when it is over 48 KiB of UTF-8."""
        if len(body.encode()) > _LARGEST:
            raise ValueError("the message is over 48 KiB: keep it in a blob and send its name")
        self._queues[queue].append(_Message(self._clock.now() + delay, body, self._clock.now()))

    async def depth(self, queue: str) -> int:
        """Return how many messages the queue holds, hidden ones included."""
        return len(self._queues.get(queue, []))

    async def oldest(self, queue: str) -> datetime | None:
        """Return when the oldest visible message was sent; None when none is visible."""
        now = self._clock.now()
        return min((sent for visible, _, sent in self._queues.get(queue, []) if visible <= now), default=None)

    def receive(self, queue: str) -> str | None:
        """Take the oldest visible message off the queue; None when there is none. As the Functions host would."""
        messages = self._queues.get(queue, [])
        for index, (visible, body, _) in enumerate(messages):
            if visible <= self._clock.now():
                del messages[index]
                return body
        return None

    def remove(self, queue: str, body: str) -> None:
        """Take one message with this body off the queue, visible or not; ValueError when there is none."""
        messages = self._queues[queue]
        del messages[[held for _, held, _ in messages].index(body)]

    def bodies(self, queue: str) -> list[str]:
        """Return what the queue holds, hidden messages included, in the order of sending."""
        return [body for _, body, _ in self._queues.get(queue, [])]

    def next_visible(self) -> datetime | None:
        """When the first of all messages becomes (or became) visible; None when all queues are empty."""
        return min((visible for messages in self._queues.values() for visible, _, _ in messages), default=None)
