"""How well one printed number, date or sign of a currency states a value, by all its readings."""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from shared.domain.values.conventions import SETTLED, Conventions
from shared.domain.values.dates import PrintedDate
from shared.domain.values.detection.currency_evidence import read_currency
from shared.domain.values.month_names import english_date
from shared.domain.values.numbers import PrintedNumber

CERTAIN = 1.0
SIGN_ADDED = 0.7
"""Grounding of a negative value that is printed without a sign: its minus may come from the heading of its column."""
SCATTERED = 0.6
"""Grounding of a date or text all of whose parts stand there, but not side by side."""
GLUED = 0.6
"""Grounding of a text that is part of a longer word, as where OCR lost a space."""
AMBIGUOUS = 0.5
"""Grounding of a value that is one of several readings of what is printed."""
SIGN_LOST = 0.4
"""Grounding of a positive value that is printed with a minus."""
UNLIKELY = 0.2
"""Grounding of a value that is a reading of what is printed which the document's conventions rule out."""
STATED = AMBIGUOUS
"""Least grounding at which a text counts as stating a value."""
_SURE_CURRENCY = 0.75
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Ambiguity(NamedTuple):
    """What is printed, how the document's conventions read it ("" where they leave it open), and all its readings.

    `is_sign`: the answer differs from the settled reading in its sign only.
    """

    printed: str
    readings: tuple[str, ...]
    settled: str = ""
    is_sign: bool = False


class Grounding(NamedTuple):
    """How well a text states a value (0..1), and why not fully where another reading is the reason."""

    certainty: float
    ambiguity: Ambiguity | None = None


NOWHERE = Grounding(0.0)


def number_key(value: Decimal) -> Decimal:
    """Return the size of a number as it is compared: whatever its sign, and the zeros behind its last digit."""
    return abs(value).normalize()


def ground_in_number(value: Decimal, number: PrintedNumber) -> Grounding:
    """Return how well a printed number, one of whose readings has the size of `value`, states it."""
    key = number_key(value)
    same = [reading for reading in number.readings if number_key(reading.value) == key]
    size_certainty = sum(reading.certainty for reading in same)
    signed = sum(reading.certainty for reading in same if (reading.value < 0) == (value < 0) or not reading.value)
    if signed >= SETTLED:
        return Grounding(CERTAIN)
    readings = [f"{reading.value.normalize():f}" for reading in number.readings]
    if size_certainty >= SETTLED and not signed:
        if value < 0 and not number.sign_mark:
            return Grounding(SIGN_ADDED)
        return Grounding(SIGN_LOST, Ambiguity(number.text.strip(), tuple(readings), readings[0], is_sign=True))
    is_ruled_out = (signed or size_certainty) <= 1 - SETTLED
    certainty = UNLIKELY if is_ruled_out else AMBIGUOUS if signed else SIGN_LOST
    if number.is_settled:
        return Grounding(certainty, Ambiguity(number.text.strip(), tuple(readings), readings[0]))
    if number.is_beside_space:
        readings.append("a part of what stands around its spaces")
    return Grounding(certainty, Ambiguity(number.text.strip(), tuple(readings)))


def ground_in_sign(code: str, sign: str, conventions: Conventions) -> Grounding:
    """Return how well a printed sign of a currency states a code."""
    readings = read_currency(sign, conventions)
    certainty = dict(readings).get(code)
    if certainty is None:
        return NOWHERE
    if readings[0][0] == code and certainty >= _SURE_CURRENCY:
        return Grounding(CERTAIN)
    names = tuple(name for name, _ in readings[:3])
    return _ambiguous(sign, names, is_settled=readings[0][1] >= _SURE_CURRENCY)


def ground_in_date(value: str, printed: PrintedDate) -> Grounding:
    """Return how well a printed date states an ISO day."""
    day = date.fromisoformat(value)
    certainty = next((reading.certainty for reading in printed.readings if reading.value == day), 0.0)
    if not certainty:
        return NOWHERE
    if certainty >= SETTLED:
        return Grounding(CERTAIN)
    readings = tuple(english_date(reading.value) for reading in printed.readings)
    return _ambiguous(printed.text, readings, is_settled=printed.is_settled)


def _ambiguous(printed: str, readings: tuple[str, ...], *, is_settled: bool) -> Grounding:
    settled = readings[0] if is_settled else ""
    return Grounding(UNLIKELY if is_settled else AMBIGUOUS, Ambiguity(printed.strip(), readings, settled))


def is_iso_day(value: str) -> bool:
    """Return whether a text is an ISO date of a day that exists."""
    if not _ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def certainty_of(grounding: Grounding) -> float:
    """Return the certainty of a grounding, to compare by."""
    return grounding.certainty
