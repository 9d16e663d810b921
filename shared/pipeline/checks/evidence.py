"""Turn raw answers into an Extraction: normalized values, their evidence on the page, and the signals of each."""

from collections.abc import Mapping, Sequence
from copy import replace
from decimal import Decimal
from typing import NamedTuple

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import (
    Evidence,
    Extraction,
    FieldValue,
    Row,
    Scalar,
    Signals,
    Verdict,
    VerdictKind,
)
from shared.domain.documents.normalizing import normalize_value
from shared.domain.judging.answers import RangeAnswer, RawRow, RawValue
from shared.domain.judging.grounding.ambiguity import AmbiguityLog
from shared.domain.judging.grounding.column_text import split_columns
from shared.domain.judging.grounding.line_index import LineIndexes
from shared.domain.judging.grounding.partial_values import PARTIAL, is_part_of_cell
from shared.domain.judging.grounding.printed_readings import AMBIGUOUS, Ambiguity, Grounding
from shared.domain.judging.grounding.search import Search, is_labelled, is_sum_of_lines, locate
from shared.domain.judging.grounding.text_index import TextIndex
from shared.domain.reading.page import Line, Page
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.values.conventions import Conventions
from shared.domain.values.look_alikes import find_litres_or_ones
from shared.pipeline.checks.support import RuleSupport, find_support

FOUND_ELSEWHERE = 0.7
"""Grounding of a value that stands on the page once, but not in the lines that the answer cites."""
SUMMED = 0.8
"""Grounding of an amount that is the sum of amounts in the cited lines, and stands in none of them itself."""
OCR_SOURCES = frozenset({"ocr", "mixed"})
"""Sources of pages whose text comes, or may come, from OCR."""
MAX_LABELLED_LINES = 100
"""Cited lines of one value that are searched for its label."""

_SIGNALS: dict[VerdictKind, float] = {"supported": 1.0, "contradicted": 0.0}
"""The signal of a verdict; `missing` gives none."""


NOT_STATED = Grounding(0.0)


class Place(NamedTuple):
    """Lines that state a value, and how well."""

    lines: tuple[tuple[Page, Line], ...]
    grounding: Grounding


class _QuotedLines:
    """The lines of pages by their ids, each indexed once however many values cite it."""

    def __init__(self, pages: Sequence[Page], conventions: Conventions | None) -> None:
        self.pages = tuple(pages)
        self.conventions = conventions
        self.indexes = LineIndexes(conventions)
        self._lines = {line.id: (page, line) for page in pages for line in page.lines}
        self._evidence: dict[tuple[str, ...], tuple[Evidence, ...]] = {}

    def lines(self, ids: Sequence[str]) -> tuple[tuple[Page, Line], ...]:
        """Return lines with their pages."""
        return tuple(self._lines[line] for line in ids)

    def text(self, lines: Sequence[tuple[Page, Line]]) -> TextIndex:
        """Return the text of lines, one below the other."""
        return self.indexes.join([line for _, line in lines])

    def certainty(self, lines: Sequence[tuple[Page, Line]]) -> float:
        """Return the least certainty of the words in `lines`; 0 without any word."""
        certainties = (self.indexes.of(line).certainty for _, line in lines)
        return min((certainty for certainty in certainties if certainty is not None), default=0.0)

    def evidence(self, spec: FieldSpec, ids: tuple[str, ...]) -> tuple[Evidence, ...]:
        """Return the evidence of a row that cites these lines; rows that cite the same ones share it."""
        if ids not in self._evidence:
            row = FieldSpec(name=spec.name, field_type="text", title=spec.title)
            self._evidence[ids] = locate(row, None, self.lines(ids), self.indexes)
        return self._evidence[ids]


