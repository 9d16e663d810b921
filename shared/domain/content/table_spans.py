"""Lay out the cells of tables that span several rows and columns (HTML, "forming a table"; OpenDocument alike)."""

from collections.abc import Sequence
from typing import NamedTuple


class SpanningCell[Content](NamedTuple):
    """A cell's content, how many columns it covers, and how many rows (0: all that follow in its group)."""

    content: Content
    columns: int = 1
    rows: int = 1


def lay_out_spans[Content](
    groups: Sequence[Sequence[Sequence[SpanningCell[Content]]]], empty: Content
) -> list[list[tuple[Content, int]]]:
    """Return the rows of all groups with the columns that each cell covers.

    A cell that reaches down leaves `empty` cells in the rows below; it ends with its group. Columns in which no cell
    begins are left out, so that no span is wider than the table.
    """
    placed = [row for group in groups for row in _place_group(group)]
    starts = sorted({at for row in placed for at, _, _ in row})
    rank = {at: index for index, at in enumerate(starts)}
    rows = []
    for row in placed:
        cells: dict[int, tuple[Content, int]] = {}
        for at, end, content in row:
            cells[rank[at]] = (
                content,
                max(sum(at <= start < end for start in starts[rank[at] : rank[at] + end - at]), 1),
            )
        rows.append(_fill_row(cells, len(starts), empty))
    return rows


def _place_group[Content](
    group: Sequence[Sequence[SpanningCell[Content]]],
) -> list[list[tuple[int, int, Content]]]:
    """Return the cells of each row with the first column and the end of each."""
    reach: dict[int, int] = {}
    rows = []
    for number, row in enumerate(group):
        at, placed = 0, []
        for cell in row:
            while reach.get(at, 0) > number:
                at += 1
            end = at + 1
            while end < at + cell.columns and reach.get(end, 0) <= number:
                end += 1
            placed.append((at, end, cell.content))
            if cell.rows != 1:
                reach.update(dict.fromkeys(range(at, end), number + cell.rows if cell.rows else len(group)))
            at = end
        rows.append(placed)
    return rows


def _fill_row[Content](cells: dict[int, tuple[Content, int]], width: int, empty: Content) -> list[tuple[Content, int]]:
    """Return the cells of a row in order, with an empty one in each column that none of them covers."""
    row, at = [], 0
    while at < width:
        cell = cells.get(at, (empty, 1))
        row.append(cell)
        at += cell[1]
    return row
