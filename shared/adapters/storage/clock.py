"""The storage account's clock, so that all instances agree what time it is, however their own clocks are set."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from shared.ports.clock import Clock

_RESOLUTION = timedelta(seconds=1)
"""A `Date` header has whole seconds (RFC 9110, section 5.6.7)."""


class StorageClock:
    """The Clock port: the instance's own clock, moved by no more than storage has proven it wrong.

    Leases, claims and the age of work are compared between instances, which may sit on hosts whose clocks differ by
    tens of seconds; each response of storage bounds what time it is. Before the first one, the own clock is believed.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the current time, UTC; within two seconds of every other instance's, if storage answers within one."""
        return self._own.now() + self._ahead

    def observe(self, date: str, elapsed: float) -> None:
        """Adjust to a response's `Date` header; its request was sent `elapsed` seconds ago.

        The header was written between then and now, rounded down to a second: the difference of the clocks is
        within these bounds.
        """
        try:
            server_time = parsedate_to_datetime(date)
        except ValueError:
            return  # a proxy's invention, not a date
        received = self._own.now()
        least = server_time - received
        most = server_time + _RESOLUTION - (received - timedelta(seconds=elapsed))
        self._ahead = min(max(self._ahead, least), most)