class PageEvidence:
    """Grounds the values of a document's answers by its conventions, and collects what is ambiguous about them."""

    def __init__(self, document_type: DocumentType, conventions: Conventions | None = None) -> None:
        self._document_type = document_type
        self.conventions = conventions
        self.ambiguities = AmbiguityLog()
        self._quoted = _QuotedLines((), conventions)

    def find_unplaced_values(self, raw: RangeAnswer, pages: Sequence[Page]) -> list[Search]:
        """Return a search for each value that does not stand in the lines it cites; `pages` holds those lines."""
        quoted = self._quote(pages)
        return [
            Search(spec, value)
            for spec in _single_fields(self._document_type)
            if (value := normalize_value(spec, _raw_value(spec, raw).value)[0]) is not None
            and _cited_place(spec, value, quoted.lines(_raw_value(spec, raw).lines), quoted) is None
        ]

    def assess_fields(
        self, raw: RangeAnswer, pages: Sequence[Page], searched: Sequence[Search]
    ) -> dict[str, FieldValue]:
        """Return the single values of a raw answer, with evidence and the signals that the page alone gives.

        `pages` holds the cited lines; `searched`: the values of `find_unplaced_values`, searched on every page.
        """
        quoted = self._quote(pages)
        hits = {search.spec.name: search.hit for search in searched if search.hit}
        return {
            spec.name: _assess_field(spec, _raw_value(spec, raw), quoted, hits.get(spec.name), self.ambiguities)
            for spec in _single_fields(self._document_type)
        }

    def assess_rows(self, raw: RangeAnswer, pages: Sequence[Page]) -> dict[str, tuple[Row, ...]]:
        """Return the rows of the tables of a raw answer, each with its evidence; `pages` holds the cited lines."""
        quoted = self._quote(pages)
        return {
            spec.name: tuple(_assess_row(spec, row, quoted, self.ambiguities) for row in raw.tables.get(spec.name, ()))
            for spec in self._document_type.fields
            if spec.field_type == "table"
        }

    def _quote(self, pages: Sequence[Page]) -> _QuotedLines:
        """Return the lines of pages; those of the last pages stay indexed, which rows and fields of one page share."""
        if len(pages) != len(self._quoted.pages) or any(
            a is not b for a, b in zip(pages, self._quoted.pages, strict=True)
        ):
            self._quoted = _QuotedLines(pages, self.conventions)
        return self._quoted


def add_checks(
    document_type: DocumentType,
    extraction: Extraction,
    findings: Sequence[Finding],
    verdicts: Mapping[str, Verdict],
    support: RuleSupport | None = None,
) -> Extraction:
    """Return the Extraction with what the rules found and what the reasoning model said, as findings and as signals.

    `support`: what `find_support` says of the Extraction, where that is known.

    A failed error denies its fields; a rule that holds, and could have failed, confirms them; a failed warning does
    neither: there may be a discount, say, that no field states.
    """
    broken = {name for finding in findings if finding.severity == "error" for name in finding.fields}
    support = support or find_support(document_type, extraction, findings)

    def add_rule_signals(name: str, signals: Signals | None, *, row: bool | None = None) -> Signals | None:
        """Return the signals with the rules'; `row`: what those for each row say, which speak for more of its cells."""
        is_confirmed = name in support.fields if row is None else row
        rules = 0.0 if name in broken else 1.0 if is_confirmed else None
        verdict = _SIGNALS.get(verdicts[name].verdict) if name in verdicts else None
        return signals and replace(signals, rules=rules, verdict=verdict)

    fields = {
        name: replace(field, signals=add_rule_signals(name, field.signals), verdict=verdicts.get(name))
        for name, field in extraction.fields.items()
    }
    tables = {
        name: tuple(
            replace(row, signals=add_rule_signals(name, row.signals, row=row_result))
            for row, row_result in zip(rows, support.rows[name], strict=True)
        )
        for name, rows in extraction.tables.items()
    }
    all_findings = (*extraction.findings, *findings, *_verdict_findings(document_type, extraction, verdicts))
    return replace(extraction, fields=fields, tables=tables, findings=all_findings)


def _verdict_findings(
    document_type: DocumentType, extraction: Extraction, verdicts: Mapping[str, Verdict]
) -> list[Finding]:
    """Return findings for the values that the reasoning model contradicts or misses."""
    findings = []
    for name, verdict in verdicts.items():
        title = document_type.field(name).title
        field = extraction.fields[name]
        absent = field.value is None or (field.value is False and not field.evidence)
        if verdict.verdict == "contradicted" and not absent:
            text = f"{title}: the checking model reads another value."
            findings.append(Finding(rule="contradicted", severity="warning", message=text, fields=(name,)))
        if verdict.verdict in {"contradicted", "missing"} and absent:
            text = f"{title} is empty, but the checking model sees it on the page."
            findings.append(Finding(rule="missing", severity="warning", message=text, fields=(name,)))
    return findings


def _single_fields(document_type: DocumentType) -> list[FieldSpec]:
    return [spec for spec in document_type.fields if spec.field_type != "table"]


def _raw_value(spec: FieldSpec, raw: RangeAnswer) -> RawValue:
    return raw.fields.get(spec.name, RawValue(value=None, lines=()))


