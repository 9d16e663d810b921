"""Whether two readings of one value say the same, after normalising both by the field's kind."""

import re
import unicodedata
from decimal import Decimal

from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.text_index import squeezed
from shared.domain.types.document_type import FieldType
from shared.domain.values.amounts import is_storable, to_amount

HALF_A_CENT = Decimal("0.005")
"""A page rounds prices that data states to four places."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


def in_kind(kind: FieldType, text: str) -> Scalar:
    """The text of a data format (XML Schema's forms) as a value of a field's kind; None when it is not of that kind."""
    if kind in {"number", "money"}:
        number = Decimal(text) if _NUMBER.fullmatch(text) else None
        return None if number is None or not is_storable(number) else to_amount(number)
    if kind == "boolean":
        return True if text in _TRUE else False if text in _FALSE else None
    if kind == "date":
        return text[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", text) else None
    return text or None


def agrees(kind: FieldType, value: Scalar, other: Scalar, *, signless: bool = False) -> bool | None:
    """Return whether two values are the same; None when one text holds the other ("Bakery", "Bakery Ltd, Oslo").

    `signless`: amounts of a credit note, which one reading may give as negative.
    """
    if kind in {"number", "money"} and isinstance(value, Decimal) and isinstance(other, Decimal):
        first, second = (abs(value), abs(other)) if signless else (value, other)
        return abs(first - second) <= HALF_A_CENT
    if kind == "text":
        return _same_text(str(value), str(other))
    if isinstance(value, bool) or isinstance(other, bool):
        return value == other
    return squeezed(str(value)) == squeezed(str(other))


def _same_text(value: str, other: str) -> bool | None:
    first, second = squeezed(value), squeezed(other)
    if first == second:
        return True
    if first in second or second in first or _words(value) <= _words(other) or _words(other) <= _words(value):
        return None
    return False


def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return set(re.findall(r"\w+", folded))
