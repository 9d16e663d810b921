"""Compare the second reading with the first; it never replaces a value of the first."""

from collections.abc import Mapping, Sequence
from copy import replace

from shared.domain.base.finding import Finding, Severity
from shared.domain.documents.extraction import (
    Evidence,
    Extraction,
    FieldValue,
    ReadingSource,
    Row,
    Scalar,
    SecondValue,
    Signals,
)
from shared.domain.judging.agreement import compare_values
from shared.domain.judging.claims import Claim, ClaimsByField, Reading
from shared.domain.judging.grounding.search import Search
from shared.domain.judging.row_pairs import pair_rows
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.values.matching import compact_for_match

_NAMES: dict[ReadingSource, str] = {"e_invoice": "the e-invoice in the file", "model": "the second model's reading"}
_BOTH: dict[ReadingSource, str] = {
    "e_invoice": "The page and the e-invoice in the file",
    "model": "The first and the second model's reading of the page",
}
_RANK = {False: 0, True: 1, None: 2}
"""Of two second readings, one that contradicts counts most, then one that confirms."""


def compare_readings(document_type: DocumentType, extraction: Extraction, reading: Reading) -> Extraction:
    """Return the Extraction with what a second reader says of each value: evidence, a signal, and findings.

    No value of the page is replaced, and none is filled in. `absences` tells of what only the second reader has.
    """
    fields = {
        name: _compare_field(document_type.field(name), value, reading.fields.get(name, []), reading)
        for name, value in extraction.fields.items()
    }
    tables = {
        name: _compare_rows(document_type.field(name), rows, reading.rows.get(name, []), reading)
        for name, rows in extraction.tables.items()
    }
    findings = [
        *_report_differences(document_type, fields, tables, reading.reader),
        *_report_row_counts(document_type, tables, reading),
    ]
    return replace(extraction, fields=fields, tables=tables, findings=(*extraction.findings, *findings))


def unreadable_finding(reader: ReadingSource, problem: str) -> Finding:
    """Return the finding that a second reading, which the type asks for, cannot be compared."""
    text = f"{_NAMES[reader].capitalize()} could not be compared with the pages: {problem}"
    return _finding("second_reading_unreadable", "error", text, ())


def _compare_field(spec: FieldSpec, field: FieldValue, claims: list[Claim], reading: Reading) -> FieldValue:
    if not claims:
        return field
    claim, second = _find_nearest(spec, field.value, claims, _text(field.evidence), reading)
    if not claims[0].own and not second.agrees:
        return field  # the second reader is silent on the field itself
    evidence = field.evidence
    if second.agrees and claim.term:
        evidence += (_as_data(f"{claim.term}: {second.value}"),)
    counting = _choose_counting(field.second, second)
    return replace(field, second=counting, evidence=evidence, signals=_with_second(field.signals, counting.agrees))


def _as_data(text: str) -> Evidence:
    """Evidence that stands on no page."""
    return Evidence(page=None, lines=(), boxes=(), text=text, kind="embedded_xml")


def _choose_counting(before: SecondValue | None, now: SecondValue) -> SecondValue:
    return now if before is None else min(before, now, key=lambda second: _RANK[second.agrees])


def _find_nearest(
    spec: FieldSpec, value: Scalar, claims: list[Claim], text: str, reading: Reading
) -> tuple[Claim, SecondValue]:
    """Return the claim that supports `value` best: one that agrees, else one that does not contradict it."""
    rank = {True: 0, None: 1, False: 2}
    seconds = [
        (
            claim,
            SecondValue(
                value=claim.value,
                agrees=_agreement(spec, value, claim.value, text, signless=reading.signless),
                reader=reading.reader,
            ),
        )
        for claim in claims
    ]
    return min(seconds, key=lambda candidate: rank[candidate[1].agrees])


def _agreement(spec: FieldSpec, value: Scalar, second_value: Scalar, text: str, *, signless: bool) -> bool | None:
    """Return whether a value and another agree. One cut short differs: its lines state all that the other does."""
    if value is None:
        return None
    agreement = compare_values(spec.field_type, value, second_value, signless=signless)
    part, whole = compact_for_match(str(value)), compact_for_match(str(second_value))
    return False if agreement is None and part in whole and whole in compact_for_match(text) else agreement


def _text(evidence: Sequence[Evidence]) -> str:
    """Return what the lines say that a value was read from."""
    return "\n".join(place.text for place in evidence)


