"""Check the values that people enter: one set of rules for every way to correct a result.

What a value may be depends on its field's kind, choices and identifier. A value that fits is returned in the form in
which results hold it; one that does not raises InvalidValue, which says what is expected.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from shared.domain.documents.extraction import Scalar
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.domain.values.amounts import MAX_WHOLE, is_storable, to_amount

MAX_TEXT_LENGTH = 10_000
"""Characters of a text value."""
MAX_IDENTIFIER_LENGTH = 500
"""Characters of an identifier."""
MAX_NUMBER = MAX_WHOLE
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no"})
_NOT_A_CURRENCY = frozenset({"XTS", "XXX"})
"""ISO 4217 codes that stand for tests and for no currency."""
_LINE_BREAKS = frozenset("\n\t")
_NOT_TEXT = frozenset({"Cc", "Cs"})
"""Unicode categories of control characters and of surrogates without their other half."""


class InvalidValue(Exception):
    """The value does not fit its field; `expected` says what does."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


class ValueChecks(NamedTuple):
    """What libraries know: the ISO 4217 currency codes, and whether a text fails the check of an identifier's type."""

    currencies: frozenset[str]
    is_invalid_identifier: Callable[[str | None, object], bool]


def check_value(spec: FieldSpec, value: object, checks: ValueChecks) -> Scalar:
    """Return `value` in the form of the field's kind, None for one that is cleared; raises InvalidValue.

    Whether the field may be empty is left to the caller.
    """
    if spec.field_type == "table":
        raise InvalidValue("a list of rows, each an object of its cells")
    if value is None:
        return None
    if isinstance(value, list | dict):
        raise InvalidValue(f"{_EXPECTED.get(spec.field_type, 'a text')}, not a list or an object")
    if spec.field_type in {"number", "money"}:
        return _check_number(spec.field_type, value)
    if spec.field_type == "boolean" and isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise InvalidValue(_EXPECTED.get(spec.field_type, "a text"))
    text = _check_text(spec, value)
    return None if text is None else _check_word(spec, text, checks)


def _check_number(field_type: FieldType, value: object) -> Decimal:
    expected = _EXPECTED[field_type]
    if isinstance(value, str):
        text = value.strip()
        if not text:
            raise InvalidValue(f"{expected}; use null to clear the value")
        if not _PLAIN_NUMBER.fullmatch(text):
            raise InvalidValue(f"{expected}, with a point before the decimals and no thousands separator")
        value = Decimal(text if len(text) <= MAX_IDENTIFIER_LENGTH else "Infinity")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidValue(expected)
    if not is_storable(value) or not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise InvalidValue(f"{expected}; it must be finite and at most {MAX_NUMBER}")
    return to_amount(value)


def _check_text(spec: FieldSpec, value: str) -> str | None:
    """Return the text without surrounding white space, None when nothing is left; raises InvalidValue."""
    text = value.replace("\r\n", "\n").strip()
    expected = _EXPECTED.get(spec.field_type, "a text")
    longest = MAX_TEXT_LENGTH if spec.field_type == "text" else MAX_IDENTIFIER_LENGTH
    if len(text) > longest:
        raise InvalidValue(f"{expected} of at most {longest} characters")
    allowed = _LINE_BREAKS if spec.field_type == "text" else frozenset[str]()
    if any(unicodedata.category(letter) in _NOT_TEXT and letter not in allowed for letter in text):
        raise InvalidValue(f"{expected} without control characters and halves of surrogate pairs")
    return text or None


def _check_word(spec: FieldSpec, text: str, checks: ValueChecks) -> Scalar:
    if spec.field_type == "boolean":
        return _to_boolean(text)
    if spec.field_type == "date":
        _check_date(text)
    if spec.field_type == "currency":
        text = text.upper()
        if text not in checks.currencies - _NOT_A_CURRENCY:
            raise InvalidValue(_EXPECTED["currency"])
    if spec.choices and text not in spec.choices:
        raise InvalidValue(f"one of {', '.join(spec.choices)}")
    if checks.is_invalid_identifier(spec.identifier, text):
        raise InvalidValue(f"a valid {spec.identifier}: its form or its check digits are wrong")
    return text


def _to_boolean(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise InvalidValue(_EXPECTED["boolean"])
    return word in _YES


def _check_date(text: str) -> None:
    """Raise InvalidValue unless the text is a day of the calendar, written YYYY-MM-DD."""
    try:
        is_date = bool(_ISO_DATE.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        is_date = False
    if not is_date:
        raise InvalidValue(_EXPECTED["date"])


_EXPECTED: dict[FieldType, str] = {
    "number": "a number, such as 1234.5",
    "money": "an amount as a plain number, such as 1234.50",
    "date": "a date, such as 2026-11-22, without a time",
    "currency": "an ISO 4217 currency code, such as EUR",
    "boolean": "yes or no (true or false)",
    "identifier": "an identifier as a text",
}
