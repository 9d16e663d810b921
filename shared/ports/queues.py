"""Sending to storage queues; receiving is the Functions host's work."""

from datetime import datetime, timedelta
from typing import Protocol


class Queues(Protocol):
    """Queues by name. Transport trouble is raised as Retryable."""

    async def send(self, queue: str, body: str, delay: timedelta = timedelta(0)) -> None:
        """Append a message (at most 48 KiB of UTF-8) that becomes visible after `delay`. Creates the queue.

        Raises ValueError for a larger body: keep it in a blob and send its name.
        """

    async def depth(self, queue: str) -> int:
        """About how many messages the queue holds; 0 when it does not exist."""

    async def oldest(self, queue: str) -> datetime | None:
        """When the oldest visible message was sent; None when none is visible, or the queue does not exist."""