def _compare_rows(
    spec: FieldSpec, rows: tuple[Row, ...], claimed_rows: list[ClaimsByField], reading: Reading
) -> tuple[Row, ...]:
    plain = [{name: values[0].value for name, values in claims.items()} for claims in claimed_rows]
    numeric = [column.name for column in spec.columns if column.field_type in {"number", "money"}]
    partners = pair_rows([row.cells for row in rows], plain, numeric, signless=reading.signless)
    return tuple(
        row if partner is None else _compare_row(spec, row, claimed_rows[partner], reading)
        for row, partner in zip(rows, partners, strict=True)
    )


def _compare_row(spec: FieldSpec, row: Row, claims: ClaimsByField, reading: Reading) -> Row:
    """Return the row with what the second reader says of its cells; it agrees when a cell does and none is denied."""
    seconds = dict(row.second)
    for column in spec.columns:
        value = row.cells.get(column.name)
        if column.name in claims and value is not None:
            _, second = _find_nearest(column, value, claims[column.name], _text(row.evidence), reading)
            if second.agrees or claims[column.name][0].own:
                seconds[column.name] = _choose_counting(row.second.get(column.name), second)
    verdicts = {entry.agrees for entry in seconds.values()}
    whole = False if False in verdicts else True if True in verdicts else None
    evidence = row.evidence
    if whole and reading.reader == "e_invoice":
        evidence += (
            _as_data(
                f"{', '.join(spec.terms)}: {', '.join(str(second_value.value) for second_value in seconds.values())}"
            ),
        )
    return replace(row, second=seconds, evidence=evidence, signals=_with_second(row.signals, whole))


def _with_second(signals: Signals | None, agreement: bool | None) -> Signals | None:  # noqa: FBT001 - three answers
    return signals and replace(signals, second=None if agreement is None else float(agreement))


def _report_differences(
    document_type: DocumentType,
    fields: Mapping[str, FieldValue],
    tables: Mapping[str, tuple[Row, ...]],
    reader: ReadingSource,
) -> list[Finding]:
    """Return one finding that names each field and row in which a reader differs; both values are in the Result."""
    names = [name for name, field in fields.items() if _is_denied(field.second, reader)]
    places = [document_type.field(name).title for name in names]
    for name, rows in tables.items():
        titles = {column.name: column.title for column in document_type.field(name).columns}
        for number, row in enumerate(rows, 1):
            cells = [titles[cell] for cell, entry in row.second.items() if _is_denied(entry, reader)]
            if cells:
                places.append(f"{document_type.field(name).title}, row {number} ({', '.join(cells)})")
                names.append(name)
    if not places:
        return []
    text = f"{_BOTH[reader]} differ: {'; '.join(places)}."
    return [_finding("second_reading_differs", "error", text, tuple(dict.fromkeys(names)))]


def _is_denied(second: SecondValue | None, reader: ReadingSource) -> bool:
    return second is not None and second.reader == reader and second.agrees is False


def search_only_second(document_type: DocumentType, extraction: Extraction) -> list[Search]:
    """Return a search for each value that only a second reader has: a page may state it after all."""
    return [
        Search(document_type.field(name), field.second.value)
        for name, field in extraction.fields.items()
        if field.value is None and field.second is not None and field.second.value != 0
    ]


def report_absences(extraction: Extraction, searched: Sequence[Search]) -> list[Finding]:
    """Return what `only_second` values mean: an error where the page states them too, or a model read them from it."""
    findings = []
    for search in searched:
        spec, second = search.spec, extraction.fields[search.spec.name].second
        if second is None:
            continue
        if search.hit is not None:
            text = f"{spec.title} is in {_NAMES[second.reader]} and on the page, but was not read from the page."
            findings.append(_finding("second_reading_overlooked", "error", text, (spec.name,)))
        elif second.reader == "model":  # who read it off these pages; it may stand there more than once
            text = f"{spec.title} is in {_NAMES['model']}, but not in the first; it was not filled in."
            findings.append(_finding("second_reading_only", "error", text, (spec.name,)))
        else:
            text = f"{spec.title} is in {_NAMES[second.reader]}, but not on its pages; it was not filled in."
            findings.append(_finding("second_reading_only", "warning", text, (spec.name,)))
    return findings


def _report_row_counts(
    document_type: DocumentType, tables: Mapping[str, tuple[Row, ...]], reading: Reading
) -> list[Finding]:
    findings = []
    for name, rows in tables.items():
        expected = len(reading.rows.get(name, ()))
        if expected and expected != len(rows):
            title, reader = document_type.field(name).title, _NAMES[reading.reader]
            text = f"{title}: {len(rows)} rows were read from the pages, {reader} has {expected}."
            findings.append(_finding("second_reading_rows", "error", text, (name,)))
    return findings


def _finding(rule: str, severity: Severity, message: str, fields: tuple[str, ...]) -> Finding:
    return Finding(rule=rule, severity=severity, message=message, fields=fields)
