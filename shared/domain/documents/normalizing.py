"""Normalize values: one notation for each field type, whatever the page prints."""

import re
from datetime import date
from decimal import Decimal

from shared.domain.documents.extraction import Scalar
from shared.domain.types.document_type import FieldSpec

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def normalize_value(spec: FieldSpec, value: Scalar) -> tuple[Scalar, bool]:
    """Return the value in the form of its field's type, and whether it is of that type (an absent one is)."""
    if value is None or isinstance(value, (bool, Decimal)):
        return value, True
    text = value.strip()
    if spec.field_type == "date":
        return text, _is_date(text)
    if spec.field_type == "currency":
        return text.upper(), bool(_CURRENCY.fullmatch(text.upper()))
    return text, not spec.choices or text in spec.choices


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
