"""Find the numbers of a text, each with all its readings under the document's conventions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from shared.domain.values.conventions import SETTLED, Conventions, to_probability
from shared.domain.values.currency_signs import currencies_of, fraction_digits
from shared.domain.values.number_signs import Surroundings, look_around
from shared.domain.values.numerals import Numeral, find_numerals, split_spaced
from shared.domain.values.plain_signs import to_plain_signs

LEAST_CERTAINTY = 0.0001
"""The certainty of a reading that the document rules out; it is named, so that an answer which took it is explained."""
DASH_IS_A_SIGN = 0.99
"""How certainly a dash for the cents shows that the digits before it are grouped."""
_GROUPS_BY_DIGITS = {0: 3.0, 2: 1.5, 3: -1.5}
"""Log-odds that three digits behind a sign are a group, by the digits of fraction that the currency has."""
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_CODE_BEHIND = re.compile(r"-\d+-\d|[^\W\d_]+\d")
_CODE_BEFORE = re.compile(r"\d-\d+-$")
_LETTERS_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_]+$")
_REACH_OF_CODE = 12
"""Characters before and behind a number that may show that it is a part of a code."""


class NumberReading(NamedTuple):
    """What a printed number may mean, and how certain that is (0..1)."""

    value: Decimal
    certainty: float


class PrintedNumber(NamedTuple):
    """A number on a page, with its sign and currency, from `start` to `end` of its text.

    The digits themselves stand from `digits_start` to `digits_end`. `readings`: the likeliest first.
    `currencies`: what the code or sign beside it may mean, none without one. `sign_mark`: "-", "()", "CR" … as printed,
    "" without. `fraction_digits`: printed behind the decimal sign.
    `is_beside_space`: a space stands in it or next to it that may group its digits with others.
    """

    start: int
    end: int
    text: str
    readings: tuple[NumberReading, ...]
    currencies: tuple[str, ...] = ()
    is_percent: bool = False
    sign_mark: str = ""
    fraction_digits: int = 0
    digits_start: int = 0
    digits_end: int = 0
    is_beside_space: bool = False

    @property
    def value(self) -> Decimal:
        """The likeliest reading."""
        return self.readings[0].value

    @property
    def certainty(self) -> float:
        """The certainty of the likeliest reading."""
        return self.readings[0].certainty

    @property
    def is_settled(self) -> bool:
        """Whether the likeliest reading is taken for certain."""
        return self.certainty >= SETTLED


def find_numbers(text: str, conventions: Conventions) -> list[PrintedNumber]:
    """Return the numbers of a text in order; dates, versions and codes of letters and digits are none.

    Digits that plain spaces separate ("1 234") give the whole number and, where the document leaves that open, each
    part as a number of its own.
    """
    plain = to_plain_signs(text)
    return [number for numeral in find_numerals(plain) for number in _read(plain, text, numeral, conventions)]


def _read(plain: str, text: str, numeral: Numeral, conventions: Conventions) -> Iterator[PrintedNumber]:
    if not numeral.spaced:
        if number := _read_one(plain, text, numeral, conventions, 1.0):
            yield number
        return
    whole = conventions.space_groups
    if number := _read_one(plain, text, numeral, conventions, whole):
        yield number
    for part in split_spaced(numeral):
        if number := _read_one(plain, text, part, conventions, 1 - whole):
            yield number


def _read_one(
    plain: str, text: str, numeral: Numeral, conventions: Conventions, certainty: float
) -> PrintedNumber | None:
    if _is_part_of_code(plain, numeral):
        return None
    around = look_around(plain, numeral, conventions)
    readings: defaultdict[Decimal, float] = defaultdict(float)
    for size, size_certainty in _sizes(numeral, around, conventions):
        for sign, sign_certainty in ((1, 1 - around.negative), (-1, around.negative)):
            if sign_certainty > 0:
                readings[sign * size + 0] += certainty * size_certainty * sign_certainty
    ranked = sorted(readings.items(), key=lambda item: -item[1])
    likely = tuple(NumberReading(value, max(round(share, 4), LEAST_CERTAINTY)) for value, share in ranked)
    fraction = numeral.fraction if likely[0].value.copy_abs() == numeral.as_decimal else 0
    return PrintedNumber(
        around.start,
        around.end,
        text[around.start : around.end],
        likely,
        around.currencies,
        around.is_percent,
        around.sign_mark,
        fraction,
        numeral.start,
        numeral.end,
        is_beside_space=certainty < 1,
    )


def _sizes(numeral: Numeral, around: Surroundings, conventions: Conventions) -> Iterator[tuple[Decimal, float]]:
    """Yield what the digits may mean, each with its certainty."""
    if numeral.shape == "integer":
        yield numeral.as_grouped, 1.0
    elif numeral.shape == "decimal":
        yield numeral.as_decimal, 1.0
    elif numeral.shape == "grouped":
        yield numeral.as_grouped, 1.0
    elif around.has_dash_for_cents:
        yield numeral.as_grouped, DASH_IS_A_SIGN
        yield numeral.as_decimal, 1 - DASH_IS_A_SIGN
    else:
        grouped = to_probability(grouping_log_odds(numeral, around, conventions))
        yield numeral.as_grouped, grouped
        yield numeral.as_decimal, 1 - grouped


def grouping_log_odds(numeral: Numeral, around: Surroundings, conventions: Conventions) -> float:
    """Return the log-odds that the only sign of a number, before three digits, groups."""
    odds = -conventions.decimal_log_odds(numeral.sign)
    currencies = around.currencies or ((conventions.currency,) if conventions.currency else ())
    digits = {fraction_digits(code) for code in currencies[:1]}
    if around.currencies or digits & {0, 3}:
        odds += sum(_GROUPS_BY_DIGITS[count] for count in digits if count in _GROUPS_BY_DIGITS)
    return odds


def _is_part_of_code(text: str, numeral: Numeral) -> bool:
    """Return whether digits belong to a code ("RE2014", "4B7"), a date ("14/03/2025") or an ordinal ("2nd")."""
    before = text[max(numeral.start - _REACH_OF_CODE, 0) : numeral.start]
    behind = text[numeral.end : numeral.end + _REACH_OF_CODE]
    if before[-1:] == "/" and before[-2:-1].isdigit():
        return True
    if behind[:1] == "/" and behind[1:2].isdigit():
        return True
    if _CODE_BEHIND.match(behind) or _ORDINAL.match(behind) or ("-" in before and _CODE_BEFORE.search(before)):
        return True
    if before[-1:].isalpha():
        letters = _LETTERS_BEFORE.search(before)
        return not (letters and (_may_be_glued(letters.group()) or numeral.shape in {"decimal", "grouped"}))
    return False


def _may_be_glued(word: str) -> bool:
    """Whether a word may stand before a number without a space: a currency, a sign of multiplication, Chinese."""
    return word.casefold() == "x" or not word.isascii() or bool(currencies_of(word))
