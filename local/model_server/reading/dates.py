"""Dates as people write them, in several languages; numeric ones are day first unless the document shows otherwise."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from babel import Locale

_LOCALES = ("en", "de", "fr", "nl", "es", "it", "pt", "pl", "sv", "da", "nb", "fi", "cs", "ro", "hu", "tr", "ms", "id")
_ISO = re.compile(r"(?<![\d.])(\d{4})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?!\d)")
_EAST = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_NUMERIC = re.compile(
    r"(?<![\d.,A-Z])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d{2}(?=\D|$|\d{1,2}:\d{2})|\d{2})(?!\d(?!\d?:\d))"
)
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?[\s.\-/]*(?:de\s+|(?:day\s+)?of\s+)?([^\W\d_]{3,12})\.?[\s,.\-/']*(?:de\s+|del\s+)?"
    r"((?:19|20)\d{2}|\d{2})(?!\d)"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+((?:19|20)\d{2})(?!\d)")
_US_ADDRESS = re.compile(r"\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b")
_MONTH_FIRST_HINT = re.compile(r"(?<!\w)MM\s?[-/.]\s?DD\s?[-/.]\s?YY", re.IGNORECASE)
_US_SIGNS = "/-"
_OLDEST, _YOUNGEST, _PIVOT = 1900, 2100, 70
_MONTHS_A_YEAR, _FULL_YEAR = 12, 4


@dataclass(frozen=True)
class FoundDate:
    """A date and where it stands in its text."""

    value: str
    start: int
    end: int


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Lower case without accents, for comparing words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for code in _LOCALES:
        months = Locale.parse(code).months
        for style in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in months[context][style].items():
                    names.setdefault(plain(name).strip(". "), number)
    names.update({"sept": 9, "marz": 3, "maerz": 3})
    return names


def month_first(texts: Iterable[str]) -> bool:
    """Whether the document writes months before days: a date or a hint that says so, or dollars and US addresses."""
    addresses = dollars = False
    for text in texts:
        if _MONTH_FIRST_HINT.search(text):
            return True
        for match in _NUMERIC.finditer(text):
            first, second = int(match.group(1)), int(match.group(3))
            if match.group(2) not in _US_SIGNS:
                continue
            if first > _MONTHS_A_YEAR >= second:
                return False
            if second > _MONTHS_A_YEAR >= first:
                return True
        addresses = addresses or _US_ADDRESS.search(text) is not None
        dollars = dollars or "$" in text or "USD" in text
    return addresses and dollars


def find_dates(text: str, *, us_order: bool = False) -> list[FoundDate]:
    """Every date in `text`, as ISO strings, in the order they stand."""
    found: list[FoundDate] = []
    for match in _ISO.finditer(text):
        _add(found, match, match.group(1), match.group(2), match.group(3))
    for match in _EAST.finditer(text):
        _add(found, match, match.group(1), match.group(2), match.group(3))
    for match in _NUMERIC.finditer(text):
        us_way = us_order and match.group(2) in _US_SIGNS  # dots put the day first everywhere
        day, month = (match.group(3), match.group(1)) if us_way else (match.group(1), match.group(3))
        if int(month) > _MONTHS_A_YEAR:
            day, month = month, day
        _add(found, match, match.group(4), month, day)
    for match in _DAY_MONTH.finditer(text):
        _add_named(found, match, match.group(3), match.group(2), match.group(1))
    for match in _MONTH_DAY.finditer(text):
        _add_named(found, match, match.group(3), match.group(1), match.group(2))
    return sorted(found, key=lambda item: item.start)


def _add_named(found: list[FoundDate], match: re.Match[str], year: str, month: str, day: str) -> None:
    if number := _months().get(plain(month)):
        _add(found, match, year, str(number), day)


def _add(found: list[FoundDate], match: re.Match[str], year: str, month: str, day: str) -> None:
    if any(match.start() < other.end and other.start < match.end() for other in found):
        return
    full = int(year) if len(year) == _FULL_YEAR else int(year) + (1900 if int(year) >= _PIVOT else 2000)
    if not _OLDEST <= full <= _YOUNGEST:
        return
    try:
        value = date(full, int(month), int(day)).isoformat()
    except ValueError:
        return
    found.append(FoundDate(value, match.start(), match.end()))
