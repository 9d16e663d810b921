"""Read a value of a given type out of a piece of text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.domain.values.conventions import Conventions
from shared.domain.values.currency_signs import mark_pattern
from shared.domain.values.dates import find_dates
from shared.domain.values.detection.currency_evidence import read_currency
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.folding import plain
from shared.rule_reader.text.amounts import Amount, find_amounts
from shared.rule_reader.text.identifiers import find_codes, find_ibans, find_vat_ids
from shared.rule_reader.text.page import Document, Line
from shared.rule_reader.vocabulary import Vocabulary, phrase_set

type Value = str | float | bool

_CHECK_MARKS = re.compile(r"[☒☑✓✔✗✘☐□■○●]|\[\s?[xX]?\s?\]|\(\s?[xX]?\s?\)")
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
_CODE = re.compile(r"(?<!\w)[A-Z]{3}(?!\w)")
_MARK = re.compile(rf"(?<![^\W_]){mark_pattern()}(?![^\W\d_])")
_UNSURE_CURRENCY = 0.5  # three letters that may be any word


@dataclass(frozen=True)
class Reading:
    """A value read from a text: what it is, which characters, and how well it fits its type (0 to 1)."""

    value: Value
    start: int
    end: int
    quality: float


def read(field: Field, text: str, conventions: Conventions, vocabulary: Vocabulary) -> list[Reading]:
    """Return every value of the field's type in `text`, in the order they stand."""
    if field.options:
        return _options(field, text)
    return _READERS.get(field.field_type, _words)(field, text, conventions, vocabulary)


def _dates(_: Field, text: str, conventions: Conventions, __: Vocabulary) -> list[Reading]:
    return [Reading(day.value.isoformat(), day.start, day.end, 1.0) for day in find_dates(text, conventions)]


def _numbers(_: Field, text: str, conventions: Conventions, __: Vocabulary) -> list[Reading]:
    return [Reading(item.value, item.start, item.end, 0.9) for item in find_amounts(text, conventions)]


def _sums(_: Field, text: str, conventions: Conventions, __: Vocabulary) -> list[Reading]:
    return [_money(item) for item in find_amounts(text, conventions) if not item.is_percent]


def _money(amount: Amount) -> Reading:
    quality = 0.7 + 0.25 * amount.is_money + 0.05 * bool(amount.currency)
    return Reading(amount.value, amount.start, amount.end, quality)


def _identifiers(field: Field, text: str, conventions: Conventions, vocabulary: Vocabulary) -> list[Reading]:
    if field.identifier == "iban":
        return [Reading(item.value, item.start, item.end, item.quality) for item in find_ibans(text)]
    if field.identifier == "vat":
        return [Reading(item.value, item.start, item.end, item.quality) for item in find_vat_ids(text, vocabulary)]
    dates = find_dates(text, conventions)
    codes = find_codes(text)
    return [
        Reading(code.value, code.start, code.end, code.quality)
        for code in codes
        if not any(day.start <= code.start and code.end <= day.end for day in dates)
    ]


def _currencies(_: Field, text: str, conventions: Conventions, __: Vocabulary) -> list[Reading]:
    readings = []
    for match in _MARK.finditer(text):
        if codes := read_currency(match.group(), conventions):
            stated = codes[0][0] == conventions.currency or text.strip(" :.|") == match.group()
            is_word = match.group() == codes[0][0] and not stated
            readings.append(Reading(codes[0][0], match.start(), match.end(), _UNSURE_CURRENCY if is_word else 1.0))
    return readings


def _booleans(_: Field, text: str, __: Conventions, vocabulary: Vocabulary) -> list[Reading]:
    affirmative, negative = phrase_set(vocabulary.language.yes), phrase_set(vocabulary.language.no)
    readings = []
    for match in re.finditer(rf"{_CHECK_MARKS.pattern}|[^\W\d_]+", text):
        word = plain(match.group())
        ticked = re.search(r"[x☒☑✓✔✗✘■●]", word) is not None
        if _CHECK_MARKS.fullmatch(match.group()):
            readings.append(Reading(ticked, match.start(), match.end(), 1.0))
        elif word in affirmative | negative:
            next_word = _NEXT_WORD.match(text, match.end())
            if (
                next_word is None or plain(next_word.group(1)) in affirmative | negative
            ):  # "in no event" answers nothing
                readings.append(Reading(word in affirmative, match.start(), match.end(), 0.9))
    return readings


def _options(field: Field, text: str) -> list[Reading]:
    folded = plain(text)
    readings = []
    for option in field.options:
        folded_option = plain(option).replace("_", " ")
        if match := re.search(rf"(?<!\w){re.escape(folded_option)}(?!\w)", folded):
            readings.append(Reading(option, match.start(), match.end(), 1.0))
    return readings


def _words(_: Field, text: str, __: Conventions, ___: Vocabulary) -> list[Reading]:
    start = len(text) - len(text.lstrip(" :#.-–|"))
    end = len(text.rstrip(" :|"))
    return [Reading(text[start:end], start, end, 0.8)] if end - start > 1 else []


_READERS: dict[str, Callable[[Field, str, Conventions, Vocabulary], list[Reading]]] = {
    "date": _dates,
    "money": _sums,
    "number": _numbers,
    "identifier": _identifiers,
    "currency": _currencies,
    "boolean": _booleans,
}


def page_currency(document: Document) -> tuple[str, float, Line] | None:
    """Return the document's currency, its certainty, and the first line with a mark of it; None without a mark."""
    conventions = document.conventions
    for line in document.lines:
        marks = [amount.currency for amount in find_amounts(line.text, conventions) if amount.currency]
        marks += _CODE.findall(line.text)
        if conventions.currency and conventions.currency in marks:
            return conventions.currency, conventions.currency_certainty, line
    return None


@dataclass(frozen=True)
class TableRow:
    """A row of a table: a value (or None) for each column, and the ids of the lines it stands on."""

    values: Mapping[str, Value | None]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ReadTable:
    """A table's rows, with the lines that its header and its rows stand on."""

    items: tuple[TableRow, ...]
    header_lines: frozenset[Line] = frozenset()
    row_lines: frozenset[Line] = frozenset()
