"""Check model answers: reject what does not fit the schema, drop cited lines that were not quoted."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import jiter
from jsonschema import Draft202012Validator, validators
from pydantic import Field

from shared.domain.base.finding import Finding
from shared.domain.base.paths import DOT, at, to_flat
from shared.domain.documents.extraction import Scalar
from shared.domain.judging.answers import RangeAnswer, RawRow, RawValue, _begins_in, _distinct
from shared.domain.models.model_call import ModelAnswer, ModelCall
from shared.domain.reading.page import Page, Span
from shared.domain.types.document_type import FieldSpec
from shared.domain.values.amounts import is_storable, to_amount
from shared.pipeline.models.prompting.schema import extraction_schema

_Validator = validators.extend(  # type: ignore[no-untyped-call]  # jsonschema has no types here
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer",
        lambda _, value: isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value),
    ),
)
"""A number of an answer that is written with decimals is a Decimal: 2.0 is a whole one too."""

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL | re.IGNORECASE)
"""JSON in a Markdown fence, as models without structured outputs answer."""
_FINISH_MESSAGES = {
    "length": "The model's answer was cut off at its output limit.",
    "content_filter": "The model's content filter refused these pages.",
    "refusal": "The model declined to read these pages.",
}


class TruncatedAnswer(Finding):
    """An answer that ended at the model's output limit; `text`: the incomplete answer, which no artifact keeps.

    `exhausted`: it has fewer characters than tokens were billed, so the model spent them on reasoning.
    """

    text: str = Field(exclude=True, repr=False)
    exhausted: bool = Field(default=False, exclude=True)


def parse_answer(call: ModelCall, answer: ModelAnswer) -> dict[str, Any] | Finding:
    """Return the answer as JSON that fits the call's schema, or the finding that says why there is none."""
    if answer.finish == "length":
        exhausted = len(answer.text) < answer.usage.completion
        return TruncatedAnswer(
            rule="length", severity="error", message=_FINISH_MESSAGES["length"], text=answer.text, exhausted=exhausted
        )
    if answer.finish != "stop":
        return _finding(answer.finish, _FINISH_MESSAGES[answer.finish])
    fenced = _FENCED.fullmatch(answer.text)
    text = fenced[1] if fenced else answer.text
    try:  # strict: no NaN, no lone surrogates, no name given twice, bounded depth and digits; 1.10 stays 1.10
        body = jiter.from_json(text.encode(), allow_inf_nan=False, catch_duplicate_keys=True, float_mode="decimal")
    except ValueError:
        return _finding("invalid_json", "The model's answer was not JSON.")
    if not fits(call.json_schema, body):
        return _finding("invalid_answer", "The model's answer did not fit its schema.")
    checked: dict[str, Any] = body
    return checked


def fits(schema: dict[str, Any], body: object) -> bool:
    """Return whether a body fits the schema, and all its values can be stored and calculated with."""
    pending = [body]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
        elif not _is_usable(value):
            return False
    return bool(_Validator(schema).is_valid(body))


def _is_usable(value: object) -> bool:
    """Return whether a scalar is a finite number, or text without the NUL that models write for what they cannot."""
    if isinstance(value, str):
        return "\0" not in value
    return not isinstance(value, int | Decimal) or is_storable(value)


def range_answer(
    specs: Sequence[FieldSpec], body: dict[str, Any], pages: Sequence[Page], only: Sequence[Span] = ()
) -> RangeAnswer:
    """Return the `specs` fields and rows of a checked extraction answer; cited ids that were not quoted are dropped.

    So are rows that do not begin in the lines `only`, where only those were asked for, and a row that is given twice:
    with the same cells from the same lines.
    """
    known_ids = {line.id for page in pages for line in page.lines}
    fields: dict[str, RawValue] = {}
    tables: dict[str, tuple[RawRow, ...]] = {}
    for spec in specs:
        entry = at(body, spec.name)
        if spec.field_type == "table":
            rows = _distinct([_row(row, known_ids) for row in entry])
            tables[spec.name] = tuple(row for row in rows if not only or _begins_in(row, only))
        else:
            fields[spec.name] = RawValue(value=_scalar(entry["value"]), lines=_known_lines(entry["lines"], known_ids))
    return RangeAnswer(fields=fields, tables=tables)


class PartialAnswer(NamedTuple):
    """The complete parts of a truncated answer: `body` holds `specs`, of the table `open_table` the rows so far."""

    body: dict[str, Any]
    specs: tuple[FieldSpec, ...]
    open_table: FieldSpec | None


def parse_partial_answer(specs: Sequence[FieldSpec], text: str) -> PartialAnswer | None:
    """Return the complete parts of a truncated answer to `specs`; None when there are none, or they do not fit."""
    try:
        body = jiter.from_json(text.encode(), allow_inf_nan=False, partial_mode=True, float_mode="decimal")
    except ValueError:
        return None
    if not isinstance(body, dict) or not body:
        return None
    last, rest = body.popitem()
    whole = tuple(spec for spec in specs if spec.name.partition(DOT)[0] in body)
    within = next((spec for spec in specs if spec.name == last and spec.field_type == "table"), None)
    rows = rest[:-1] if within and isinstance(rest, list) else []
    if within and rows:
        whole, body = (*whole, within), {**body, last: rows}
    if not whole or not fits(extraction_schema(whole), body):
        return None
    return PartialAnswer(body, whole, within if rows else None)


def _row(row: dict[str, Any], known_ids: set[str]) -> RawRow:
    cells = {name: _scalar(value) for name, value in to_flat(row).items() if name != "lines"}
    return RawRow(cells=cells, lines=_known_lines(row["lines"], known_ids))


def _known_lines(lines: list[str], known_ids: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in lines if line in known_ids))


def _scalar(value: Any) -> Scalar:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return to_amount(value)
    checked: Scalar = value
    return checked


def _finding(rule: str, message: str) -> Finding:
    return Finding(rule=rule, severity="error", message=message)
