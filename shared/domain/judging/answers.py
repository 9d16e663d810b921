"""What models state about fields and rows, before anything is checked."""

from collections.abc import Sequence

from shared.domain.base.finding import Finding
from shared.domain.base.stored import Stored
from shared.domain.documents.extraction import Scalar
from shared.domain.reading.page import Span, line_place
from shared.domain.types.document_type import DocumentType


class RawValue(Stored):
    """A value as a model gave it, with the line ids it cites (only ids that were quoted)."""

    value: Scalar
    lines: tuple[str, ...]


class RawRow(Stored):
    """A table row as a model gave it."""

    cells: dict[str, Scalar]
    lines: tuple[str, ...]


class RangeAnswer(Stored):
    """What a model read from a range of pages, and what went wrong on the way."""

    fields: dict[str, RawValue] = {}
    tables: dict[str, tuple[RawRow, ...]] = {}
    findings: tuple[Finding, ...] = ()


RANGES_DISAGREE = "ranges_disagree"
"""The rule of a finding that ranges of pages state a field differently."""


def merge_answers(document_type: DocumentType, answers: Sequence[RangeAnswer]) -> RangeAnswer:
    """Merge the answers of consecutive ranges: the first cited value of a field wins, rows follow each other.

    Answers over the same pages, but other fields, complete each other. A field that ranges state differently gets a
    finding, because one of them must be wrong.
    """
    fields: dict[str, RawValue] = {}
    findings = list(dict.fromkeys(finding for answer in answers for finding in answer.findings))
    for spec in document_type.fields:
        if spec.field_type == "table":
            continue
        answered = [answer.fields[spec.name] for answer in answers if spec.name in answer.fields]
        cited_first = sorted(
            (value for value in answered if value.value is not None), key=lambda value: not value.lines
        )
        fields[spec.name] = cited_first[0] if cited_first else RawValue(value=None, lines=())
        if len({value.value for value in cited_first}) > 1:
            text = f"{spec.title} is stated differently on different pages."
            findings.append(Finding(rule=RANGES_DISAGREE, severity="warning", message=text, fields=(spec.name,)))
    tables = {
        spec.name: tuple(row for answer in answers for row in answer.tables.get(spec.name, ()))
        for spec in document_type.fields
        if spec.field_type == "table"
    }
    return RangeAnswer(fields=fields, tables=tables, findings=tuple(findings))


def _distinct(rows: list[RawRow]) -> list[RawRow]:
    """Return the rows, without those that repeat another one's cells from the same lines."""
    return list({(row.lines or number, tuple(row.cells.items())): row for number, row in enumerate(rows)}.values())


def _begins_in(row: RawRow, spans: Sequence[Span]) -> bool:
    return bool(row.lines) and any(span.holds(min(row.lines, key=line_place)) for span in spans)
