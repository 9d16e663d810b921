"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is: the same for all instances, within seconds, because they compare each other's times."""

    def now(self) -> datetime:
        """Return the current time, timezone-aware, UTC."""
