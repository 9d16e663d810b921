"""The second reading: what the file's own e-invoice says, compared with the page, never put in its place."""

from collections.abc import Mapping, Sequence

from shared.domain.document_type import DocumentType, FieldSpec
from shared.domain.einvoice import CREDIT_NOTES, SecondReading, Terms
from shared.domain.extraction import Evidence, Extraction, FieldValue, Row, Scalar, SecondValue, Signals
from shared.domain.finding import Finding, Severity
from shared.stages.agreement import agrees, in_kind
from shared.stages.grounding import Search, squeezed
from shared.stages.row_pairs import paired

type Stated = tuple[str, Scalar]
"""A business term and its value."""
type Given = dict[str, list[Stated]]
"""What the e-invoice states, by field or column."""


def compared(kind: DocumentType, extraction: Extraction, second: SecondReading) -> Extraction:
    """The Extraction with what the second reading says of each value: evidence, a signal, and findings.

    No value of the page is replaced, and none is filled in. `absences` tells of what only the e-invoice has.
    """
    if second.problem is not None:
        text = f"The file carries an e-invoice that could not be compared with its pages: {second.problem}"
        told = Finding(rule="second_reading_unreadable", severity="error", message=text)
        return extraction.model_copy(update={"findings": (*extraction.findings, told)})
    signless = not CREDIT_NOTES.isdisjoint(second.terms.get("BT-3", ()))
    given = _given(kind.fields, second.terms)
    fields = {
        name: _compared(kind.field(name), value, given.get(name, []), signless=signless)
        for name, value in extraction.fields.items()
    }
    tables = {
        name: _compared_rows(kind.field(name), rows, second, signless=signless)
        for name, rows in extraction.tables.items()
    }
    findings = [*_differences(kind, fields, tables), *_counts(kind, tables, second)]
    return extraction.model_copy(
        update={"fields": fields, "tables": tables, "findings": (*extraction.findings, *findings)}
    )


def _given(specs: Sequence[FieldSpec], terms: Terms) -> Given:
    """What the e-invoice states for the fields that are bound to its terms.

    The first term of a field is its own; the others are what a page may show in its place.
    """
    found: Given = {}
    for spec in specs:
        values: list[Stated] = [
            (term, value)
            for term in spec.terms
            for text in terms.get(term, ())
            if (value := in_kind(spec.kind, text)) is not None
        ]
        if values:
            found[spec.name] = values
    return found


def _compared(spec: FieldSpec, field: FieldValue, given: list[Stated], *, signless: bool) -> FieldValue:
    if not given:
        return field
    term, second = _nearest(spec, field.value, given, _text(field.evidence), signless=signless)
    if given[0][0] != spec.terms[0] and not second.agrees:
        return field  # the e-invoice is silent on the field itself
    evidence = field.evidence
    if second.agrees:
        evidence += (Evidence(page=None, lines=(), boxes=(), text=f"{term}: {second.value}", kind="embedded_xml"),)
    return field.model_copy(
        update={"second": second, "evidence": evidence, "signals": _with_second(field.signals, second.agrees)}
    )


def _nearest(
    spec: FieldSpec, value: Scalar, given: list[Stated], text: str, *, signless: bool
) -> tuple[str, SecondValue]:
    """Of what the bound terms state, what speaks best for `value`: one that agrees, else one that does not deny it."""
    rank = {True: 0, None: 1, False: 2}
    seconds = [
        (term, SecondValue(value=other, agrees=_agreement(spec, value, other, text, signless=signless)))
        for term, other in given
    ]
    return min(seconds, key=lambda one: rank[one[1].agrees])


def _agreement(spec: FieldSpec, value: Scalar, other: Scalar, text: str, *, signless: bool) -> bool | None:
    """Whether a value and the e-invoice's agree. One cut short differs: its lines state all that the e-invoice does."""
    if value is None:
        return None
    found = agrees(spec.kind, value, other, signless=signless)
    part, whole = squeezed(str(value)), squeezed(str(other))
    return False if found is None and part in whole and whole in squeezed(text) else found


def _text(evidence: Sequence[Evidence]) -> str:
    """What the lines say that a value was read from."""
    return "\n".join(place.text for place in evidence)


