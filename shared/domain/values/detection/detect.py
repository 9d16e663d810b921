"""Detect the conventions of a document from its texts, page by page, in bounded memory."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from shared.domain.values.conventions import (
    UNKNOWN,
    Conventions,
    DecimalSign,
    join_evidence,
    to_probability,
    weigh_evidence,
)
from shared.domain.values.currency_signs import fraction_digits
from shared.domain.values.detection.closing_sums import ClosingSums
from shared.domain.values.detection.countries import decimal_sign_of, find_countries, groups_with_space
from shared.domain.values.detection.currency_evidence import CurrencyEvidence
from shared.domain.values.detection.date_evidence import DateEvidence
from shared.domain.values.detection.languages import count_language_words, weigh_languages
from shared.domain.values.number_signs import look_around
from shared.domain.values.numerals import APOSTROPHES, SPACES, Numeral, find_numerals
from shared.domain.values.plain_signs import to_plain_signs

MAX_COUNTRY = 3.0
MAX_DISTINCT = 2000
"""Different numbers that are remembered; a longer document has shown its conventions."""
MAX_CHARACTERS = 20_000
"""Characters of one text that are looked at for names of places and languages."""
_TWO_SIGNS, _GROUPS, _CENTS, _OTHER_FRACTION, _CLOSING = 4.0, 3.0, 1.5, 0.5, 2.0
"""Weights: a number with both signs, two equal signs, two digits of fraction, other digits, a sum that closes."""
_MAX_CLOSING = 3
_LIKE_THOUSANDS, _MIN_LIKE_THOUSANDS, _MAX_LIKE_THOUSANDS = 0.7, 4, 4.0
"""Numbers with just three digits behind their sign, and none with other digits: the weight of each, and limits."""
_CENTS_DIGITS = 2
_UNIT = re.compile(r"\s?(?:k?g|t|l|ml|m|mm|cm|km|lbs?|oz|kWh|MWh|h|hrs?|m[23²³]|%)(?![^\W_])")
_SECTION = re.compile(r"^(?:§\s*)?\d{1,2}\.\d\.?\s+[^\W\d_]{4}")
_TIME = re.compile(r"\s?(?:Uhr|h|am|pm|a\.m\.|p\.m\.)(?![^\W_])", re.IGNORECASE)
_BOOKS = re.compile(r"\b(?:statement|balance|account|kontostand|saldo|kontoauszug|relevé|withdrawals?|deposits?)\b")
_BILLS = re.compile(r"\b(?:invoice|credit (?:note|memo)|bill to|vat|gst|rechnung|gutschrift|facture)\b")
_WORDS = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_OTHER_SIGN: dict[str, DecimalSign] = {".": ",", ",": "."}


def detect_conventions(texts: Iterable[str]) -> Conventions:
    """Return the conventions of a document from the texts of its lines, in reading order."""
    detector = ConventionDetector()
    for text in texts:
        detector.add(text)
    return detector.conventions()


class ConventionDetector:
    """Takes the texts of a document one after the other; what it remembers does not grow with the document."""

    def __init__(self) -> None:
        self._decimal: defaultdict[str, float] = defaultdict(float)
        self._like_thousands: defaultdict[str, set[str]] = defaultdict(set)
        self._fractions: Counter[str] = Counter()
        self._sums = ClosingSums()
        self._dates = DateEvidence()
        self._money = CurrencyEvidence()
        self._spaced = {"typeset": 0, "amounts": 0, "other_groups": 0, "ungrouped": 0}
        self._sources: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._language_words: defaultdict[str, float] = defaultdict(float)
        self._marks: Counter[str] = Counter()
        self._seen_numbers: set[str] = set()
        self._books = self._bills = 0

    def add(self, text: str) -> None:
        """Take the next text: a line, a paragraph or a cell."""
        plain = to_plain_signs(text)
        in_dates = bytearray(len(plain))
        for start, end in self._dates.add(plain):
            in_dates[start:end] = b"\1" * (end - start)
        for numeral in find_numerals(plain):
            if not any(in_dates[numeral.start : numeral.end]):
                self._add_numeral(plain, numeral)
        self._money.add_text(plain)
        words = text[:MAX_CHARACTERS].casefold()
        for country, source, odds in find_countries(plain[:MAX_CHARACTERS], words):
            self._sources[country][source] = odds
        for language, count in count_language_words(_WORDS.findall(words)).items():
            self._language_words[language] += count
        self._books += len(_BOOKS.findall(words))
        self._bills += len(_BILLS.findall(words))

    def conventions(self) -> Conventions:
        """Return what the texts so far show."""
        countries = self._countries()
        languages = weigh_languages(self._language_words)
        support = _with_languages(countries, languages)
        currency, currency_certainty = self._money.choose(support)
        decimal = self._decimal_log_odds(countries, languages, currency)
        dates = self._dates.day_first_log_odds(countries, languages)
        return Conventions(
            decimal_sign="," if decimal > 0 else ".",
            decimal_certainty=to_probability(abs(decimal)),
            space_groups=to_probability(self._space_log_odds(countries)),
            day_first=dates >= 0,
            date_certainty=to_probability(abs(dates)),
            year_first=self._dates.year_first(countries),
            currency=currency,
            currency_certainty=currency_certainty,
            credit_is_negative=self._credit_is_negative(),
            countries=support,
            languages=languages,
        )

    def _add_numeral(self, text: str, numeral: Numeral) -> None:
        around = look_around(text, numeral, UNKNOWN)
        if around.currencies:
            self._money.add_mark(around.mark)
        if around.sign_mark:
            self._marks[around.sign_mark.upper().rstrip(".")] += 1
        if around.has_dash_for_cents:
            self._decimal[around.dash_sign] += _TWO_SIGNS
            return
        self._add_spacing(numeral)
        if not around.is_percent:
            self._sums.add(numeral)
        if len(self._seen_numbers) < MAX_DISTINCT:
            self._seen_numbers.add(numeral.text)
            self._add_shape(text, numeral)

    def _add_shape(self, text: str, numeral: Numeral) -> None:
        """Count what the shape of a number says of the decimal sign."""
        behind = text[numeral.end : numeral.end + 8]
        if numeral.shape == "either":
            if not _UNIT.match(behind):
                self._like_thousands[numeral.sign].add(numeral.text)
        elif numeral.shape == "grouped":
            self._decimal[_OTHER_SIGN[numeral.sign]] += _GROUPS
        elif numeral.has_both:
            self._decimal[numeral.sign] += _TWO_SIGNS
        elif numeral.shape == "decimal" and not (_TIME.match(behind) or _SECTION.match(text.lstrip())):
            self._fractions[numeral.sign] += 1
            self._decimal[numeral.sign] += _CENTS if numeral.fraction == _CENTS_DIGITS else _OTHER_FRACTION

    def _add_spacing(self, numeral: Numeral) -> None:
        """Count what a number says of spaces as grouping signs."""
        if any(space in numeral.text for space in SPACES):
            self._spaced["typeset"] += 1
        elif numeral.spaced and numeral.shape == "decimal":
            self._spaced["amounts"] += 1
        elif numeral.has_both or numeral.shape == "grouped" or any(sign in numeral.text for sign in APOSTROPHES):
            self._spaced["other_groups"] += 1
        elif not numeral.spaced and numeral.shape == "decimal" and numeral.as_decimal >= 1000:  # noqa: PLR2004 - ungrouped
            self._spaced["ungrouped"] += 1

    def _countries(self) -> dict[str, float]:
        sums = {country: min(sum(sources.values()), MAX_COUNTRY) for country, sources in self._sources.items()}
        return dict(sorted(sums.items(), key=lambda item: -item[1])[:8])

    def _decimal_log_odds(self, countries: dict[str, float], languages: dict[str, float], currency: str) -> float:
        """Return the log-odds that the comma is the decimal sign."""
        strong = dict(self._decimal)
        for sign, texts in self._like_thousands.items():
            if not self._fractions[sign] and len(texts) >= _MIN_LIKE_THOUSANDS:
                weight = min(_LIKE_THOUSANDS * len(texts), _MAX_LIKE_THOUSANDS)
                target = sign if fraction_digits(currency) == 3 else _OTHER_SIGN[sign]  # noqa: PLR2004 - KWD and others
                strong[target] = strong.get(target, 0.0) + weight
        closing = {".": self._sums.point, ",": self._sums.comma}
        comma, point = (strong.get(sign, 0.0) + _CLOSING * min(closing[sign], _MAX_CLOSING) for sign in ",.")
        weak = sum(0.8 * odds * _speaks_for_comma(decimal_sign_of(country)) for country, odds in countries.items())
        weak += sum(
            odds * (-0.7 if language == "en" else 1)
            for language, odds in languages.items()
            if language in _LANGUAGES_WITH_DECIMAL_SIGN
        )
        return join_evidence(weigh_evidence(comma, point), weak)

    def _space_log_odds(self, countries: dict[str, float]) -> float:
        """Return the log-odds that a plain space groups digits."""
        spaced = self._spaced
        odds = weigh_evidence(
            3.0 * min(spaced["typeset"], 3) + 0.7 * min(spaced["amounts"], 5),
            2.0 * min(spaced["other_groups"], 4) + 0.5 * min(spaced["ungrouped"], 6),
        )
        habits = sum(value for country, value in countries.items() if groups_with_space(country))
        return odds + min(habits, MAX_COUNTRY) / 2

    def _credit_is_negative(self) -> float:
        credit = sum(self._marks[mark] for mark in ("CR", "H", "HABEN"))
        debit = sum(self._marks[mark] for mark in ("DR", "S", "SOLL", "OD", "O/D"))
        if not credit:
            return 0.5
        if debit:
            return 0.03
        return to_probability(weigh_evidence(self._bills, self._books))


_LANGUAGES_WITH_DECIMAL_SIGN = frozenset(
    {"en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro", "tr", "id", "vi", "ru"}
)
"""Languages whose writers agree on a decimal sign; all but English put a comma."""
_HOME = {
    "sv": "SE", "da": "DK", "nb": "NO", "pl": "PL", "cs": "CZ", "hu": "HU", "id": "ID", "ms": "MY", "tr": "TR",
    "vi": "VN", "fi": "FI", "ro": "RO", "ru": "RU", "it": "IT",
}  # fmt: skip
"""The country of a language that is spoken in one only, or nearly so."""


def _speaks_for_comma(sign: str) -> int:
    return {",": 1, ".": -1}.get(sign, 0)


def _with_languages(countries: dict[str, float], languages: dict[str, float]) -> dict[str, float]:
    """Return what speaks for each country, its language included."""
    support = dict(countries)
    for language, odds in languages.items():
        if home := _HOME.get(language):
            support[home] = min(support.get(home, 0.0) + odds, MAX_COUNTRY)
    return support
