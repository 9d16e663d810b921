"""Set the heading of a column of numbers to the right, above them: else it stands nearer to the column before."""

from collections.abc import Iterator, Sequence

from shared.domain.content.blocks import Cell

MIN_CELLS = 2
"""A row of headings names at least this many columns."""


def align_headings(rows: Sequence[Sequence[Cell]], header: int | None) -> list[Sequence[Cell]]:
    """Return the rows with each heading to the right whose column holds mostly numbers below it.

    Headings are the cells of the `header` row, and in any row of several texts those right above a number.
    """
    aligned = list(rows)
    for index, row in enumerate(rows):
        if sum(bool(cell.text) for cell in row) < MIN_CELLS:
            continue
        below = rows[index + 1 :] if index == header else rows[index + 1 : index + 2]
        columns = _columns_of_numbers(below)
        if columns:
            aligned[index] = [
                cell._replace(right=cell.right or (cell.span == 1 and bool(cell.text) and at in columns))
                for at, cell in _places(row)
            ]
    return aligned


def _columns_of_numbers(rows: Sequence[Sequence[Cell]]) -> set[int]:
    """Return the columns of which more cells are set to the right than not."""
    balance: dict[int, int] = {}
    for row in rows:
        for at, cell in _places(row):
            if cell.text and cell.span == 1:
                balance[at] = balance.get(at, 0) + (1 if cell.right else -1)
    return {at for at, surplus in balance.items() if surplus > 0}


def _places(row: Sequence[Cell]) -> Iterator[tuple[int, Cell]]:
    """Yield each cell with its first column."""
    at = 0
    for cell in row:
        yield at, cell
        at += cell.span
