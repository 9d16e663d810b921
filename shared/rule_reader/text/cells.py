"""Cells under a row of headings: one whose text wraps is one value."""

from shared.rule_reader.text.page import Line, Page, is_in_column

_FEWEST_HEADINGS = 3  # lines beside each other that are taken for a row of headings
_SURELY_HEADINGS = 4
_CLOSE = 0.6  # line heights between two lines of one cell
_MOST_LINES = 6


def cell_lines(page: Page, heading: Line, first: Line) -> tuple[Line, ...]:
    """Return the lines of the cell that begins with `first` under `heading`: those that its text wraps over.

    A row goes on in the next lines when these are fewer than its cells and each stands under one of them.
    """
    row = page.rows[page.row_of[first]]
    headings = page.rows[page.row_of[heading]]
    if page.row_of[heading] >= page.row_of[first] or min(len(headings), len(row)) < _FEWEST_HEADINGS:
        return (first,)
    lines, bottom = [first], max(cell.box.y1 for cell in row)
    for cells in page.rows[page.row_of[first] + 1 :][: _MOST_LINES - 1]:
        top = min(cell.box.y0 for cell in cells)
        if top - bottom > _CLOSE * page.line_height or not _continues(cells, row):
            break
        bottom = max(cell.box.y1 for cell in cells)
        lines += [cell for cell in cells if _is_under(first, cell)]
    return tuple(lines)


def is_under_headings(page: Page, heading: Line, cell: Line) -> bool:
    """Return whether a line stands in a row of cells under a row of at least four headings: surely a table."""
    rows = [page.rows[page.row_of[line]] for line in (heading, cell)]
    return page.row_of[heading] < page.row_of[cell] and min(map(len, rows)) >= _SURELY_HEADINGS


def heads_column(page: Page, line: Line) -> bool:
    """Return whether a line is one of the headings of a table: what stands beside it is another heading, no value.

    Headings have no digits and no colon, and the next row has as many cells, each under a heading, one with a digit.
    """
    number = page.row_of[line]
    headings = page.rows[number]
    if len(headings) < _FEWEST_HEADINGS or number + 1 == len(page.rows):
        return False
    cells = page.rows[number + 1]
    worded = not any(char.isdigit() or char == ":" for heading in headings for char in heading.text)
    matches = len(cells) == len(headings) and all(map(_is_under, headings, cells))
    return worded and matches and any(char.isdigit() for cell in cells for char in cell.text)


def _continues(cells: tuple[Line, ...], row: tuple[Line, ...]) -> bool:
    return len(cells) < len(row) and all(any(_is_under(upper, cell) for upper in row) for cell in cells)


def _is_under(upper: Line, lower: Line) -> bool:
    return is_in_column(upper.box, lower.box)
