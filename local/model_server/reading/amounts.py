"""Amounts and numbers as people print them: 1.234,56 and 1,234.56, currencies glued on, minus signs at either end."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import isfinite

from babel.numbers import list_currencies

SYMBOLS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "zł": "PLN",
    "RM": "MYR", "Rs": "INR", "Rp": "IDR", "Kč": "CZK", "Ft": "HUF", "US$": "USD", "S$": "SGD", "A$": "AUD",
    "HK$": "HKD", "C$": "CAD", "R$": "BRL", "Fr.": "CHF", "kr": "SEK",
}  # fmt: skip
_UNIT = r"(?:[A-Z]{3}|US\$|HK\$|[SACR]\$|RM|Rs\.?|Rp|Fr\.|kr\.?|zł|Kč|Ft|[€$£¥₹₽₺₩])"
_NOISE = r"[A-Z]{2}(?=\d+[.,]\d{2}(?!\d))"  # OCR's idea of a currency: PM1.00
_NUMBER = r"\d{1,3}(?:(?P<group>[.,'’ ])\d{3})(?:(?P=group)\d{3})*(?:[.,]\d{1,4})?|\d+(?:[.,]\d{1,6})?|[.,]\d{2}"
_AMOUNT = re.compile(
    rf"(?<![\w.,/#])(?<!\w[-–])(?P<minus>[-−–(]\s?)?(?P<before>{_UNIT}\s?|{_NOISE})?(?P<minus2>[-−–]\s?)?(?P<number>{_NUMBER})"
    rf"(?P<percent>\s?%)?(?P<minus3>-(?!\w))?(?P<after>\s?{_UNIT}(?![\w]))?(?![\d/]|[.,]\d|[A-Za-z]{{2}}|-\w)"
)
_CLOSING_COMMA, _CLOSING_POINT = re.compile(r"\d,\d{2}(?![\d.,])"), re.compile(r"\d\.\d{2}(?![\d.,])")


_GROUP, _CENTS, _CODE = 3, 2, 3  # digits between group signs, digits of cents, letters of a currency code


@dataclass(frozen=True)
class Amount:
    """A number on the page: its value, ISO currency ("" if none), and whether it is written with cents."""

    value: float
    currency: str
    cents: bool
    percent: bool
    start: int
    end: int


@cache
def currency_codes() -> frozenset[str]:
    """Every ISO 4217 code that babel knows."""
    return frozenset(list_currencies())


def decimal_sign(texts: Iterable[str]) -> str:
    """The sign before the cents in this document: the one that more often stands before two last digits."""
    commas = points = 0
    for text in texts:
        commas += len(_CLOSING_COMMA.findall(text))
        points += len(_CLOSING_POINT.findall(text))
    return "," if commas > points else "."


def to_number(digits: str, decimal: str) -> tuple[float, bool]:
    """The value of printed digits and whether they end in cents; `decimal` settles what "1.234" means."""
    digits = digits.replace(" ", "").replace("'", "").replace("’", "")
    signs = [char for char in digits if char in ".,"]
    if not signs:
        return float(digits), False
    last = signs[-1]
    tail = len(digits) - digits.rindex(last) - 1
    grouped = len(set(signs)) == 1 and (len(signs) > 1 or (tail == _GROUP and last != decimal and digits[0] != "0"))
    if grouped:
        return float(digits.replace(last, "")), False
    whole, _, cents = digits.rpartition(last)
    return float((re.sub(r"[.,]", "", whole) or "0") + "." + cents), tail == _CENTS


def find_amounts(text: str, decimal: str = ".") -> list[Amount]:
    """Every number in `text` that is no part of a date, an identifier or a word."""
    found = []
    for match in _AMOUNT.finditer(text):
        before, after = (match.group("before") or "").strip(), (match.group("after") or "").strip()
        if (before.isalpha() and len(before) == _CODE and before not in currency_codes()) or _inside_word(text, match):
            continue
        value, cents = to_number(match.group("number"), decimal)
        if not isfinite(value):
            continue  # hundreds of digits are no number, and JSON could not say it
        minus = match.group("minus") or match.group("minus2") or match.group("minus3")
        if minus and not (minus.startswith("(") and text[match.end() : match.end() + 1] != ")"):
            value = -value
        currency = to_currency(before) or to_currency(after)
        found.append(Amount(value, currency, cents, match.group("percent") is not None, match.start(), match.end()))
    return found


def _inside_word(text: str, match: re.Match[str]) -> bool:
    """Whether the minus sign is really a hyphen inside an identifier such as RE-2014."""
    return match.start() > 0 and text[match.start()] in "-–" and text[match.start() - 1].isalnum()


def to_currency(mark: str) -> str:
    """The ISO code for a symbol or code; empty when it is none."""
    mark = mark.strip()
    return mark if mark in currency_codes() else SYMBOLS.get(mark, SYMBOLS.get(mark.rstrip("."), ""))
