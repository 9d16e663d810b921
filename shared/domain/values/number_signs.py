"""What stands around a number: its sign, its currency, a percent sign, a dash for the cents."""

import re
from functools import cache
from typing import NamedTuple

from shared.domain.values.conventions import Conventions
from shared.domain.values.currency_signs import currencies_of, mark_pattern
from shared.domain.values.numerals import Numeral

_UNSURE = 0.5
_BRACKETS_OF_AMOUNT = 0.97
"""How surely brackets around an amount mean minus where books are kept in English; around a bare integer, and where the
comma is the decimal sign, they may be just brackets."""
_DEBIT_IS_MINUS = 0.97
_REACH = 16
"""Characters before and behind a number in which its signs stand."""


class Surroundings(NamedTuple):
    """What stands around a number, from `start` to `end`; `negative`: the certainty that it is below zero."""

    start: int
    end: int
    mark: str
    currencies: tuple[str, ...]
    is_percent: bool
    has_dash_for_cents: bool
    dash_sign: str
    sign_mark: str
    negative: float


_GAP = "[ \u00a0\u202f\u2009]"
_ENDS_WORD = r"(?![^\W\d_])"


@cache
def _before() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<open>\({_GAP}?)?(?P<word>(?<!\w)(?:CR|DR|Cr|Dr)\.?{_GAP})?(?P<minus>[-–—+]{_GAP}?)?"
        rf"(?P<mark>(?<![^\W\d_])(?<![\w.]-){mark_pattern()}{_GAP}?)?(?P<minus2>[-–—+]{_GAP}?)?(?P<open2>\({_GAP}?)?$"
    )


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<dash>(?P<sign>[.,]){_GAP}?(?:-{{1,2}}|[–—]{{1,2}}|=)(?!\w))?"
        rf"(?P<percent>{_GAP}?(?:%|v\.{_GAP}?H\.|percent\b|Prozent\b))?(?P<minus0>[-–—+](?![\w.,-]))?"
        rf"(?P<mark>{_GAP}?{mark_pattern()}{_ENDS_WORD})?(?P<minus>(?:[-–—+]|{_GAP}-(?=\s*$))(?![\w.,-]))?"
        rf"(?P<close>{_GAP}?\))?"
        rf"(?P<word>{_GAP}?(?:CR|DR|Cr|Dr|cr|dr|OD|O/D|H|S|Haben|Soll)(?!(?<=Dr)\.?{_GAP}[A-Z][a-z])"
        rf"(?:(?<=r)\.)?{_ENDS_WORD})?"
    )


def look_around(text: str, numeral: Numeral, conventions: Conventions) -> Surroundings:
    """Return what belongs to a number of a text; `text` has plain signs."""
    before = _before().search(text[max(numeral.start - _REACH, 0) : numeral.start])
    behind = _behind().match(text[numeral.end : numeral.end + _REACH])
    ahead = before.groupdict() if before else {}
    after = behind.groupdict() if behind else {}
    marks = [(mark or "").strip() for mark in (ahead.get("mark"), after.get("mark"))]
    mark = next((mark for mark in marks if currencies_of(mark)), "")
    is_amount = bool(mark) or numeral.shape != "integer" or bool(after.get("dash"))
    sign_mark, negative = _read_sign(text, numeral, ahead, after, is_amount=is_amount, conventions=conventions)
    return Surroundings(
        start=numeral.start - len(before.group() if before else ""),
        end=numeral.end + len(behind.group() if behind else ""),
        mark=mark,
        currencies=currencies_of(mark),
        is_percent=bool(after.get("percent")),
        has_dash_for_cents=bool(after.get("dash")),
        dash_sign=after.get("sign") or "",
        sign_mark=sign_mark,
        negative=negative,
    )


def _read_sign(
    text: str,
    numeral: Numeral,
    ahead: dict[str, str | None],
    after: dict[str, str | None],
    *,
    is_amount: bool,
    conventions: Conventions,
) -> tuple[str, float]:
    """Return the sign of a number as printed, and the certainty that it means minus."""
    word = (after.get("word") or ahead.get("word") or "").strip()
    minus = (ahead.get("minus") or ahead.get("minus2") or after.get("minus0") or after.get("minus") or "").strip()
    is_leading = bool(ahead.get("minus") or ahead.get("minus2"))
    negative = 0.0
    if minus == "+":
        negative = 0.0
    elif minus and is_leading:
        first = numeral.start - sum(len(ahead.get(part) or "") for part in ("minus", "mark", "minus2", "open2"))
        negative = _negative_by_leading_dash(text, first, minus, is_amount=is_amount)
    elif minus:
        negative = 1.0 if is_amount else _UNSURE
    elif (ahead.get("open") or ahead.get("open2")) and after.get("close"):
        minus = "()"
        is_english = conventions.decimal_sign == "."
        negative = 0.0 if after.get("percent") else _BRACKETS_OF_AMOUNT if is_amount and is_english else _UNSURE
    if word and (is_amount or word not in {"H", "S"}):
        by_word = _negative_by_word(word, conventions)
        return word, by_word if not minus else (by_word if by_word == negative else _UNSURE)
    return (minus, negative) if negative or minus == "+" else ("", 0.0)


def _negative_by_leading_dash(text: str, first: int, minus: str, *, is_amount: bool) -> float:
    """Return the certainty that a dash at `first` is a minus: a hyphen in a word and a range ("10-20") are none."""
    before = text[:first]
    if before[-1:].isalnum() or before[-1:] in {")", "]"}:
        return 0.0
    is_bullet = not before.strip() and text[first + 1 : first + 2] == " "
    if before.rstrip()[-1:].isdigit() and text[first + 1 : first + 2] == " ":
        return _UNSURE
    if minus == "—" or (is_bullet and not is_amount):
        return _UNSURE
    return 1.0


def _negative_by_word(word: str, conventions: Conventions) -> float:
    """Return the certainty that a word beside an amount means minus: CR and DR, Haben and Soll, overdrawn."""
    stem = word.rstrip(".").upper()
    if stem in {"CR", "H", "HABEN"}:
        return conventions.credit_is_negative
    return _DEBIT_IS_MINUS if stem == "DR" else 1.0
