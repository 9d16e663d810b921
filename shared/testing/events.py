"""A topic that remembers what it was told."""

from collections.abc import Sequence

from shared.domain.base.errors import IntrayError
from shared.domain.documents.event import Event


class MemoryEvents:
    """The Events port in memory. `failure`, while set, is raised instead of taking events."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.failure: IntrayError | None = None

    async def publish(self, events: Sequence[Event]) -> None:
        """Remember the events in order, or raise `failure`."""
        if self.failure is not None:
            raise self.failure
        self.published.extend(events)