def _compared_rows(spec: FieldSpec, rows: tuple[Row, ...], second: SecondReading, *, signless: bool) -> tuple[Row, ...]:
    others = [_given(spec.columns, terms) for terms in _group(spec, second)]
    plain = [{name: values[0][1] for name, values in other.items()} for other in others]
    numeric = [column.name for column in spec.columns if column.kind in {"number", "money"}]
    partners = paired([row.cells for row in rows], plain, numeric, signless=signless)
    return tuple(
        row if partner is None else _compared_row(spec, row, others[partner], signless=signless)
        for row, partner in zip(rows, partners, strict=True)
    )


def _compared_row(spec: FieldSpec, row: Row, given: Given, *, signless: bool) -> Row:
    """The row with what the second reading says of its cells; it agrees when a cell does and none is denied."""
    seconds: dict[str, SecondValue] = {}
    for column in spec.columns:
        value = row.cells.get(column.name)
        if column.name in given and value is not None:
            _, second = _nearest(column, value, given[column.name], _text(row.evidence), signless=signless)
            if second.agrees or given[column.name][0][0] == column.terms[0]:
                seconds[column.name] = second
    verdicts = {entry.agrees for entry in seconds.values()}
    whole = False if False in verdicts else True if True in verdicts else None
    evidence = row.evidence
    if whole:
        text = f"{', '.join(spec.terms)}: {', '.join(str(entry.value) for entry in seconds.values())}"
        evidence += (Evidence(page=None, lines=(), boxes=(), text=text, kind="embedded_xml"),)
    return row.model_copy(update={"second": seconds, "evidence": evidence, "signals": _with_second(row.signals, whole)})


def _with_second(signals: Signals | None, agreement: bool | None) -> Signals | None:  # noqa: FBT001 - three answers
    return signals and signals.model_copy(update={"second": None if agreement is None else float(agreement)})


def _group(spec: FieldSpec, second: SecondReading) -> tuple[Terms, ...]:
    return tuple(terms for group in spec.terms for terms in second.groups.get(group, ()))


def _differences(
    kind: DocumentType, fields: Mapping[str, FieldValue], tables: Mapping[str, tuple[Row, ...]]
) -> list[Finding]:
    """One finding that names every field, and every row, in which page and e-invoice differ."""
    names = [name for name, field in fields.items() if field.second and field.second.agrees is False]
    places = [kind.field(name).title for name in names]
    for name, rows in tables.items():
        titles = {column.name: column.title for column in kind.field(name).columns}
        for number, row in enumerate(rows, 1):
            cells = [titles[cell] for cell, entry in row.second.items() if entry.agrees is False]
            if cells:
                places.append(f"{kind.field(name).title}, row {number} ({', '.join(cells)})")
                names.append(name)
    if not places:
        return []
    text = f"The page and the e-invoice in the file differ: {'; '.join(places)}."
    return [_finding("second_reading_differs", "error", text, tuple(dict.fromkeys(names)))]


def only_second(kind: DocumentType, extraction: Extraction) -> list[Search]:
    """A search for each value that only the e-invoice has: a page may state it after all."""
    return [
        Search(kind.field(name), field.second.value)
        for name, field in extraction.fields.items()
        if field.value is None and field.second is not None and field.second.value != 0
    ]


def absences(searched: Sequence[Search]) -> list[Finding]:
    """What `only_second` values mean: an error where a page states them too, so that they were overlooked."""
    told = []
    for search in searched:
        spec = search.spec
        if search.hit is not None:
            text = f"{spec.title} is in the e-invoice and on the page, but was not read from the page."
            told.append(_finding("second_reading_overlooked", "error", text, (spec.name,)))
        else:
            text = f"{spec.title} is in the e-invoice in the file, but not on its pages; it was not filled in."
            told.append(_finding("second_reading_only", "warning", text, (spec.name,)))
    return told


def _counts(kind: DocumentType, tables: Mapping[str, tuple[Row, ...]], second: SecondReading) -> list[Finding]:
    told = []
    for name, rows in tables.items():
        spec = kind.field(name)
        expected = len(_group(spec, second))
        if expected and expected != len(rows):
            text = f"{spec.title}: {len(rows)} rows were read from the pages, the e-invoice in the file has {expected}."
            told.append(_finding("second_reading_rows", "error", text, (name,)))
    return told


def _finding(rule: str, severity: Severity, message: str, fields: tuple[str, ...]) -> Finding:
    return Finding(rule=rule, severity=severity, message=message, fields=fields)
