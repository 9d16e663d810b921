"""Format codes of dates that are read one way only: 04/05/2025 is April to some readers and May to others."""

import re
from collections.abc import Sequence

_ISO = ("yyyy", "-", "mm", "-", "dd")
_SHORT_NUMBER = 2
"""Letters of a day or a month that is written as a number: d, dd, m, mm."""


def make_date_unambiguous(signs: Sequence[str]) -> list[str]:
    """Return the signs of a format code with a date of numbers as YYYY-MM-DD; as day and month name without a year.

    A date that begins with its year, names its month, or has points between day, month and year stays as it is.
    """
    parts = [(index, sign[0].lower()) for index, sign in enumerate(signs) if _is_date_part(signs, index)]
    order = "".join(part for _, part in parts)
    numbers = [part for index, part in parts if part == "y" or len(signs[index]) <= _SHORT_NUMBER]
    if len(numbers) < len(parts) or "d" not in order or "m" not in order or order.startswith("y"):
        return list(signs)
    first, last = parts[0][0], parts[-1][0]
    between = {sign for sign in signs[first + 1 : last] if not sign[0].isalpha()}
    if order in ("dmy", "dm") and between <= {".", "\\.", '"."', " ", "\\ "}:
        return list(signs)
    date = _ISO if "y" in order else ("d", " ", "mmm")
    return [*signs[:first], *date, *signs[last + 1 :]]


def _is_date_part(signs: Sequence[str], index: int) -> bool:
    """Return whether a sign stands for a year, a month or the number of a day, not for a weekday or minutes."""
    sign = signs[index].lower()
    if not re.fullmatch("y+|m+|d+", sign):
        return False
    if sign[0] == "d":
        return len(sign) <= _SHORT_NUMBER
    return sign[0] == "y" or not are_minutes(signs, index)


def are_minutes(signs: Sequence[str], index: int) -> bool:
    """Return whether an `m` means minutes: the last letters before are hours, or the next after are seconds."""
    before = next((sign[0].lower() for sign in reversed(signs[:index]) if sign[0].lower() in "ymdhs"), "")
    after = next((sign[0].lower() for sign in signs[index + 1 :] if sign[0].lower() in "ymdhs"), "")
    return before == "h" or after == "s"