def _assess_field(
    spec: FieldSpec, raw: RawValue, quoted: _QuotedLines, elsewhere: tuple[Page, Line] | None, log: AmbiguityLog
) -> FieldValue:
    value, parsed = normalize_value(spec, raw.value)
    if value is None:
        return FieldValue()
    if value is False and not raw.lines:  # "no" needs no line: what is not there cannot be cited
        return FieldValue(value=False)
    cited = quoted.lines(raw.lines)
    place = _cited_place(spec, value, cited, quoted)
    if place is None and elsewhere is not None:
        there = quoted.text((elsewhere,)).ground(spec.field_type, value)
        place = Place((elsewhere,), Grounding(min(there.certainty, FOUND_ELSEWHERE), there.ambiguity))
    elif place is None:
        place = Place(cited, NOT_STATED)
    log.add(spec, value, place.grounding)
    signals = Signals(
        grounded=place.grounding.certainty,
        ocr=quoted.certainty(place.lines),
        parsed=float(parsed),
        labelled=_label_signal(spec, place.lines, quoted.indexes),
    )
    return FieldValue(value=value, evidence=locate(spec, value, place.lines, quoted.indexes), signals=signals)


def _cited_place(
    spec: FieldSpec, value: Scalar, cited: tuple[tuple[Page, Line], ...], quoted: _QuotedLines
) -> Place | None:
    grounding = quoted.text(cited).ground(spec.field_type, value) if cited else NOT_STATED
    is_sum = spec.field_type == "money" and grounding.certainty < AMBIGUOUS
    if is_sum and is_sum_of_lines(value, [line.text for _, line in cited], quoted.conventions):
        return Place(cited, Grounding(SUMMED))
    if (
        spec.field_type == "identifier"
        and spec.identifier is None
        and isinstance(value, str)
        and grounding.certainty > PARTIAL
    ):
        stating = [line.text for _, line in cited if quoted.indexes.of(line).states(spec.field_type, value)]
        if stating and all(is_part_of_cell(spec, value, text) for text in stating):
            return Place(cited, Grounding(PARTIAL))
    return Place(cited, grounding) if grounding.certainty else None


def _assess_row(spec: FieldSpec, raw: RawRow, quoted: _QuotedLines, log: AmbiguityLog) -> Row:
    lines = quoted.lines(raw.lines)
    text = quoted.text(lines)
    forms = {column.name: normalize_value(column, raw.cells.get(column.name)) for column in spec.columns}
    cells = {name: value for name, (value, _) in forms.items()}
    filled = [column for column in spec.columns if cells[column.name] is not None]
    parts = [
        text,
        *(quoted.indexes.join(column) for column in split_columns(lines, lambda line: quoted.indexes.of(line).box)),
    ]
    is_recognised = any(page.source in OCR_SOURCES for page, _ in lines)
    certainties = []
    for column in filled:
        value = cells[column.name]
        grounding = max(
            (part.ground(column.field_type, value) for part in parts), key=lambda candidate: candidate.certainty
        )
        if column.field_type == "text" and is_recognised:
            grounding = _with_other_reading(grounding, value, cells)
        log.add(spec, value, grounding, column)
        certainties.append(grounding.certainty)
    parsed = all(is_parsed for _, is_parsed in forms.values())
    share = sum(certainties) / len(certainties) if certainties else 0.0
    signals = Signals(grounded=share, ocr=quoted.certainty(lines), parsed=float(parsed))
    return Row(cells=cells, evidence=quoted.evidence(spec, raw.lines), signals=signals)


def _with_other_reading(grounding: Grounding, value: Scalar, cells: Mapping[str, Scalar]) -> Grounding:
    """Return the grounding of a recognised text of a row: in part, where a digit of it may be a unit."""
    numbers = {abs(cell) for cell in cells.values() if isinstance(cell, Decimal)}
    doubtful = next(find_litres_or_ones(str(value), numbers), None)
    if doubtful is None or grounding.certainty < AMBIGUOUS:
        return grounding
    return Grounding(AMBIGUOUS, Ambiguity(doubtful.printed, doubtful))


def _label_signal(spec: FieldSpec, lines: Sequence[tuple[Page, Line]], indexes: LineIndexes) -> float | None:
    if not spec.labels or not lines:
        return None
    return float(any(is_labelled(spec, page, line, indexes) for page, line in lines[:MAX_LABELLED_LINES]))
