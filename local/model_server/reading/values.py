"""Reads a value of a given kind out of a piece of text."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from local.model_server.reading.amounts import Amount, decimal_sign, find_amounts, to_currency
from local.model_server.reading.dates import find_dates, month_first, plain
from local.model_server.reading.fields import Field
from local.model_server.reading.identifiers import find_codes, find_ibans, find_vat_ids
from local.model_server.reading.page import Document, Line

type Value = str | float | bool

_YES = frozenset(["yes", "y", "ja", "oui", "si", "sim", "tak", "true", "x", "☒", "☑", "✓", "✔", "✗", "✘", "■", "●"])
_NO = frozenset(["no", "n", "nein", "non", "nao", "nie", "nee", "false", "none", "☐", "□", "○"])
_CHECK_MARKS = re.compile(r"[☒☑✓✔✗✘☐□■○●]|\[\s?[xX]?\s?\]|\(\s?[xX]?\s?\)")
_GOES_ON = re.compile(r"\s+(?!yes|no\b|ja\b|nein|oui|non\b)[^\W\d_]", re.IGNORECASE)  # "in no event" answers nothing
_COMMON_CURRENCIES = frozenset(
    [
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "JPY",
        "CNY",
        "INR",
        "AUD",
        "CAD",
        "NZD",
        "SGD",
        "HKD",
        "MYR",
        "IDR",
        "THB",
        "PHP",
        "VND",
        "KRW",
        "TWD",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "SEK",
        "NOK",
        "DKK",
        "ISK",
        "TRY",
        "RUB",
        "UAH",
        "ILS",
        "AED",
        "SAR",
        "ZAR",
        "NGN",
        "KES",
        "EGP",
        "MAD",
        "BRL",
        "MXN",
        "ARS",
        "CLP",
        "COP",
        "PEN",
    ]
)


@dataclass(frozen=True)
class Reading:
    """A value read from a text: what it is, which characters, and how well it fits its kind (0 to 1)."""

    value: Value
    start: int
    end: int
    quality: float


@dataclass(frozen=True)
class Conventions:
    """How this document writes numbers and dates."""

    decimal: str
    us_order: bool

    @classmethod
    def of(cls, document: Document) -> "Conventions":
        """Seen from all its lines."""
        texts = [line.text for line in document.lines]
        return cls(decimal_sign(texts), month_first(texts))


def read(field: Field, text: str, conventions: Conventions) -> list[Reading]:
    """Every value of the field's kind in `text`, in the order they stand."""
    if field.options:
        return _options(field, text)
    return _READERS.get(field.kind, _words)(field, text, conventions)


def _dates(_: Field, text: str, conventions: Conventions) -> list[Reading]:
    found = find_dates(text, us_order=conventions.us_order)
    return [Reading(item.value, item.start, item.end, 1.0) for item in found]


def _numbers(_: Field, text: str, conventions: Conventions) -> list[Reading]:
    return [Reading(item.value, item.start, item.end, 0.9) for item in find_amounts(text, conventions.decimal)]


def _sums(_: Field, text: str, conventions: Conventions) -> list[Reading]:
    return [_money(item) for item in find_amounts(text, conventions.decimal) if not item.percent]


def _money(amount: Amount) -> Reading:
    quality = 0.7 + 0.25 * amount.cents + 0.05 * bool(amount.currency)
    return Reading(amount.value, amount.start, amount.end, quality)


def _identifiers(field: Field, text: str, conventions: Conventions) -> list[Reading]:
    if field.identifier == "iban":
        return [Reading(item.value, item.start, item.end, item.quality) for item in find_ibans(text)]
    if field.identifier == "vat":
        return [Reading(item.value, item.start, item.end, item.quality) for item in find_vat_ids(text)]
    dates = find_dates(text, us_order=conventions.us_order)
    codes = find_codes(text)
    return [
        Reading(code.value, code.start, code.end, code.quality)
        for code in codes
        if not any(code.start < day.end and day.start < code.end for day in dates)
    ]


def _currencies(_: Field, text: str, __: Conventions) -> list[Reading]:
    found = []
    for match in re.finditer(
        r"(?<![^\W\d_])(?:[A-Z]{3}|US\$|HK\$|[SACR]\$|RM|Rs|Rp|zł|Kč|Ft)(?![^\W\d_])|[€$£¥₹]", text
    ):
        if code := to_currency(match.group()):
            sure = 1.0 if code in _COMMON_CURRENCIES or len(match.group()) < len(code) else 0.5
            found.append(Reading(code, match.start(), match.end(), sure))
    return found


def _booleans(_: Field, text: str, __: Conventions) -> list[Reading]:
    found = []
    for match in re.finditer(rf"{_CHECK_MARKS.pattern}|[^\W\d_]+", text):
        word = plain(match.group())
        ticked = re.search(r"[x☒☑✓✔✗✘■●]", word) is not None
        if _CHECK_MARKS.fullmatch(match.group()):
            found.append(Reading(ticked, match.start(), match.end(), 1.0))
        elif (word in _YES or word in _NO) and not _GOES_ON.match(text, match.end()):
            found.append(Reading(word in _YES, match.start(), match.end(), 0.9))
    return found


def _options(field: Field, text: str) -> list[Reading]:
    folded = plain(text)
    found = []
    for option in field.options:
        wanted = plain(str(option)).replace("_", " ")
        if match := re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded):
            found.append(Reading(option, match.start(), match.end(), 1.0))
    return found


def _words(_: Field, text: str, __: Conventions) -> list[Reading]:
    start = len(text) - len(text.lstrip(" :#.-–|"))
    end = len(text.rstrip(" :|"))
    return [Reading(text[start:end], start, end, 0.8)] if end - start > 1 else []


_READERS: dict[str, Callable[[Field, str, Conventions], list[Reading]]] = {
    "date": _dates,
    "money": _sums,
    "number": _numbers,
    "identifier": _identifiers,
    "currency": _currencies,
    "boolean": _booleans,
}


def page_currency(document: Document) -> tuple[str, float, Line] | None:
    """The currency most amounts stand in, its share of the marks, and a line that prints it; None without a mark."""
    marks = [(code, line) for line in document.lines for code in _marks(line.text)]
    if not marks:
        return None
    code, count = Counter(code for code, _ in marks).most_common(1)[0]
    return code, count / len(marks), next(line for mark, line in marks if mark == code)


def _marks(text: str) -> list[str]:
    beside = [amount.currency for amount in find_amounts(text) if amount.currency in _COMMON_CURRENCIES]
    return [*beside, *(code for code in re.findall(r"(?<!\w)[A-Z]{3}(?!\w)", text) if code in _COMMON_CURRENCIES)]
