"""Model answers, checked: what does not fit its schema or cites lines that were not quoted never gets further."""

import json
from collections.abc import Sequence
from typing import Any

from jsonschema import Draft202012Validator

from shared.domain.document_type import DocumentType, FieldSpec
from shared.domain.extraction import Scalar
from shared.domain.finding import Finding
from shared.domain.frozen import Frozen
from shared.domain.model_call import ModelAnswer, ModelCall
from shared.domain.page import Page
from shared.domain.paths import at, flat


class RawValue(Frozen):
    """A value as a model gave it, with the line ids it cites (only ids that were quoted)."""

    value: Scalar
    lines: tuple[str, ...]


class RawRow(Frozen):
    """A table row as a model gave it."""

    cells: dict[str, Scalar]
    lines: tuple[str, ...]


class RangeAnswer(Frozen):
    """What a model read from a range of pages, and what went wrong on the way."""

    fields: dict[str, RawValue] = {}
    tables: dict[str, tuple[RawRow, ...]] = {}
    findings: tuple[Finding, ...] = ()


_BROKEN = {
    "length": "The model's answer was cut off at its output limit.",
    "content_filter": "The model's content filter refused these pages.",
    "refusal": "The model declined to read these pages.",
}


def parsed(call: ModelCall, answer: ModelAnswer) -> dict[str, Any] | Finding:
    """The answer as JSON that fits the call's schema, or the finding that says why there is none."""
    if answer.finish != "stop":
        return _finding(answer.finish, _BROKEN[answer.finish])
    try:
        body = json.loads(answer.text)
    except json.JSONDecodeError:
        return _finding("invalid_json", "The model's answer was not JSON.")
    if not Draft202012Validator(call.json_schema).is_valid(body):
        return _finding("invalid_answer", "The model's answer did not fit its schema.")
    checked: dict[str, Any] = body
    return checked


def range_answer(specs: Sequence[FieldSpec], body: dict[str, Any], pages: Sequence[Page]) -> RangeAnswer:
    """The `specs` fields and rows of a checked extraction answer; cited ids that were not quoted are dropped."""
    known = {line.id for page in pages for line in page.lines}
    fields: dict[str, RawValue] = {}
    tables: dict[str, tuple[RawRow, ...]] = {}
    for spec in specs:
        entry = at(body, spec.name)
        if spec.kind == "table":
            tables[spec.name] = tuple(_row(row, known) for row in entry)
        else:
            fields[spec.name] = RawValue(value=_scalar(entry["value"]), lines=_cited(entry["lines"], known))
    return RangeAnswer(fields=fields, tables=tables)


def merged(kind: DocumentType, answers: Sequence[RangeAnswer]) -> RangeAnswer:
    """One answer from those of consecutive ranges: the first cited value of a field wins, rows follow each other.

    Answers over the same pages, but other fields, complete each other. A field that ranges state differently is told by
    a finding, because one of them must be wrong.
    """
    fields: dict[str, RawValue] = {}
    findings = [finding for answer in answers for finding in answer.findings]
    for spec in kind.fields:
        if spec.kind == "table":
            continue
        given = [answer.fields[spec.name] for answer in answers if spec.name in answer.fields]
        stated = sorted((value for value in given if value.value is not None), key=lambda value: not value.lines)
        fields[spec.name] = stated[0] if stated else RawValue(value=None, lines=())
        if len({value.value for value in stated}) > 1:
            text = f"{spec.title} is stated differently on different pages."
            findings.append(Finding(rule="ranges_disagree", severity="warning", message=text, fields=(spec.name,)))
    tables = {
        spec.name: tuple(row for answer in answers for row in answer.tables.get(spec.name, ()))
        for spec in kind.fields
        if spec.kind == "table"
    }
    return RangeAnswer(fields=fields, tables=tables, findings=tuple(findings))


def _row(row: dict[str, Any], known: set[str]) -> RawRow:
    cells = {name: _scalar(value) for name, value in flat(row).items() if name != "lines"}
    return RawRow(cells=cells, lines=_cited(row["lines"], known))


def _cited(lines: list[str], known: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in lines if line in known))


def _scalar(value: Any) -> Scalar:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    checked: Scalar = value
    return checked


def _finding(rule: str, message: str) -> Finding:
    return Finding(rule=rule, severity="error", message=message)
