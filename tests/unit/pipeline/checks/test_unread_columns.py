"""A column that the page heads, and that no row has a cell of."""

from typing import Any

import pytest

from shared.domain.documents.extraction import Row
from shared.domain.reading.page import Line, Page, Word
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.checks.unread_columns import HeadedColumns

COLUMNS = (
    FieldSpec(name="what", field_type="text", title="Description", labels=("Item",)),
    FieldSpec(name="count", field_type="number", title="Quantity", labels=("Qty", "Units")),
    FieldSpec(name="price", field_type="money", title="Unit price", labels=("Price",)),
    FieldSpec(name="amount", field_type="money", title="Amount", labels=("Total", "Net")),
    FieldSpec(name="tax", field_type="number", title="Tax rate", labels=("VAT", "Net")),
)
KIND = DocumentType(
    name="note", title="Note", fields=(FieldSpec(name="items", field_type="table", title="Items", columns=COLUMNS),)
)
FULL = {"what": "Apples", "count": 2.0, "price": 3.0, "amount": 6.0, "tax": 19.0}


def page(*cells: str, number: int = 1) -> Page:
    """A page whose only row has these cells, 100 points apart."""
    lines = []
    for index, text in enumerate(cells, 1):
        words, x = [], 100.0 * index
        for word in text.split():
            words.append(Word(word, (x, 100, x + 5 * len(word), 110)))
            x += 5 * len(word) + 5
        lines.append(Line(id=f"p{number}.l{index}", words=tuple(words)))
    return Page(number=number, width=1000, height=842, unit="pt", source="text", lines=tuple(lines))


def empty(heading: Page, *rows: dict[str, Any]) -> list[str]:
    """The messages of the findings."""
    search = HeadedColumns(KIND)
    search.add_page(heading)
    return [finding.message for finding in search.findings({"items": [Row(cells=row) for row in rows]})]


def test_a_headed_column_without_cells_goes_to_a_person() -> None:
    """Whoever lost a column lost it in every row."""
    told = empty(
        page("Description", "Qty", "Unit price:", "Amount (EUR)".removesuffix(" (EUR)")), {**FULL, "price": None}
    )
    assert ["Items: Unit price is empty in every row, but has a heading on page 1."] == told


def test_headings_glued_to_one_line_count_too() -> None:
    """As long as the line consists of labels."""
    assert 1 == len(empty(page("Description Qty Unit price Amount"), {**FULL, "price": None}))


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        (page("Description", "Qty", "Unit price", "Amount"), FULL),
        (page("Description", "Qty", "Amount"), {**FULL, "price": None}),
        (page("Description", "Qty", "Price group", "Amount"), {**FULL, "price": None}),
        (page("Description", "Qty", "Net"), {**FULL, "tax": None}),
        (page("Unit price"), {**FULL, "price": None}),
        (page("Tax rate", "Amount", "Unit price"), {**FULL, "tax": None, "price": None}),
    ],
)
def test_full_and_unheaded_columns_raise_nothing(heading: Page, row: dict[str, Any]) -> None:
    """Filled; not headed; other words; a label of two columns; no heading at all; one of something else."""
    assert [] == empty(heading, row)


def test_one_cell_is_enough_and_a_table_without_rows_is_another_matter() -> None:
    """Cells may be blank; `empty_table` is about tables without rows."""
    heading = page("Description", "Qty", "Unit price", "Amount")
    assert [] == empty(heading, {**FULL, "price": None}, FULL)
    assert [] == empty(heading)
