"""Extract fields and tables: each field's best candidate, or None when none is good enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.types.document_type import FieldSpec
from shared.domain.values.conventions import Conventions
from shared.rule_reader.fields.candidates import Candidate, Finder
from shared.rule_reader.fields.fields import Field, split_specs
from shared.rule_reader.fields.roles import MoneyRole, money_role, party_role
from shared.rule_reader.fields.values import TableRow, Value
from shared.rule_reader.forms.forms import Forms
from shared.rule_reader.parties.parties import Parties
from shared.rule_reader.prose import Prose, asks_for_law
from shared.rule_reader.sums.money import Sums
from shared.rule_reader.sums.payments import amount_due
from shared.rule_reader.tables.tables import TableReader
from shared.rule_reader.text.labels import find_hits
from shared.rule_reader.text.page import Document, cite
from shared.rule_reader.titles import is_title, title
from shared.rule_reader.unlabelled import without_label

_GOOD_ENOUGH, _SURE = 0.42, 0.7
_LABEL_AND_VALUE = 2  # lines of a candidate; those behind are where its value goes on


@dataclass(frozen=True)
class ExtractedValue:
    """A field's value (None: the document does not state it), and the ids of the lines it was read from."""

    value: Value | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Extract:
    """What was read: single values and the rows of tables, by the names of their fields."""

    values: Mapping[str, ExtractedValue]
    rows: Mapping[str, tuple[TableRow, ...]]


def extract(document: Document, specs: Sequence[FieldSpec], only: Sequence[tuple[str, str]] = ()) -> Extract:
    """Read the fields from the pages; of tables just the rows that begin in the runs of lines `only`, if any."""
    fields, tables = split_specs(specs)
    conventions = document.conventions
    hits = find_hits(document.lines, {field.name: field.labels for field in fields}, document.vocabulary)
    amounts = {field.name for field in fields if field.field_type == "money"}
    totals = [hit for hit in hits if hit.field in amounts]
    read = {table.name: TableReader(document, table, totals, conventions).read() for table in tables}
    finder = Finder(document, hits, conventions, tuple(read.values()))
    parties = Parties(document, hits)
    chosen: dict[str, Candidate | None] = {}
    candidates: dict[str, list[Candidate]] = {}
    for field in fields:
        party = party_role(field, document.vocabulary)
        candidates[field.name] = parties.candidates(field, party) if party else finder.candidates(field)
        best = next(iter(candidates[field.name]), None)
        chosen[field.name] = best if best and best.score >= _GOOD_ENOUGH else None
    by_role = {role: field for field in reversed(fields) if (role := money_role(field, document.vocabulary))}
    for money, candidate in Sums(document, by_role, conventions).choose(candidates).items():
        chosen[by_role[money].name] = candidate
    _fill_due(document, by_role, chosen, conventions)
    _fill_form(document, fields, chosen, finder)
    _fill_prose(Prose(document, conventions), fields, chosen)
    for field in fields:
        if chosen[field.name] is None:
            chosen[field.name] = without_label(field, document, conventions, chosen)
    values = {field.name: _extracted_value(chosen[field.name]) for field in fields}
    rows = {
        name: tuple(row for row in table.items if not only or _begins_in(row, document, only))
        for name, table in read.items()
    }
    return Extract(values, rows)


def _fill_form(document: Document, fields: list[Field], chosen: dict[str, Candidate | None], finder: Finder) -> None:
    """Fill fields that no label leads to with certainty by the captions of a form."""
    forms = Forms(document, fields, finder.conventions)
    for field in fields:
        best = chosen[field.name]
        if best and field.field_type == "text" and len(best.lines) > 1 and forms.is_caption(best.lines[-1]):
            chosen[field.name] = None
    sure = {
        field.name
        for field in fields
        if (best := chosen[field.name])
        and (
            best.score >= _SURE
            or (
                (party_role(field, document.vocabulary) or money_role(field, document.vocabulary))
                and not forms.has_boxes
            )
        )
    }
    taken = {best.lines[-1] for name in sure if (best := chosen[name])}
    unsure = [field for field in fields if field.name not in sure]
    form_values = forms.values(unsure, taken | finder.table_lines | finder.headings)
    for name, candidate in form_values.items():
        current = chosen[name]
        rest_of_known = current is not None and candidate.lines[-1] in current.lines[_LABEL_AND_VALUE:]
        if current is None or (current.score < candidate.score and not rest_of_known):
            chosen[name] = candidate


def _fill_prose(prose: Prose, fields: list[Field], chosen: dict[str, Candidate | None]) -> None:
    """Fill titles and governing laws from running text, and other fields where nothing is certain yet."""
    for field in fields:
        current = chosen[field.name]
        if is_title(field, prose.document.vocabulary):
            chosen[field.name] = title(field, prose.document)
        elif asks_for_law(field, prose.document.vocabulary):
            chosen[field.name] = prose.law(field) or (
                current if current and prose.document.naming.is_place(str(current.value)) else None
            )
        elif field.field_type == "date" and (prose.is_running or current is None or current.score < _SURE):
            date = prose.date(field)
            chosen[field.name] = max(filter(None, (current, date)), key=lambda item: item.score, default=None)
        elif field.field_type == "boolean" and current is None:
            lines = prose.clause(field) if prose.is_running else ()
            chosen[field.name] = Candidate(field.name, bool(lines), lines, _GOOD_ENOUGH)


def _begins_in(row: TableRow, document: Document, only: Sequence[tuple[str, str]]) -> bool:
    """Return whether the first line of a row is in one of the runs of lines, in the order of the pages."""
    order = {line.id: place for place, line in enumerate(line for page in document.pages for line in page.lines)}
    begin = min((order[line] for line in row.lines), default=-1)
    return any(order[first] <= begin <= order[last] for first, last in only if first in order and last in order)


def _fill_due(
    document: Document,
    by_role: Mapping[MoneyRole, Field],
    chosen: dict[str, Candidate | None],
    conventions: Conventions,
) -> None:
    """Calculate an amount due that has no label from the total and the prepayments."""
    gross = chosen[by_role["gross"].name] if "gross" in by_role else None
    if "due" not in by_role or chosen[by_role["due"].name] is not None or gross is None:
        return
    if due := amount_due(document, float(gross.value), conventions):
        name = by_role["due"].name
        chosen[name] = Candidate(name, due[0], (due[1],), gross.score)


def _extracted_value(best: Candidate | None) -> ExtractedValue:
    return ExtractedValue(best.value, tuple(cite(best.lines))) if best else ExtractedValue(None, ())
