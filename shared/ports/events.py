"""Telling downstream systems."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.documents.event import Event


class Events(Protocol):
    """A topic."""

    async def publish(self, events: Sequence[Event]) -> None:
        """Hand over 1..100 events in order; raises Retryable when the topic is away, Permanent when it refuses them."""
