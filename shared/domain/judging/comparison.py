"""The second reading: what another reader states, compared with the first reading, never put in its place."""

from collections.abc import Mapping, Sequence
from copy import replace

from shared.domain.base.finding import Finding, Severity
from shared.domain.documents.extraction import (
    Evidence,
    Extraction,
    FieldValue,
    Row,
    Scalar,
    SecondReader,
    SecondValue,
    Signals,
)
from shared.domain.judging.agreement import agrees
from shared.domain.judging.claims import Given, Opinion, Stated
from shared.domain.judging.grounding.search import Search, squeezed
from shared.domain.judging.row_pairs import paired
from shared.domain.types.document_type import DocumentType, FieldSpec

_NAMES: dict[SecondReader, str] = {"e_invoice": "the e-invoice in the file", "model": "the second model's reading"}
_BOTH: dict[SecondReader, str] = {
    "e_invoice": "The page and the e-invoice in the file",
    "model": "The first and the second model's reading of the page",
}
_RANK = {False: 0, True: 1, None: 2}
"""Of what two second readers say the one that denies counts most, then the one that confirms."""


def compared(kind: DocumentType, extraction: Extraction, opinion: Opinion) -> Extraction:
    """Return the Extraction with what a second reader says of each value: evidence, a signal, and findings.

    No value of the page is replaced, and none is filled in. `absences` tells of what only the second reader has.
    """
    fields = {
        name: _compared(kind.field(name), value, opinion.fields.get(name, []), opinion)
        for name, value in extraction.fields.items()
    }
    tables = {
        name: _compared_rows(kind.field(name), rows, opinion.rows.get(name, []), opinion)
        for name, rows in extraction.tables.items()
    }
    findings = [*_differences(kind, fields, tables, opinion.reader), *_counts(kind, tables, opinion)]
    return replace(extraction, fields=fields, tables=tables, findings=(*extraction.findings, *findings))


def unreadable(reader: SecondReader, problem: str) -> Finding:
    """That a second reading which must be compared cannot be."""
    text = f"{_NAMES[reader].capitalize()} could not be compared with the pages: {problem}"
    return _finding("second_reading_unreadable", "error", text, ())


def _compared(spec: FieldSpec, field: FieldValue, given: list[Stated], opinion: Opinion) -> FieldValue:
    if not given:
        return field
    stated, second = _nearest(spec, field.value, given, _text(field.evidence), opinion)
    if not given[0].own and not second.agrees:
        return field  # the second reader is silent on the field itself
    evidence = field.evidence
    if second.agrees and stated.term:
        evidence += (_as_data(f"{stated.term}: {second.value}"),)
    counting = _counting(field.second, second)
    return replace(field, second=counting, evidence=evidence, signals=_with_second(field.signals, counting.agrees))


def _as_data(text: str) -> Evidence:
    """Evidence that stands on no page."""
    return Evidence(page=None, lines=(), boxes=(), text=text, kind="embedded_xml")


def _counting(before: SecondValue | None, now: SecondValue) -> SecondValue:
    return now if before is None else min(before, now, key=lambda one: _RANK[one.agrees])


def _nearest(
    spec: FieldSpec, value: Scalar, given: list[Stated], text: str, opinion: Opinion
) -> tuple[Stated, SecondValue]:
    """Of what a reader states what speaks best for `value`: one that agrees, else one that does not deny it."""
    rank = {True: 0, None: 1, False: 2}
    seconds = [
        (
            stated,
            SecondValue(
                value=stated.value,
                agrees=_agreement(spec, value, stated.value, text, signless=opinion.signless),
                reader=opinion.reader,
            ),
        )
        for stated in given
    ]
    return min(seconds, key=lambda one: rank[one[1].agrees])


def _agreement(spec: FieldSpec, value: Scalar, other: Scalar, text: str, *, signless: bool) -> bool | None:
    """Return whether a value and another agree. One cut short differs: its lines state all that the other does."""
    if value is None:
        return None
    found = agrees(spec.field_type, value, other, signless=signless)
    part, whole = squeezed(str(value)), squeezed(str(other))
    return False if found is None and part in whole and whole in squeezed(text) else found


def _text(evidence: Sequence[Evidence]) -> str:
    """Return what the lines say that a value was read from."""
    return "\n".join(place.text for place in evidence)


