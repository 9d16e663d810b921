"""Times as people type them."""

import re
from datetime import UTC, datetime, timedelta

import typer

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_MAX_YEAR = 9999
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_time(text: str) -> datetime:
    """Return a time from ISO 8601 (with `Z`, with an offset, or in UTC), or from an age such as 30m, 2h, 7d.

    Raises typer.BadParameter.
    """
    if match := _AGO.fullmatch(text.strip()):
        try:
            return datetime.now(UTC) - timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            pass
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        time = None
    if time is None or not 1 < time.year < _MAX_YEAR:
        message = f"{text!r} is not a time: write 2026-11-28, 2026-11-28T09:00:00Z, or an age such as 2h or 7d"
        raise typer.BadParameter(message)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
