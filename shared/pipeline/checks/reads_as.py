"""Whether a printed text can be a value of a field's type: asked where nobody read one."""

import re
from collections.abc import Callable, Mapping

from shared.document_types.rules.identifiers import is_invalid
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.domain.values.matching import compact_for_match
from shared.domain.values.month_names import months_named

MIN_TEXT_LETTERS = 2
MIN_IDENTIFIER_CHARACTERS = 3
"""Letters and digits of an identifier without check digits; fewer are a count."""
_MARK = r"(?:[A-Z]{3}|[€$£¥₹]|RM|Rs\.?|Fr\.?|zł|Kč|Ft|kr\.?)"
_AMOUNT = re.compile(rf"(?:{_MARK}\s?)?[-+(]?\s?(?:{_MARK}\s?)?\d[\d.,'’\s]*[.,]\d\d\)?-?(?:\s?{_MARK})?")
_MARKED_AMOUNT = re.compile(rf"{_MARK}\s?[-+]?\d[\d.,'’\s]*|[-+]?\d[\d.,'’\s]*\s?{_MARK}")
_NUMBER = re.compile(r"[-+]?\d[\d.,'’]*")
_DATE = re.compile(r"\d{1,4}\s?([./-])\s?\d{1,2}\s?\1\s?\d{2,4}")
_IDENTIFIER = re.compile(r"[^\W_][\w./-]*")
_WORD = re.compile(r"[^\W\d_]+")


def can_be_value(spec: FieldSpec, text: str) -> bool:
    """Return whether `text`, as it is printed, can be a value of the field. A truth value has no form of its own."""
    if spec.choices:
        return text.casefold() in {choice.casefold() for choice in spec.choices}
    if spec.identifier is not None:
        return any(character.isdigit() for character in text) and not is_invalid(spec.identifier, text)
    reads = _CHECK_BY_FIELD_TYPE.get(spec.field_type)
    return reads is not None and reads(text.strip())


def _is_amount(text: str) -> bool:
    return bool(_AMOUNT.fullmatch(text) or _MARKED_AMOUNT.fullmatch(text)) and not _DATE.fullmatch(text)


def _is_day(text: str) -> bool:
    if _DATE.fullmatch(text):
        return True
    numbers = re.findall(r"\d+", text)
    is_named = any(months_named(word) for word in _WORD.findall(text))
    return is_named and len(numbers) == 2  # noqa: PLR2004 - a day and a year


def _is_identifier(text: str) -> bool:
    has_digit = any(character.isdigit() for character in text)
    long_enough = len(compact_for_match(text)) >= MIN_IDENTIFIER_CHARACTERS
    return has_digit and long_enough and bool(_IDENTIFIER.fullmatch(text)) and not (_is_day(text) or _is_amount(text))


def _is_text(text: str) -> bool:
    return sum(character.isalpha() for character in text) >= MIN_TEXT_LETTERS


_CHECK_BY_FIELD_TYPE: Mapping[FieldType, Callable[[str], bool]] = {
    "money": _is_amount,
    "number": lambda text: bool(_NUMBER.fullmatch(text)),
    "date": _is_day,
    "identifier": _is_identifier,
    "currency": lambda text: bool(re.fullmatch(r"[A-Z]{3}", text)),
    "text": _is_text,
}