def _compared_rows(spec: FieldSpec, rows: tuple[Row, ...], others: list[Given], opinion: Opinion) -> tuple[Row, ...]:
    plain = [{name: values[0].value for name, values in other.items()} for other in others]
    numeric = [column.name for column in spec.columns if column.field_type in {"number", "money"}]
    partners = paired([row.cells for row in rows], plain, numeric, signless=opinion.signless)
    return tuple(
        row if partner is None else _compared_row(spec, row, others[partner], opinion)
        for row, partner in zip(rows, partners, strict=True)
    )


def _compared_row(spec: FieldSpec, row: Row, given: Given, opinion: Opinion) -> Row:
    """Return the row with what the second reader says of its cells; it agrees when a cell does and none is denied."""
    seconds = dict(row.second)
    for column in spec.columns:
        value = row.cells.get(column.name)
        if column.name in given and value is not None:
            _, second = _nearest(column, value, given[column.name], _text(row.evidence), opinion)
            if second.agrees or given[column.name][0].own:
                seconds[column.name] = _counting(row.second.get(column.name), second)
    verdicts = {entry.agrees for entry in seconds.values()}
    whole = False if False in verdicts else True if True in verdicts else None
    evidence = row.evidence
    if whole and opinion.reader == "e_invoice":
        evidence += (_as_data(f"{', '.join(spec.terms)}: {', '.join(str(one.value) for one in seconds.values())}"),)
    return replace(row, second=seconds, evidence=evidence, signals=_with_second(row.signals, whole))


def _with_second(signals: Signals | None, agreement: bool | None) -> Signals | None:  # noqa: FBT001 - three answers
    return signals and replace(signals, second=None if agreement is None else float(agreement))


def _differences(
    kind: DocumentType,
    fields: Mapping[str, FieldValue],
    tables: Mapping[str, tuple[Row, ...]],
    reader: SecondReader,
) -> list[Finding]:
    """One finding that names every field, and every row, in which a reader differs. Both values are in the Result."""
    names = [name for name, field in fields.items() if _denied(field.second, reader)]
    places = [kind.field(name).title for name in names]
    for name, rows in tables.items():
        titles = {column.name: column.title for column in kind.field(name).columns}
        for number, row in enumerate(rows, 1):
            cells = [titles[cell] for cell, entry in row.second.items() if _denied(entry, reader)]
            if cells:
                places.append(f"{kind.field(name).title}, row {number} ({', '.join(cells)})")
                names.append(name)
    if not places:
        return []
    text = f"{_BOTH[reader]} differ: {'; '.join(places)}."
    return [_finding("second_reading_differs", "error", text, tuple(dict.fromkeys(names)))]


def _denied(second: SecondValue | None, reader: SecondReader) -> bool:
    return second is not None and second.reader == reader and second.agrees is False


def only_second(kind: DocumentType, extraction: Extraction) -> list[Search]:
    """Return a search for each value that only a second reader has: a page may state it after all."""
    return [
        Search(kind.field(name), field.second.value)
        for name, field in extraction.fields.items()
        if field.value is None and field.second is not None and field.second.value != 0
    ]


def absences(extraction: Extraction, searched: Sequence[Search]) -> list[Finding]:
    """Return what `only_second` values mean: an error where the page states them too, or a model read them from it."""
    told = []
    for search in searched:
        spec, second = search.spec, extraction.fields[search.spec.name].second
        if second is None:
            continue
        if search.hit is not None:
            text = f"{spec.title} is in {_NAMES[second.reader]} and on the page, but was not read from the page."
            told.append(_finding("second_reading_overlooked", "error", text, (spec.name,)))
        elif second.reader == "model":  # who read it off these pages; it may stand there more than once
            text = f"{spec.title} is in {_NAMES['model']}, but not in the first; it was not filled in."
            told.append(_finding("second_reading_only", "error", text, (spec.name,)))
        else:
            text = f"{spec.title} is in {_NAMES[second.reader]}, but not on its pages; it was not filled in."
            told.append(_finding("second_reading_only", "warning", text, (spec.name,)))
    return told


def _counts(kind: DocumentType, tables: Mapping[str, tuple[Row, ...]], opinion: Opinion) -> list[Finding]:
    told = []
    for name, rows in tables.items():
        expected = len(opinion.rows.get(name, ()))
        if expected and expected != len(rows):
            title, reader = kind.field(name).title, _NAMES[opinion.reader]
            text = f"{title}: {len(rows)} rows were read from the pages, {reader} has {expected}."
            told.append(_finding("second_reading_rows", "error", text, (name,)))
    return told


def _finding(rule: str, severity: Severity, message: str, fields: tuple[str, ...]) -> Finding:
    return Finding(rule=rule, severity=severity, message=message, fields=fields)
