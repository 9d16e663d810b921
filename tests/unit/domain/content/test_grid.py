"""A table whose cells hold blocks: rows of data stay a table whatever a cell holds; what lays out is unrolled."""

from collections.abc import Sequence

import pytest

from shared.domain.content.blocks import Block, Cell, Concealed, Paragraph, Table
from shared.domain.content.grid import grid
from shared.domain.content.nested_tables import CellBlocks

HEADER = ("Description", "Quantity", "Unit price", "Amount")
DRILL, SAW = ("Drill", "2", "250.00", "500.00"), ("Saw", "1", "80.00", "80.00")
SERIAL = Table([[Cell("Serial"), Cell("SN-7781")]])
SPARE_PARTS = Table([[Cell(f"Part {number}"), Cell(f"Shelf {number}")] for number in range(12)])
ITEMS = Table([[Cell(text) for text in row] for row in (HEADER, DRILL, SAW)], header=0)
TOTALS = Table([[Cell("Net total"), Cell("580.00")], [Cell("VAT 20 %"), Cell("116.00")]])
ADDRESS = ("Marlow Tools Ltd", "12 Foundry Lane", "Leeds")


def cell(*content: str | Block, span: int = 1) -> CellBlocks:
    """A cell with these texts and blocks."""
    return [Paragraph(part) if isinstance(part, str) else part for part in content], span


def cells(row: Sequence[str]) -> list[CellBlocks]:
    """A row of cells of one text each."""
    return [cell(text) for text in row]


def shown(rows: Sequence[Sequence[CellBlocks]]) -> list[str | list[list[str]]]:
    """The texts of paragraphs and unseen parts, and tables as lists of rows of texts."""
    return [
        [[part.text for part in row] for row in block.rows] if isinstance(block, Table) else getattr(block, "text", "")
        for block in grid(rows)
    ]


def test_keeps_the_rows_around_a_table_in_one_cell() -> None:
    """The text of the small table stays in the cell that holds it; the header is still the header."""
    rows = [cells(HEADER), [cell("Drill", SERIAL), *cells(DRILL[1:])], cells(SAW)]
    (table,) = grid(rows)
    assert isinstance(table, Table)
    assert (0, "Drill\nSerial SN-7781", "500.00") == (
        table.header,
        list(table.rows)[1][0].text,
        list(table.rows)[1][3].text,
    )
    assert shown(rows)[0][2] == list(SAW)


def test_keeps_the_rows_when_every_cell_of_a_column_is_a_table() -> None:
    """The cells say nothing but their tables."""
    rows = [cells(HEADER), *([cell(SERIAL), *cells(row[1:])] for row in (DRILL, SAW))]
    assert [[list(HEADER), ["Serial SN-7781", *DRILL[1:]], ["Serial SN-7781", *SAW[1:]]]] == shown(rows)


def test_keeps_a_row_whose_only_value_stands_beside_a_table() -> None:
    """Two columns: the description is a table, the amount is the only text of the row."""
    rows = [cells(("Description", "Amount")), [cell(SERIAL), cell("500.00")], cells(("Saw", "80.00"))]
    assert [[["Description", "Amount"], ["Serial SN-7781", "500.00"], ["Saw", "80.00"]]] == shown(rows)


def test_sets_a_large_table_of_a_cell_behind_the_rows() -> None:
    """It would swell its row over a page."""
    rows = [cells(HEADER), [cell("Drill", SPARE_PARTS), *cells(DRILL[1:])], cells(SAW)]
    table, parts = shown(rows)
    assert ([list(HEADER), list(DRILL), list(SAW)], 12) == (table, len(parts))


def test_keeps_details_that_span_the_row_below_their_item() -> None:
    """A row of one cell with a table, between rows of the items."""
    rows = [cells(HEADER), cells(DRILL), [cell(SERIAL, span=4)], cells(SAW)]
    assert [[list(HEADER), list(DRILL), ["Serial SN-7781"], list(SAW)]] == shown(rows)


def test_keeps_a_group_heading_between_rows() -> None:
    """A row of one cell with text, in a table that holds a table elsewhere."""
    rows = [cells(HEADER), [cell("Drill", SERIAL), *cells(DRILL[1:])], [cell("Hand tools", span=4)], cells(SAW)]
    assert ["Hand tools"] == shown(rows)[0][2]


def test_unrolls_totals_in_a_last_row() -> None:
    """Sums in a table of their own, in one cell below the items, are a table behind the items."""
    rows = [cells(HEADER), cells(DRILL), cells(SAW), [cell(TOTALS, span=4)]]
    assert [[list(HEADER), list(DRILL), list(SAW)], [["Net total", "580.00"], ["VAT 20 %", "116.00"]]] == shown(rows)


def test_unrolls_the_layout_of_a_page() -> None:
    """A letterhead beside an address, the items in one cell over all columns, a note: read one after the other."""
    rows = [
        [cell(*ADDRESS), cell("Penrith Estates Ltd", "3 Castle Road", "Penrith")],
        [cell(ITEMS, span=2)],
        [cell("Thank you", span=2)],
    ]
    items = [list(HEADER), list(DRILL), list(SAW)]
    assert [*ADDRESS, "Penrith Estates Ltd", "3 Castle Road", "Penrith", items, "Thank you"] == shown(rows)


@pytest.mark.parametrize("beside", ["Logo", "Invoice no. 17"])
def test_unrolls_a_layout_with_the_items_beside_a_logo(beside: str) -> None:
    """The table inside is the one of data, whatever stands beside it."""
    assert [beside, [list(HEADER), list(DRILL), list(SAW)]] == shown([[cell(beside), cell(ITEMS)]])


def test_keeps_the_items_of_a_layout_that_has_a_row_of_values() -> None:
    """Rows of values above and below do not make the items' table a detail of them."""
    rows = [cells(("Invoice no.", "17")), [cell(ITEMS, span=2)], cells(("Total", "580.00"))]
    assert [[["Invoice no.", "17"]], [list(HEADER), list(DRILL), list(SAW)], [["Total", "580.00"]]] == shown(rows)


def test_unrolls_a_table_of_one_cell_a_row() -> None:
    """Nothing stands beside anything."""
    assert ["Sender", [["Serial", "SN-7781"]]] == shown([[cell("Sender")], [cell(SERIAL)]])


def test_keeps_a_table_of_text() -> None:
    """The clean twin: without tables inside, every row stays, and what is unseen follows."""
    rows = [cells(HEADER), [cell("Drill", Concealed("unseen")), *cells(DRILL[1:])], [cell("a note", span=4)]]
    assert [[list(HEADER), list(DRILL), ["a note"]], "unseen"] == shown(rows)


def test_a_hundred_thousand_empty_rows_are_no_harm() -> None:
    """Rows without text between others are looked at once."""
    rows = [cells(HEADER), [cell("Drill", SERIAL), *cells(DRILL[1:])], *([[cell()]] * 100_000), cells(SAW)]
    assert 100_003 == len(shown(rows)[0])
