"""Decide row by row what a table becomes whose cells hold tables: rows of a data table, or the layout of a page."""

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import accumulate, groupby
from typing import NamedTuple

from shared.domain.content.blocks import Block, Cell, Paragraph, Table, header_row, is_number

PROSE_LINES = 3
"""Cells of at least this many lines side by side are columns of prose, which are read one after the other."""
SHORT_VALUE_LENGTH = 40
"""A value such as an amount, a date or a number of a document is at most this many characters."""

CellBlocks = tuple[Sequence[Block], int]
"""The blocks of a cell, and how many columns it spans."""


class RowPart(Enum):
    """What a row does in its table."""

    DATA = auto()
    BRIDGE = auto()
    """Text over all columns, or an empty row: part of the table when rows of data follow and precede it."""
    LAYOUT = auto()


class _Outer(NamedTuple):
    """The table around: whether a row names its columns, and how many of its cells hold text."""

    has_header: bool
    filled_cells: int


def split_rows(rows: Sequence[Sequence[CellBlocks]]) -> Iterator[tuple[bool, Sequence[Sequence[CellBlocks]]]]:
    """Split a table that holds tables into runs of rows: (True, rows of a data table) or (False, rows that lay out).

    A layout row is to be unrolled: its cells hold the blocks of the page, one after the other.
    """
    own = [[Cell("\n".join(list_lines(blocks, with_tables=False))) for blocks, _ in row] for row in rows]
    filled_cells = sum(bool(cell.text) for row in own for cell in row)
    outer = _Outer(header_row(own) is not None, filled_cells)
    parts = _join_bridges([_classify_row(row, outer) for row in rows])
    for is_data, run in groupby(zip(parts, rows, own, strict=True), key=lambda item: item[0] is RowPart.DATA):
        members = list(run)
        is_table = is_data and (len(members) > 1 or any(_is_short_value(cell.text) for cell in members[0][2]))
        yield is_table, [row for _, row, _ in members]


def fits_in_cell(table: Table, *, outer_cells: int, has_header: bool = True) -> bool:
    """Return whether a nested table is a detail of its row: smaller than the table around it.

    One that names its own columns is a detail only when the table around it does so as well.
    """
    rows = list(table.rows)
    filled_cells = sum(bool(cell.text) for row in rows for cell in row)
    return filled_cells <= outer_cells and (has_header or header_row(rows) is None)


def list_lines(blocks: Sequence[Block], *, with_tables: bool) -> list[str]:
    """Return the lines of text of a cell; a row of a table inside is one line."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph) and block.text.strip():
            lines += block.text.split("\n")
        elif with_tables and isinstance(block, Table):
            rows = (" ".join(cell.text.replace("\n", " ") for cell in row if cell.text) for row in block.rows)
            lines += [row for row in rows if row]
    return lines


def _classify_row(row: Sequence[CellBlocks], outer: _Outer) -> RowPart:
    own = [lines for blocks, _ in row if (lines := list_lines(blocks, with_tables=False))]
    filled = [blocks for blocks, _ in row if list_lines(blocks, with_tables=True)]
    tables = [block for blocks, _ in row for block in blocks if isinstance(block, Table)]
    if len(own) > 1:
        prose = sum(len(lines) >= PROSE_LINES and not any(map(is_number, lines)) for lines in own)
        return RowPart.LAYOUT if prose > 1 else RowPart.DATA
    are_details = outer.has_header and all(fits_in_cell(table, outer_cells=outer.filled_cells) for table in tables)
    if len(filled) > 1:
        return RowPart.DATA if are_details else RowPart.LAYOUT
    if any(header_row(list(table.rows)) is not None for table in tables):
        return RowPart.LAYOUT
    is_short = all(len(lines) < PROSE_LINES for lines in own)
    return RowPart.BRIDGE if is_short and (are_details or not tables) else RowPart.LAYOUT


def _join_bridges(parts: Sequence[RowPart]) -> list[RowPart]:
    """Return the parts with each bridge resolved: data between rows of data, else layout."""
    after = _last_decided(parts[::-1])[::-1]
    return [
        RowPart.DATA if (before, later) == (RowPart.DATA, RowPart.DATA) else RowPart.LAYOUT
        for before, later in zip(_last_decided(parts), after, strict=True)
    ]


def _last_decided(parts: Sequence[RowPart]) -> list[RowPart]:
    """Return for each row its part; for a bridge that of the last row before it which is none."""
    decided = accumulate(parts, lambda last, part: last if part is RowPart.BRIDGE else part, initial=RowPart.LAYOUT)
    return list(decided)[1:]


def _is_short_value(text: str) -> bool:
    return len(text) <= SHORT_VALUE_LENGTH and "\n" not in text and any(letter.isdigit() for letter in text)
