"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Time as the operating system tells it."""

    def now(self) -> datetime:
        """Return the current time, UTC."""
        return datetime.now(UTC)
