"""Support: which values a rule that holds really speaks for.

A rule confirms a value only if it could have failed because of it. So it confirms none when

- one of its values does not stand on the page, or only as one of several readings: it may have been computed to fit;
- two of its values were read from the same words: they are one piece of evidence;
- it only compares equal amounts or days, zeros aside: a sum over one term, the order of equal dates, all zeros;
- it would hold for a wrong value too: for a larger and a smaller one, and with two of its values exchanged.

A rule for each row (`each`) speaks for single rows. It confirms a row only while no rule that adds up the table fails,
or a page states the sum elsewhere: what it says of the rows that were read says nothing of those that were not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, islice
from typing import NamedTuple

from shared.document_types.rules.evaluate import applies, holds, row_results, sums_table
from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Evidence, Extraction, FieldValue, Row, Scalar
from shared.domain.judging.grounding.printed_readings import AMBIGUOUS
from shared.domain.judging.grounding.text_index import TextIndex
from shared.domain.reading.page import Box
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule
from shared.domain.values.amounts import to_cents
from shared.pipeline.checks.stated_sums import has_stated_sum

ENTERED_BY_A_PERSON = 1.0
"""The confidence of a value that a person entered; no other value has it."""
MIN_STEP, STEP_SHARE = Decimal(1), Decimal("0.1")
"""How far a number is moved to see whether a rule notices: so much, or such a share of it."""
MAX_PERCENTAGES = 10
"""Percentages of a row that may be its discount."""
STEP_DAYS = 40
"""How far a day is moved: into another month, whatever the day."""

_PERCENTAGE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d+)?) ?%")

type PlacedBox = tuple[int, Box]
"""A page and a box on it."""
type RowTexts = dict[str, TextIndex]
"""The indexed texts of rows, which several rules ask for."""


class RuleSupport(NamedTuple):
    """The names of the fields that a rule confirms, and for each table what the rules say of its rows."""

    fields: AbstractSet[str]
    rows: Mapping[str, Sequence[bool | None]]


def find_support(document_type: DocumentType, extraction: Extraction, findings: Sequence[Finding]) -> RuleSupport:
    """Return which values the rules speak for; `findings`: what the rules found."""
    texts: RowTexts = {}
    failed = {finding.rule for finding in findings}
    return RuleSupport(
        supported_fields(document_type, extraction, failed, texts),
        {table: supported_rows(document_type, extraction, table, findings, texts) for table in extraction.tables},
    )


def supported_fields(
    document_type: DocumentType, extraction: Extraction, failed: AbstractSet[str], texts: RowTexts | None = None
) -> set[str]:
    """Return the names of the fields that a rule confirms.

    `failed`: the ids of rules that do not hold; `texts`: of rows, as far as they are indexed.
    """
    values = extraction.values()
    holding = [
        rule for rule in document_type.rules if not rule.each and rule.id not in failed and applies(rule, values)
    ]
    texts = {} if texts is None else texts
    return {name for rule in holding for name in _confirmed_fields(document_type, rule, extraction, values, texts)}


def supported_rows(
    document_type: DocumentType,
    extraction: Extraction,
    table: str,
    findings: Sequence[Finding],
    texts: RowTexts | None = None,
) -> list[bool | None]:
    """Return what the rules for each row of a table say of its rows: True confirms it, False: one of them fails.

    None: none of them speaks for it. `findings`: what the rules found; `texts`: of rows, as far as they are indexed.
    """
    failed = {finding.rule for finding in findings}
    rows = extraction.tables[table]
    cells = [dict(row.cells) for row in rows]
    results: list[bool | None] = [None] * len(rows)
    spec = document_type.field(table)
    adds_up = has_stated_sum(table, findings) or not any(
        sums_table(rule, table) for rule in document_type.rules if rule.id in failed
    )
    texts = {} if texts is None else texts
    for rule in document_type.rules:
        if rule.each != table:
            continue
        columns = _columns(rule, spec)
        for index, result in enumerate(row_results(rule, cells)):
            if result is False and not _fits_discounted(rule, columns, rows[index], cells[index]):
                results[index] = False
            elif result and results[index] is None and adds_up:
                row = rows[index]
                states = _is_evident(row) and _states_cells(columns, row, texts)
                results[index] = True if states and _row_could_fail(rule, columns, cells[index]) else None
    return results


def _fits_discounted(rule: Rule, columns: Sequence[FieldSpec], row: Row, cells: Mapping[str, Scalar]) -> bool:
    """Return whether a rule holds once one amount is less by a percentage that the row states, as by a discount."""
    text = "\n".join(place.text for place in row.evidence)
    shares = _stated_shares(text) if "%" in text else frozenset()
    lower = [
        {**cells, column.name: cell * (1 - share)}
        for share in sorted(shares)
        for column in columns
        if column.field_type == "money" and isinstance(cell := cells[column.name], Decimal)
    ]
    return any(row_results(rule, lower))


@lru_cache(maxsize=64)  # many rows may have been read from the same long line
def _stated_shares(text: str) -> frozenset[Decimal]:
    """Return the first percentages of a text as shares (0..1)."""
    matches = islice(_PERCENTAGE.finditer(text), MAX_PERCENTAGES)
    return frozenset(Decimal(match[1].replace(",", ".")) / 100 for match in matches)


def _row_could_fail(rule: Rule, columns: Sequence[FieldSpec], cells: Mapping[str, object]) -> bool:
    """Return whether a rule for each row fails for wrong values of each of the cells that it uses."""
    return all(
        not any(row_results(rule, [{**cells, column.name: value} for value in wrong]))
        for column in columns
        if (wrong := list(_wrong_values(column, cells[column.name], rule.tolerance)))
    )


def _confirmed_fields(
    document_type: DocumentType,
    rule: Rule,
    extraction: Extraction,
    values: Mapping[str, object],
    texts: RowTexts,
) -> Iterator[str]:
    """Yield the fields of a rule that holds for which it could have failed."""
    operands = [spec for spec in document_type.fields if _is_operand(spec, rule)]
    if not all(_stands_on_a_page(rule, spec, extraction, texts) for spec in operands):
        return
    places = [_places(spec, extraction) for spec in operands]
    if any(_share_words(first, second) for first, second in combinations(places, 2)):
        return
    if len(operands) > 1 and len(set(_compared_values(rule, operands, values))) <= 1:
        return
    used = {spec.name: _used_part(rule, spec, values[spec.name]) for spec in operands}
    for spec in operands:
        if spec.name in rule.fields and _could_fail(rule, spec, operands, used):
            yield spec.name


def _used_part(rule: Rule, spec: FieldSpec, value: object) -> object:
    """Return the value, of a table only the columns that the rule names: a long table is copied for each evaluation."""
    names = [column.name for column in _columns(rule, spec)]
    return [{name: row.get(name) for name in names} for row in value] if names and isinstance(value, list) else value


def _is_operand(spec: FieldSpec, rule: Rule) -> bool:
    """Return whether a rule names the field, or uses it in its expression."""
    return spec.name in rule.fields or re.search(rf"(?<![\w.]){re.escape(spec.name)}\b", rule.expression) is not None


def _stands_on_a_page(rule: Rule, spec: FieldSpec, extraction: Extraction, texts: RowTexts) -> bool:
    """Whether the value, or what the rule uses of every row, stands where it was read, or a person entered it."""
    if spec.field_type == "table":
        columns = _columns(rule, spec)
        rows = extraction.tables.get(spec.name, ())
        return bool(rows) and all(_is_evident(row) and _states_cells(columns, row, texts) for row in rows)
    field = extraction.fields.get(spec.name)
    return field is not None and _is_evident(field)


def _is_evident(entry: FieldValue | Row) -> bool:
    if entry.confidence == ENTERED_BY_A_PERSON:
        return True
    min_grounding = AMBIGUOUS if isinstance(entry, FieldValue) else 0.0  # 10 + 1.9 = 11.9 closes as 10.000 + 1.900 does
    return bool(entry.evidence) and entry.signals is not None and entry.signals.grounded > min_grounding


def _states_cells(columns: Sequence[FieldSpec], row: Row, texts: RowTexts) -> bool:
    """Return whether the lines of a row state these cells: an amount may have been computed from quantity and price."""
    if row.confidence == ENTERED_BY_A_PERSON:
        return True
    text = "\n".join(place.text for place in row.evidence)
    if text not in texts:
        texts[text] = TextIndex.of_text(text)
    index = texts[text]
    return all(
        index.states(column.field_type, cell)
        for column in columns
        if (cell := row.cells.get(column.name)) is not None and cell is not False
    )


def _columns(rule: Rule, table: FieldSpec) -> list[FieldSpec]:
    """Return the columns of a table that a rule names."""
    return [column for column in table.columns if re.search(rf"\b{re.escape(column.name)}\b", rule.expression)]


def _places(spec: FieldSpec, extraction: Extraction) -> list[PlacedBox]:
    """Return where a value or the rows of a table were read."""
    field = extraction.fields.get(spec.name)
    evidence: tuple[Evidence, ...] = field.evidence if field else ()
    evidence += tuple(place for row in extraction.tables.get(spec.name, ()) for place in row.evidence)
    return [(place.page, box) for place in evidence if place.page is not None for box in place.boxes]


def _share_words(first: Sequence[PlacedBox], second: Sequence[PlacedBox]) -> bool:
    """Return whether a box of one holds the middle of a box of the other."""
    fewer, more = sorted((first, second), key=len)
    return any(
        page == other_page and (_holds_middle(box, other_box) or _holds_middle(other_box, box))
        for page, box in fewer
        for other_page, other_box in more
    )


def _holds_middle(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _compared_values(rule: Rule, operands: Sequence[FieldSpec], values: Mapping[str, object]) -> Iterator[object]:
    """Yield the values that a rule compares; zeros are left out, because they change no sum, and so are signs."""
    for spec in operands:
        value = values.get(spec.name)
        columns = [column.name for column in _columns(rule, spec)]
        rows = value if isinstance(value, list) else [{spec.name: value}]
        for row in rows:
            for name in columns or [spec.name]:
                cell = row.get(name)
                atom = to_cents(abs(cell)) if isinstance(cell, Decimal) else cell
                if atom not in {None, 0}:
                    yield atom


def _could_fail(rule: Rule, spec: FieldSpec, operands: Sequence[FieldSpec], values: Mapping[str, object]) -> bool:
    """Return whether the rule fails for every wrong value that is tried, or when two of its values change places."""
    wrong = list(_wrong_values(spec, values[spec.name], rule.tolerance))
    if wrong and not any(holds(rule, {**values, spec.name: value}) for value in wrong):
        return True
    exchangeable = [
        operand
        for operand in operands
        if operand.field_type == spec.field_type != "table" and operand.name != spec.name
    ]
    return any(
        not holds(rule, {**values, spec.name: values[operand.name], operand.name: values[spec.name]})
        for operand in exchangeable
    )


def _wrong_values(spec: FieldSpec, value: object, tolerance: float) -> Iterator[object]:
    """Yield a larger and a smaller value, a later and an earlier day, a longer and a shorter text or table."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Decimal):
        step = max(MIN_STEP, abs(value) * STEP_SHARE) + 2 * Decimal(repr(tolerance))
        yield from (value + step, value - step)
    elif isinstance(value, list):
        yield from ([*value, value[-1]], value[:-1])
    elif isinstance(value, str) and spec.field_type == "date":
        day = _day(value)
        yield from [] if day is None else ((day + timedelta(days=sign * STEP_DAYS)).isoformat() for sign in (1, -1))
    elif isinstance(value, str):
        yield from (value + value[-1:], value[:-1])


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None
