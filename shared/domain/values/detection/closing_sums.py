"""Sums and products of neighbouring numbers that close in only one reading of "1.234"."""

from collections import deque
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from shared.domain.values.numerals import Numeral

WINDOW = 8
"""Numbers before a result among which its operands are looked for."""
MAX_NUMBERS = 3000
"""Numbers after which no more evidence is looked for."""
MIN_RESULT, MIN_DIGITS = 1000, 3
"""A result that is no coincidence is so large, or has so many significant digits."""


class _Sizes(NamedTuple):
    """What a number is when "." is the decimal sign, and when "," is."""

    point: Decimal
    comma: Decimal
    is_open: bool


class ClosingSums:
    """Counts results (net + tax = gross, quantity x price = amount) that close under one decimal sign only."""

    def __init__(self) -> None:
        self._recent: deque[_Sizes] = deque(maxlen=WINDOW)
        self._seen = 0
        self.point = 0
        self.comma = 0

    def add(self, numeral: Numeral) -> None:
        """Take the next number of the document, in reading order."""
        self._seen += 1
        if self._seen > MAX_NUMBERS:
            return
        sizes = _sizes(numeral)
        if any(entry.is_open for entry in (*self._recent, sizes)):
            self._count(sizes)
        self._recent.append(sizes)

    def _count(self, result: _Sizes) -> None:
        point = comma = False
        neighbours = tuple(self._recent)[-2:]
        for first, second in combinations(self._recent, 2):
            if first.is_open or second.is_open or result.is_open:
                # Quantity, price and amount stand side by side, and a quantity is rarely written in thousands.
                may_multiply = (first, second) == neighbours and not (first.is_open and second.is_open)
                by_point = _closes(first.point, second.point, result.point, may_multiply=may_multiply)
                by_comma = _closes(first.comma, second.comma, result.comma, may_multiply=may_multiply)
                point |= by_point and not by_comma
                comma |= by_comma and not by_point
        self.point += point and not comma
        self.comma += comma and not point


def _sizes(numeral: Numeral) -> _Sizes:
    if numeral.shape != "either":
        size = numeral.as_grouped if numeral.shape == "grouped" else numeral.as_decimal
        return _Sizes(size, size, is_open=False)
    grouped, fraction = numeral.as_grouped, numeral.as_decimal
    point, comma = (fraction, grouped) if numeral.sign == "." else (grouped, fraction)
    return _Sizes(point, comma, is_open=True)


def _closes(first: Decimal, second: Decimal, result: Decimal, *, may_multiply: bool) -> bool:
    """Return whether two numbers, neither of which is neutral, add up or multiply to a third."""
    if not first or not second or (result < MIN_RESULT and len(result.normalize().as_tuple().digits) < MIN_DIGITS):
        return False
    is_product = may_multiply and first != 1 and second != 1 and first * second == result
    return is_product or first + second == result
