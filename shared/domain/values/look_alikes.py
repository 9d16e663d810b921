"""Letters that optical recognition takes for digits, where the letter would be a unit."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import NamedTuple

_NUMBER_ENDING_IN_ONE = re.compile(r"(?<![^\s(])([1-9]\d{0,3}|\d{1,2}[.,]\d{1,3})1(?=\s*(?:$|[\n,;)]))")


class UnitOrDigit(NamedTuple):
    """A number as recognised, and the number that it is when its last digit is a unit."""

    printed: str
    with_unit: str


def find_litres_or_ones(text: str, known_numbers: Collection[Decimal] = ()) -> Iterator[UnitOrDigit]:
    """Yield the numbers of a recognised text whose last 1 may be the l of litres: `51` for 5 l, `0,51` for 0,5 l.

    The two look alike in most typefaces, and recognition loses the space between a number and its unit. A number with a
    word behind it has its unit there; one that is among the `known_numbers`, which stand elsewhere, was read right.
    """
    for match in _NUMBER_ENDING_IN_ONE.finditer(text):
        printed = match.group()
        if Decimal(printed.replace(",", ".")) not in known_numbers:
            yield UnitOrDigit(printed, f"{match[1]} l")
