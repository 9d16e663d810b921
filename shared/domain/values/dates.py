"""Find the dates of a text, each with all its readings under the document's conventions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from shared.domain.values.conventions import SETTLED, Conventions, to_probability
from shared.domain.values.month_names import months_named
from shared.domain.values.plain_signs import to_plain_signs

OLDEST, YOUNGEST, PIVOT = 1800, 2199, 70
"""Years that a document may state; of two digits, those from PIVOT on are of the 20th century."""
LEAST_CERTAINTY = 0.0001
"""The certainty of a reading that the document rules out; it is named all the same."""
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of an era, by what stands before the year."""
_BUDDHIST = range(2443, 2643)
_BUDDHIST_OFFSET = 543
_DOT_ODDS = 4.0
"""Log-odds that the day comes first where dots separate: no country puts the month before a dot."""
_FULL_YEAR, _MONTHS = 4, 12
_DIGIT = re.compile(r"\d")
_THREE_DIGITS = re.compile(r"\d\D*\d\D*\d")
_LETTER = re.compile(r"[^\W\d_]")
_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963\u0e31-\u0e4e]){1,14}"  # with the vowel signs of Hindi and Thai
_BETWEEN = r"[\s.,\-/'’]*"
_YEAR = r"(?P<year>(?:1[89]|2[0-6])\d{2}(?=\D|$|\d{1,2}:\d{2})|'?\d{2}(?![\d:]))"

_YEAR_FIRST = re.compile(
    r"(?<![\d.,])(?P<year>(?:1[89]|2[0-6])\d{2})(?:\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})|"
    r"(?P<month2>0[1-9]|1[0-2])(?P<day2>[0-2]\d|3[01]))(?!\d)"
)
_EAST = re.compile(
    r"(?P<era>令和|平成|昭和|民國|民国)?\s?(?P<year>\d{1,4}|元)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]?"
)
_VIETNAMESE = re.compile(r"(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2})\s+năm\s+(?P<year>\d{4})", re.IGNORECASE)
_FIGURES = re.compile(
    r"(?<![\d.,/A-Z])(?P<first>\d{1,2})(?:\s?(?P<sign>[./-])\s?(?P<second>\d{1,2})\s?(?P=sign)\s?|"
    r"(?<!\d \d)(?<!\d \d\d) (?P<second2>\d{2}) (?=(?:19|20)\d\d(?! ?\d)))"
    r"(?P<year>(?:1[89]|2[0-6])\d{2}(?=\D|$|\d{1,2}:\d{2})|\d{2})(?!\d(?!\d?:\d))(?![./-]\d)"
)
_DAY_NAME = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|ª|°)?{_BETWEEN}(?:(?:de|di|of|day\s+of)\s+)?"
    rf"(?P<name>{_LETTERS})\.?{_BETWEEN}(?:(?:de|del|of|do)\s+)?{_YEAR}",
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    rf"(?<![^\W\d_])(?P<name>{_LETTERS})\.?[\s\-/]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+|[\-/]){_YEAR}",
    re.IGNORECASE,
)
_YEAR_NAME = re.compile(
    rf"(?P<year>(?:1[89]|2[0-6])\d{{2}})(?:\.|\s?m\.|\s?г\.|\.\s?gada)?[\s,\-/]*(?P<name>{_LETTERS})\.?[\s\-/]*(?P<day>\d{{1,2}})(?!\d)",
    re.IGNORECASE,
)


class DateReading(NamedTuple):
    """What a printed date may mean, and how certain that is (0..1)."""

    value: date
    certainty: float


class PrintedDate(NamedTuple):
    """A date on a page, from `start` to `end` of its text; `readings`: the likeliest first."""

    start: int
    end: int
    text: str
    readings: tuple[DateReading, ...]

    @property
    def value(self) -> date:
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


class Figures(NamedTuple):
    """A date in figures whose year comes last: which of the first two is the day is left open."""

    first: int
    second: int
    year: str
    sign: str


def find_dates(text: str, conventions: Conventions) -> list[PrintedDate]:
    """Return the dates of a text in order, no two of which share a character."""
    plain = to_plain_signs(text)
    if not (_THREE_DIGITS if plain.isascii() else _DIGIT).search(plain):
        return []  # as most lines: a date has a day and a year in digits, in Japanese at least a day
    dates: list[PrintedDate] = []
    taken = bytearray(len(plain))  # 1 for each character of a date
    for match, readings in _candidates(plain, conventions):
        likely = _rank(readings)
        if likely and not any(taken[match.start() : match.end()]):
            taken[match.start() : match.end()] = b"\1" * len(match.group())
            dates.append(PrintedDate(match.start(), match.end(), text[match.start() : match.end()], likely))
    return sorted(dates)


