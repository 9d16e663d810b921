"""Which currency a document is in: its codes and signs, weighed by the countries that it speaks for."""

import math
import re
from collections import Counter, defaultdict

from shared.domain.cldr.tables import load_tables
from shared.domain.values.conventions import Conventions
from shared.domain.values.currency_signs import USUAL, currencies_of, currency_codes

_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}(?![A-Za-z0-9])")
_COMMON = frozenset({
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "NZD", "SGD", "HKD", "MYR", "IDR", "THB", "VND", "KRW",
    "TWD", "PLN", "CZK", "HUF", "BGN", "SEK", "NOK", "DKK", "ISK", "UAH", "ILS", "SAR", "KWD", "OMR", "JOD", "TND",
    "ZAR", "NGN", "KES", "EGP", "BRL", "MXN", "ARS", "CLP", "PKR", "LKR", "BDT",
})  # fmt: skip
"""Codes that mean a currency wherever they stand. Those that are words (CAD drawings, a Sdn BHD) need an amount."""
_CAPTION = re.compile(
    r"(?:currency|währung|devise|moneda|valuta|moeda|waluta|para birimi|mata uang)\W{0,4}\s*(?P<mark>[A-Z]{3})",
    re.IGNORECASE,
)
_NAMES = {
    "us dollar": "USD",
    "u.s. dollar": "USD",
    "australian dollar": "AUD",
    "canadian dollar": "CAD",
    "pound sterling": "GBP",
    "new zealand dollar": "NZD",
    "singapore dollar": "SGD",
    "hong kong dollar": "HKD",
    "swiss franc": "CHF",
    "rupiah": "IDR",
    "ringgit": "MYR",
    "swedish krona": "SEK",
    "norwegian kron": "NOK",
    "danish kron": "DKK",
    "yen": "JPY",
}
_NAME = re.compile(r"(?<![^\W_])(?:" + "|".join(re.escape(name) for name in _NAMES) + ")", re.IGNORECASE)
_CAPTIONED, _NAMED = 6.0, 3.0
"""Weights beside that of one amount with its mark, which is 1."""
_SUPPORT = 1.5
"""How far the log-odds of a country move those of its currency."""
_REMAINDER = 0.5
"""Log-odds of all currencies that nothing speaks for, together."""

MIN_SUPPORT, NATIONAL_CERTAINTY = 1.5, 0.3
"""Log-odds for a country from which its currency is assumed where no mark stands, and how certain that is."""


class CurrencyEvidence:
    """Counts the marks of currencies."""

    def __init__(self) -> None:
        self._marks: Counter[str] = Counter()
        self._codes: defaultdict[str, float] = defaultdict(float)

    def add_mark(self, mark: str) -> None:
        """Count a sign or code beside an amount."""
        self._marks[mark] += 1

    def add_text(self, text: str) -> None:
        """Count the codes and names in a text."""
        for code in _CODE.findall(text):
            if code in _COMMON:
                self._codes[code] += 1.0
        for match in _CAPTION.finditer(text):
            if match["mark"] in currency_codes():
                self._codes[match["mark"]] += _CAPTIONED
        for match in _NAME.finditer(text):
            self._codes[_NAMES[match.group().lower()]] += _NAMED

    def choose(self, support: dict[str, float]) -> tuple[str, float]:
        """Return the likeliest currency and its certainty; ("", 0.0) without any evidence."""
        scores: defaultdict[str, float] = defaultdict(float, self._codes)
        whole = sum(scores.values())
        for mark, count in self._marks.items():
            whole += count
            for code, certainty in weigh_currencies(currencies_of(mark), mark, support, scores_of=self._codes):
                scores[code] += count * certainty
        if not scores:
            return _national_currency(support)
        best = max(scores, key=lambda code: scores[code])
        return best, round(scores[best] / whole, 4)


def _national_currency(support: dict[str, float]) -> tuple[str, float]:
    """Return the currency of the country that a document without any mark speaks for most; never a certain one."""
    country = max(support, key=lambda code: support[code], default="")
    codes = _tender_of(country) if country and support[country] >= MIN_SUPPORT else ()
    return (codes[0], NATIONAL_CERTAINTY) if codes else ("", 0.0)


def _tender_of(country: str) -> tuple[str, ...]:
    habits = load_tables().countries.get(country)
    return habits.currencies if habits else ()


def read_currency(mark: str, conventions: Conventions) -> list[tuple[str, float]]:
    """Return the currencies that a printed code or sign may mean in a document, with certainties, best first."""
    stated = {conventions.currency: 4 * conventions.currency_certainty} if conventions.currency else {}
    return weigh_currencies(currencies_of(mark), mark, conventions.countries, scores_of=stated)


def weigh_currencies(
    codes: tuple[str, ...], mark: str, support: dict[str, float], scores_of: dict[str, float]
) -> list[tuple[str, float]]:
    """Return currencies with the certainty that a mark means them here; `scores_of`: codes that the document states."""
    if len(codes) <= 1:
        return [(code, 1.0) for code in codes]
    usual = USUAL.get(mark.rstrip("."), 0.0)
    by_currency: defaultdict[str, float] = defaultdict(float)
    for country, odds in support.items():
        for code in _tender_of(country):
            by_currency[code] = max(by_currency[code], odds)
    odds_of = {
        code: usual * (place == 0) + _SUPPORT * by_currency[code] + min(scores_of.get(code, 0.0), 4.0)
        for place, code in enumerate(codes)
        if place == 0 or code in by_currency or code in scores_of or not usual
    }
    whole = sum(math.exp(odds) for odds in odds_of.values()) + math.exp(_REMAINDER)
    return sorted(
        ((code, round(math.exp(odds) / whole, 4)) for code, odds in odds_of.items()), key=lambda item: -item[1]
    )
