"""What a document shows of its order of day and month."""

import re
from collections import Counter

from shared.domain.values.conventions import UNKNOWN, join_evidence, weigh_evidence
from shared.domain.values.dates import find_dates, find_figures
from shared.domain.values.detection.countries import date_order_of

_DAYS, _MONTHS, _FULL_YEAR = 31, 12, 4
_UNAMBIGUOUS, _HINT = 3.0, 4.0
"""Weights: a date whose day is above 12, and a hint such as DD/MM/YYYY."""
_STYLE = 0.7
"""Log-odds that the way of writing dates with names ("March 14, 2025") speaks for the same order in figures."""
_MONTH_HINT = re.compile(r"(?<!\w)MM\s?[-/.]\s?(?:DD|TT|JJ)\s?[-/.]", re.IGNORECASE)
_DAY_HINT = re.compile(r"(?<!\w)(?:DD|TT|JJ|GG)\s?[-/.]\s?MM\s?[-/.]|dd-mmm-", re.IGNORECASE)
_NAME_FIRST = re.compile(r"[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}")
_DAY_NAME = re.compile(r"\d{1,2}(?:st|nd|rd|th)?\s+[^\W\d_]{3,12}\.?,?\s+\d{4}")
_ENGLISH_SPEAKING = "en"


class DateEvidence:
    """Counts dates that can be read in one order only."""

    def __init__(self) -> None:
        self._day_first = self._month_first = 0.0
        self._styles: Counter[str] = Counter()

    def add(self, text: str) -> list[tuple[int, int]]:
        """Take the next text; returns the places of its dates."""
        dates = find_dates(text, UNKNOWN)
        for figures in find_figures(text):
            has_short_year = len(figures.year) < _FULL_YEAR
            weight = _UNAMBIGUOUS / (3 if has_short_year else 1)  # 25/03/04 may begin with the year
            if _DAYS >= figures.first > _MONTHS >= figures.second:
                self._day_first += weight
            elif _DAYS >= figures.second > _MONTHS >= figures.first:
                self._month_first += _UNAMBIGUOUS
        self._day_first += _HINT * bool(_DAY_HINT.search(text))
        self._month_first += _HINT * bool(_MONTH_HINT.search(text))
        for printed in dates:
            self._styles["month"] += bool(_NAME_FIRST.match(printed.text))
            self._styles["day"] += bool(_DAY_NAME.match(printed.text))
        return [(printed.start, printed.end) for printed in dates]

    def day_first_log_odds(self, countries: dict[str, float], languages: dict[str, float]) -> float:
        """Return the log-odds that the day stands before the month."""
        weak = 0.0
        for country, odds in countries.items():
            order = date_order_of(country)
            weak += odds * (-1 if order == "mdy" else 1 if order == "dmy" else 0)
        weak += sum(odds for language, odds in languages.items() if language != _ENGLISH_SPEAKING)
        weak += _STYLE * (bool(self._styles["day"]) - bool(self._styles["month"]))
        return join_evidence(weigh_evidence(self._day_first, self._month_first), weak)

    def year_first(self, countries: dict[str, float]) -> float:
        """Return the certainty that three figures of two digits begin with the year."""
        strongest = max(countries, key=lambda country: countries[country], default="")
        is_usual = bool(strongest) and date_order_of(strongest) == "ymd" and not self._day_first
        return 0.5 if is_usual else 0.03
