"""Compare two readings of one value, both normalized by the field's type."""

import re
import unicodedata
from decimal import Decimal

from shared.domain.documents.extraction import Scalar
from shared.domain.types.document_type import FieldType
from shared.domain.values.amounts import is_storable, to_amount
from shared.domain.values.matching import compact_for_match

HALF_A_CENT = Decimal("0.005")
"""A page rounds prices that data states to four places."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


def parse_data_value(field_type: FieldType, text: str) -> Scalar:
    """Return a text in XML Schema's notation as a value of a field's type; None when it is not of that type."""
    if field_type in {"number", "money"}:
        number = Decimal(text) if _NUMBER.fullmatch(text) else None
        return None if number is None or not is_storable(number) else to_amount(number)
    if field_type == "boolean":
        return True if text in _TRUE else False if text in _FALSE else None
    if field_type == "date":
        return text[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", text) else None
    return text or None


def compare_values(
    field_type: FieldType, value: Scalar, second_value: Scalar, *, signless: bool = False
) -> bool | None:
    """Return whether two values are the same; None when one text holds the other ("Bakery", "Bakery Ltd, Oslo").

    `signless`: amounts of a credit note, which one reading may give as negative.
    """
    if field_type in {"number", "money"} and isinstance(value, Decimal) and isinstance(second_value, Decimal):
        first, second = (abs(value), abs(second_value)) if signless else (value, second_value)
        return abs(first - second) <= HALF_A_CENT
    if field_type == "text":
        return _same_text(str(value), str(second_value))
    if isinstance(value, bool) or isinstance(second_value, bool):
        return value == second_value
    return compact_for_match(str(value)) == compact_for_match(str(second_value))


def _same_text(value: str, second_value: str) -> bool | None:
    first, second = compact_for_match(value), compact_for_match(second_value)
    if first == second:
        return True
    if (
        first in second
        or second in first
        or _words(value) <= _words(second_value)
        or _words(second_value) <= _words(value)
    ):
        return None
    return False


def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return set(re.findall(r"\w+", folded))
