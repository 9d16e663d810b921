"""Which currencies a printed sign may mean, and how many digits of fraction a currency has."""

import re
from functools import cache

from shared.domain.cldr.tables import load_tables

DOLLARS = (
    "USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "UYU", "JMD", "BBD", "BSD", "BZD",
    "FJD", "NAD", "TTD", "XCD", "LRD", "BND", "GYD", "SBD", "KYD", "BMD",
)  # fmt: skip
SIGNS: dict[str, tuple[str, ...]] = {
    "$": DOLLARS, "US$": ("USD",), "U.S.$": ("USD",), "A$": ("AUD",), "AU$": ("AUD",), "C$": ("CAD",), "CA$": ("CAD",),
    "CDN$": ("CAD",), "Can$": ("CAD",), "NZ$": ("NZD",), "S$": ("SGD",), "SG$": ("SGD",), "HK$": ("HKD",),
    "NT$": ("TWD",), "R$": ("BRL",), "MX$": ("MXN",), "J$": ("JMD",), "€": ("EUR",), "Euro": ("EUR",),
    "£": ("GBP", "EGP", "LBP", "GIP", "FKP", "SHP", "SYP"), "¥": ("JPY", "CNY"), "円": ("JPY",), "元": ("CNY", "TWD"),
    "RMB": ("CNY",), "₹": ("INR",), "Rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"),
    "₨": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"), "₽": ("RUB",), "руб": ("RUB", "BYN"), "₴": ("UAH",),
    "грн": ("UAH",), "₺": ("TRY",), "TL": ("TRY",), "₩": ("KRW",), "원": ("KRW",), "₫": ("VND",), "đ": ("VND",),
    "₱": ("PHP",), "฿": ("THB",), "₪": ("ILS",), "₦": ("NGN",), "₵": ("GHS",), "₡": ("CRC",), "₲": ("PYG",),
    "₸": ("KZT",), "₼": ("AZN",), "₾": ("GEL",), "৳": ("BDT",), "Tk": ("BDT",), "zł": ("PLN",), "Kč": ("CZK",),
    "Ft": ("HUF",), "lei": ("RON", "MDL"), "лв": ("BGN",), "kr": ("SEK", "NOK", "DKK", "ISK"),
    "Kr": ("SEK", "NOK", "DKK", "ISK"), "Fr": ("CHF",), "SFr": ("CHF",), "RM": ("MYR",), "Rp": ("IDR",),
    "R": ("ZAR",), "Dhs": ("AED", "MAD"), "SR": ("SAR",), "KD": ("KWD",), "BD": ("BHD",), "JD": ("JOD",),
    "DT": ("TND",), "QR": ("QAR",), "KSh": ("KES",), "Ksh": ("KES",), "KES": ("KES",), "S/": ("PEN",), "DM": ("DEM",),
}  # fmt: skip
"""Currencies by sign; the first is the usual meaning where `USUAL` says so."""
USUAL: dict[str, float] = {"$": 2.0, "£": 3.0, "Rs": 2.0, "₨": 1.0, "¥": 0.5, "元": 2.0, "lei": 3.0, "руб": 3.0}
"""How much (log-odds) the first currency of an ambiguous sign leads the others before anything is known."""
_DIGITS_IN_PRACTICE = {"IQD": 3, "LYD": 3, "IDR": 0, "HUF": 0, "COP": 0, "RSD": 2, "ALL": 2, "AFN": 2, "YER": 2}
"""Where the digits that people print are not those that CLDR states for payments by card or in cash."""
_USUAL_DIGITS = 2
_CODE_LETTERS = 3


@cache
def currency_codes() -> frozenset[str]:
    """Return every ISO 4217 code."""
    return frozenset(load_tables().fraction_digits)


@cache
def fraction_digits(code: str) -> int:
    """Return how many digits of fraction amounts of a currency have: 2, or 0 (JPY), or 3 (KWD); 2 for no code."""
    if code in _DIGITS_IN_PRACTICE:
        return _DIGITS_IN_PRACTICE[code]
    return load_tables().fraction_digits.get(code, _USUAL_DIGITS)


@cache
def currencies_of(mark: str) -> tuple[str, ...]:
    """Return the currencies that a printed code or sign may mean; none when it is no such mark."""
    mark = mark.strip()
    if mark in SIGNS:
        return SIGNS[mark]
    if mark.rstrip(".") in SIGNS:
        return SIGNS[mark.rstrip(".")]
    if len(mark) == _CODE_LETTERS and mark.upper() in currency_codes():
        return (mark.upper(),)
    return next((codes for sign, codes in SIGNS.items() if mark.casefold() == sign.casefold()), ())


@cache
def mark_pattern() -> str:
    """Return a regular expression for what may stand beside an amount as its currency: a code or a sign."""
    signs = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
    code = r"(?<![Ss][Dd][Nn] )(?<![Ss][Dd][Nn]\. )[A-Z]{3}"  # a Sdn BHD is a company, not dinars of Bahrain
    return rf"(?:(?:{signs})(?:(?<=[a-z])\.)?|{code}|[Ee][Uu][Rr](?:[Oo]s?)?)"
