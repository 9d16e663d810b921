"""Sums of rows that a page states although no field holds them, as a subtotal before discounts and charges does.

A rule that compares the rows with the net total fails on every document with a discount. The rows are complete all the
same when the page prints what they add up to.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from shared.document_types.rules.evaluate import summed_columns
from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Extraction, Row
from shared.domain.judging.grounding.line_index import LineIndex
from shared.domain.types.document_type import DocumentType
from shared.domain.values.conventions import Conventions
from shared.pipeline.store.artifacts import StoredPages

ROWS_SUM_STATED = "rows_sum_stated"
MIN_ROWS = 2
"""Fewer rows add up to one of their own amounts."""


class _ColumnSum(NamedTuple):
    """What a column of a table adds up to, and the lines that its rows cite."""

    table: str
    total: Decimal
    cited: frozenset[str]


async def find_stated_sums(
    stored: StoredPages,
    document_type: DocumentType,
    extraction: Extraction,
    findings: Sequence[Finding],
    conventions: Conventions,
) -> list[Finding]:
    """Return a finding for each table that fails a rule on its sum, and whose sum stands on a page outside its rows.

    Every page is looked at while one is searched. Raises Unavailable when a page is missing.
    """
    sought = list(_failing_sums(document_type, extraction, {finding.rule for finding in findings}))
    stated: dict[str, Finding] = {}
    if sought:
        async for page in stored.all():
            for line in page.lines:
                for item in sought:
                    if line.id not in item.cited and LineIndex(line, conventions).states("money", item.total):
                        stated.setdefault(item.table, _finding(document_type, item, page.number))
            sought = [item for item in sought if item.table not in stated]
            if not sought:
                break
    return list(stated.values())


def has_stated_sum(table: str, findings: Sequence[Finding]) -> bool:
    """Return whether the findings say that a page states what the rows of a table add up to."""
    return any(finding.rule == ROWS_SUM_STATED and table in finding.fields for finding in findings)


def _failing_sums(document_type: DocumentType, extraction: Extraction, failed: set[str]) -> Iterator[_ColumnSum]:
    for rule in document_type.rules:
        for table, column in summed_columns(rule) if rule.id in failed else ():
            rows = extraction.tables.get(table, ())
            if len(rows) >= MIN_ROWS:
                yield _ColumnSum(table, _total(rows, column), frozenset(_cited_lines(rows)))


def _total(rows: Sequence[Row], column: str) -> Decimal:
    """Return the sum of the numbers of a column."""
    cells = (row.cells.get(column) for row in rows)
    return sum((cell for cell in cells if isinstance(cell, Decimal)), Decimal())


def _cited_lines(rows: Sequence[Row]) -> Iterator[str]:
    return (line for row in rows for place in row.evidence for line in place.lines)


def _finding(document_type: DocumentType, item: _ColumnSum, page: int) -> Finding:
    text = f"{document_type.field(item.table).title}: page {page} states what the rows add up to, {item.total:.2f}."
    return Finding(rule=ROWS_SUM_STATED, severity="info", message=text, fields=(item.table,))