def find_figures(text: str) -> Iterator[Figures]:
    """Yield the dates in figures whose year comes last, as printed."""
    plain = to_plain_signs(text)
    for match in _FIGURES.finditer(plain) if _THREE_DIGITS.search(plain) else ():
        yield _figures(match)


def _candidates(text: str, conventions: Conventions) -> Iterator[tuple[re.Match[str], list[DateReading]]]:
    """Yield what looks like a date, the surer forms first."""
    for match in _YEAR_FIRST.finditer(text):
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        yield match, _make(match["year"], month, day, 1.0)
    has_east, has_letter = not text.isascii(), _LETTER.search(text) is not None
    for match in _EAST.finditer(text) if has_east else ():
        year = str((1 if match["year"] == "元" else int(match["year"])) + _ERAS.get(match["era"] or "", 0))
        yield match, _make(year, match["month"], match["day"], 1.0)
    for match in _VIETNAMESE.finditer(text) if has_east else ():
        yield match, _make(match["year"], match["month"], match["day"], 1.0)
    for pattern in (_DAY_NAME, _YEAR_NAME, _NAME_DAY) if has_letter else ():
        for match in pattern.finditer(text):
            yield match, _read_named_month(match, conventions)
    for match in _FIGURES.finditer(text):
        yield match, read_figures(_figures(match), conventions)


def read_figures(figures: Figures, conventions: Conventions) -> list[DateReading]:
    """Return the readings of a date in figures; of those that exist, each with its share of the certainty."""
    odds = conventions.day_first_log_odds()
    if figures.sign == ".":
        odds = max(odds, 0) + _DOT_ODDS
    day_first = to_probability(odds)
    first, second = str(figures.first), str(figures.second)
    readings = _make(figures.year, second, first, day_first) + _make(figures.year, first, second, 1 - day_first)
    if len(figures.year) < _FULL_YEAR:
        share = conventions.year_first if readings else 1.0
        readings = [DateReading(reading.value, reading.certainty * (1 - share)) for reading in readings]
        readings += _make(f"{figures.first:02}", second, figures.year, share)
    whole = sum(reading.certainty for reading in readings)
    return [DateReading(reading.value, reading.certainty / whole) for reading in readings]


def _figures(match: re.Match[str]) -> Figures:
    second = match["second"] or match["second2"]
    return Figures(int(match["first"]), int(second), match["year"], match["sign"] or " ")


def _read_named_month(match: re.Match[str], conventions: Conventions) -> list[DateReading]:
    """Return the readings of a date with the name of its month, which may mean two months in two languages."""
    months = months_named(match["name"])
    speaking = {
        month: max((conventions.languages.get(language, 0.0) for language in of), default=0.0)
        for month, of in months.items()
    }
    best = max(speaking.values(), default=0.0)
    likely = [month for month, odds in speaking.items() if odds >= best] if best > 0 else list(months)
    year = match["year"].lstrip("'")
    return [reading for month in likely for reading in _make(year, str(month), match["day"], 1 / len(likely))]


def _make(year: str, month: str, day: str, certainty: float) -> list[DateReading]:
    """Return the date with this certainty; nothing when there is no such day."""
    if certainty <= 0:
        return []
    full = int(year)
    if len(year) < _FULL_YEAR:
        full += 0 if full > 99 else 1900 if full >= PIVOT else 2000  # noqa: PLR2004 - two digits
    elif full in _BUDDHIST:
        full -= _BUDDHIST_OFFSET
    if not OLDEST <= full <= YOUNGEST:
        return []
    try:
        return [DateReading(date(full, int(month), int(day)), certainty)]
    except ValueError:
        return []


def _rank(readings: list[DateReading]) -> tuple[DateReading, ...]:
    """Return different dates, the likeliest first."""
    shares: defaultdict[date, float] = defaultdict(float)
    for value, certainty in readings:
        shares[value] += certainty
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(DateReading(value, max(round(share, 4), LEAST_CERTAINTY)) for value, share in ranked)


@cache
def has_month_name(word: str) -> bool:
    """Return whether a word names a month."""
    return bool(months_named(word))
