"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The operating system's time."""

    def now(self) -> datetime:
        """Return the current time, UTC."""
        return datetime.now(UTC)
