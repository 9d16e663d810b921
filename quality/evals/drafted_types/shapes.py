"""What the labels of a set show of its fields: how they are called, and the form of their values, never a value."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from local.drafting.draft import DraftFieldType
from quality.evals.comparing.normalize import amount, day, tick
from shared.domain.base.paths import DOT
from shared.domain.values.currency_signs import currency_codes
from shared.rule_reader.fields.fields import split_name

_MOSTLY = 0.8  # of the values must have the form: labels hold slips, and what OCR made of a page
_SUMS = re.compile(
    r"\b(?:total|subtotal|amount|price|cost|fee|tax|balance|sum|paid|due|payment|premium|salary|wages)s?\b"
)
_COUNTED = re.compile(r"\b(?:quantity|qty|count|cnt|pieces|units|number of)\b")
_NO_SUMS = re.compile(
    rf"{_COUNTED.pattern}|\b(?:number|years?|months?|days|age|rate|percent|percentage|id|code|no|reference|pin|zip)\b"
)
_DATE = re.compile(r"\d{1,4}\s?[-./]\s?\d{1,2}\s?[-./]\s?\d{2,4}|(?=.*[^\W\d_]{3})(?=.*\d{4}|.*\d{1,2}\D+\d{2}).{6,30}")
_AMOUNT = re.compile(r"[(+\-–]?\s?([^\W\d_]{1,3}\.?|[€$£¥₹])?\s?-?\d[\d.,'\s]*\)?-?\s?([^\W\d_]{2,3}|[€$£¥₹]|%)?")
_MARK = re.compile(r"[€$£¥₹]|[.,]\d|[^\W\d_]")
_CODE_PART, _SIGN = re.compile(r"[\w./#&+*-]+"), 2  # letters of a part of an identifier that needs no digit
_SIGNS = currency_codes() | {"RM", "Rs", "Rp", "kr", "zł", "Kč", "Ft", "Fr", "€", "$", "£", "¥", "₹", "%"}
_RESERVED = "lines"  # a row's place; no field of a type is called so
_DEEPEST = 3  # objects inside each other that a type can have; a row is one of them


@dataclass(frozen=True)
class Shape:
    """A labelled field: what the set calls it and what a type can call it, its kind, and a table's columns."""

    label: str
    name: str
    kind: DraftFieldType
    columns: tuple["Shape", ...] = ()


def shapes(labelled: Iterable[Mapping[str, Any]], deepest: int = _DEEPEST) -> tuple[Shape, ...]:
    """Return the fields of all documents (or rows) together, in the order they first appear.

    A table that never has a row shows no column, and is left out.
    """
    values: dict[str, list[Any]] = {}
    for fields in labelled:
        for name, value in fields.items():
            values.setdefault(name, []).append(value)
    found: list[Shape] = []
    for label, given in values.items():
        if all(value is None for value in given) and any(other.startswith(f"{label}{DOT}") for other in values):
            continue  # the null of an object
        name = _name(label, [shape.name for shape in found], deepest)
        tables = [value for value in given if isinstance(value, list)]
        columns = shapes((row for table in tables for row in table), deepest - 1)
        if not tables:
            found.append(Shape(label, name, kind_of(label, given)))
        elif columns:
            found.append(Shape(label, name, "table", columns))
    return tuple(found)


def _name(label: str, taken: Sequence[str], deepest: int) -> str:
    """Return the label's own name where a type can have it: no reserved or empty part, no object where a value is."""
    parts = [f"{part} " if part == _RESERVED else part for part in label.split(DOT) if part.strip()] or ["field"]
    name = DOT.join([*parts[:deepest], *([" ".join(parts[deepest:])] if parts[deepest:] else [])])
    number, candidate = 1, name
    while any(
        f"{candidate}{DOT}".startswith(f"{other}{DOT}") or other.startswith(f"{candidate}{DOT}") for other in taken
    ):
        number += 1
        candidate = f"{name.replace(DOT, ' ')} {number}"
    return candidate


def kind_of(name: str, values: Sequence[Any]) -> DraftFieldType:
    """Return the kind of a field by the form of its labelled values, and where that leaves it open, by its name."""
    stated = [value for value in values if value is not None]
    fitting = (form for form, fits in _FORMS if stated and sum(map(fits, stated)) >= _MOSTLY * len(stated))
    form: DraftFieldType | Literal["amount"] = next(fitting, "text")
    called = split_name(name).lower()
    is_sum = bool(_SUMS.search(called) and not _NO_SUMS.search(called))
    if form == "number":
        return "money" if is_sum else "number"
    if form == "amount":
        if any(_MARK.search(str(value)) for value in stated):
            return "money"
        return "number" if _COUNTED.search(called) else "money" if is_sum else "identifier"
    return form


def _is_date(value: object) -> bool:
    return _DATE.fullmatch(str(value).strip()) is not None and day(str(value)) is not None


def _is_amount(value: object) -> bool:
    form = _AMOUNT.fullmatch(str(value).strip())
    return form is not None and amount(value) is not None and {sign for sign in form.groups() if sign} <= _SIGNS


def _is_code(text: str) -> bool:
    """Digits in one word, or in most of several; a first word or a sign may have none."""
    first, *others = text.split() or [""]
    digits = [any(map(str.isdigit, part)) or len(part) <= _SIGN for part in others]
    return any(map(str.isdigit, text)) and all(map(_CODE_PART.fullmatch, (first, *others))) and all(digits)


_FORMS: tuple[
    tuple[DraftFieldType | Literal["amount"], Callable[[Any], bool]], ...
] = (  # the first that most values have
    ("boolean", lambda value: tick(value) is not None),
    ("number", lambda value: isinstance(value, int | float)),
    ("currency", lambda value: value in currency_codes()),
    ("date", _is_date),
    ("amount", _is_amount),
    ("identifier", lambda value: _is_code(str(value))),
)
