"""Time as a seam: retry waits of minutes and hours are tested in no time at all."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""


class AdvancingClock:
    """The machine's clock plus what it was advanced by, so that a test need not wait for a retry."""

    def __init__(self) -> None:
        """Start level with the machine's clock."""
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970, UTC, plus all advances."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move ahead for good; raises ValueError for a negative number of seconds."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._ahead += seconds
