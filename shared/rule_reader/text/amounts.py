"""The amounts of a text, as the reader weighs them: with their currency, and whether they are written like money."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.values.conventions import Conventions
from shared.domain.values.currency_signs import fraction_digits
from shared.domain.values.numbers import PrintedNumber, find_numbers

_GLUED_BEFORE = re.compile(r"[\w#/.,]$")
_GLUED_BEHIND = re.compile(r"[^\W\d_]{2}|[\d/]|-\w|[.,]\d")
_HYPHENS = "-–"
_CENTS = 2  # digits, whatever currency the document seems to be in
_GROUPED = re.compile(r"\d[.,'’\s]\d{3}(?!\d)")


@dataclass(frozen=True)
class Amount:
    """A number on the page: its value, ISO currency ("" if none), and whether it is written like a sum of money."""

    value: float
    currency: str
    is_money: bool
    is_percent: bool
    start: int
    end: int


def find_amounts(text: str, conventions: Conventions) -> list[Amount]:
    """Return every number in a text that is no part of a date, an identifier or a word, each read as is likeliest."""
    numbers = _without_overlaps(find_numbers(text, conventions))
    return [_amount(number, conventions) for number in numbers if not _is_glued(text, number)]


def _without_overlaps(numbers: Iterable[PrintedNumber]) -> list[PrintedNumber]:
    """Return, where digits with spaces are one number or several, the likelier of the two."""
    chosen: list[PrintedNumber] = []
    for number in numbers:
        if chosen and number.start < chosen[-1].end:
            if chosen[-1].certainty >= number.certainty:
                continue
            chosen.pop()
        chosen.append(number)
    return chosen


def _is_glued(text: str, number: PrintedNumber) -> bool:
    """Return whether the digits are part of a word or an identifier: 100ml, RE-2014, #12, 10/20."""
    before, behind = text[: number.start], text[number.end :]
    if number.text[:1] in _HYPHENS and before[-1:].isalnum():
        return True
    has_letters = number.text[:1].isalpha() or before[-1:].isalpha()  # a currency, or what OCR made of one
    return bool((_GLUED_BEFORE.search(before) and not has_letters) or _GLUED_BEHIND.match(behind))


def _amount(number: PrintedNumber, conventions: Conventions) -> Amount:
    currency = _currency(number, conventions)
    digits = fraction_digits(currency or conventions.currency)
    with_cents = number.fraction_digits in {_CENTS, digits} - {0}
    is_grouped = number.fraction_digits == 0 and _GROUPED.search(number.text) is not None
    has_dash = re.search(r"[.,]\s?[-–—=]", number.text) is not None
    is_money = with_cents or has_dash or (is_grouped and (bool(currency) or digits == 0))
    return Amount(float(number.value), currency, is_money, number.is_percent, number.start, number.end)


def _currency(number: PrintedNumber, conventions: Conventions) -> str:
    if not number.currencies:
        return ""
    if len(number.currencies) == 1:
        return number.currencies[0]
    return conventions.currency if conventions.currency in number.currencies else number.currencies[0]
