"""Set a table: rows below each other, over as many pages as they need, the header at the top of each."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from shared.adapters.typesetting.columns import MARGIN, PAD, Plan
from shared.adapters.typesetting.drawing.page_writer import LEADING, Face, PdfPageWriter, advance
from shared.adapters.typesetting.drawing.wrap import wrap
from shared.domain.content.blocks import Cell

RISE = 2.5
"""Above and below the text of a row, in points."""


class Paper(Protocol):
    """Where a table is set: the page writer, the used height of the page, and how to get a new page."""

    writer: PdfPageWriter
    y: float

    @property
    def bottom(self) -> float:
        """Where the page's text ends, in points from the top."""

    def turn(self) -> None:
        """Begin a new page of the same paper."""


class _Placed(NamedTuple):
    """A cell in its columns (first, end): its lines, its edges in points from the left of its group."""

    group: int
    left: float
    right: float
    lines: Sequence[str]
    to_the_right: bool


class _LaidOutRow(NamedTuple):
    cells: Sequence[_Placed]
    lines: int
    bold: bool


def lay_out_rows(paper: Paper, plan: Plan, rows: Sequence[Sequence[Cell]], header: int | None) -> None:
    """Set all rows. Columns that do not fit one page stand on the pages that follow, the same rows on each."""
    head = _place_row(plan, rows[header], bold=True) if header is not None else None
    page: list[_LaidOutRow] = []
    start = paper.y
    room = paper.bottom - start
    for index, row in enumerate(rows):
        for piece in _pieces(_place_row(plan, row, bold=index == header), _max_lines(paper, plan, head)):
            height = _height(plan, piece)
            if page and height > room:
                _flush(paper, plan, page, start)
                paper.turn()
                start = paper.y
                page = [head] if head and header is not None and index > header else []
                room = paper.bottom - start - sum(_height(plan, done) for done in page)
            page.append(piece)
            room -= height
    _flush(paper, plan, page, start)


def _flush(paper: Paper, plan: Plan, page: Sequence[_LaidOutRow], start: float) -> None:
    """Draw the rows of a page, once for each group of columns; each but the first on a page of its own."""
    for number in range(len(plan.groups)):
        if number:
            paper.turn()
        paper.y = start if not number else paper.y
        for row in page:
            _draw(paper, plan, row, number)


def _draw(paper: Paper, plan: Plan, row: _LaidOutRow, group: int) -> None:
    top, bottom, writer = paper.y, paper.y + _height(plan, row), paper.writer
    for cell in (cell for cell in row.cells if cell.group == group):
        left, right = MARGIN + cell.left, MARGIN + cell.right
        face: Face = "hebo" if row.bold else "helv"
        for index, line in enumerate(cell.lines):
            if line:
                x = right - PAD - advance(line, plan.size, face) if cell.to_the_right else left + PAD
                writer.text(x, top + RISE + index * LEADING * plan.size, line, plan.size, face)
        writer.rule(left, top, right, top)
        writer.rule(left, bottom, right, bottom)
        writer.rule(left, top, left, bottom)
        writer.rule(right, top, right, bottom)
    paper.y = bottom


def _place_row(plan: Plan, row: Sequence[Cell], *, bold: bool) -> _LaidOutRow:
    cells, at, group = [], 0, 0
    for cell in row:
        while at >= plan.groups[group][1]:
            group += 1
        first, end = plan.groups[group]
        left = sum(plan.widths[first:at])
        right = left + sum(plan.widths[at : min(at + cell.span, end)])
        face: Face = "hebo" if bold else "helv"
        lines = wrap(cell.text, right - left - 2 * PAD, plan.size, face) if cell.text else []
        cells.append(_Placed(group, left, right, lines, cell.right))
        at += cell.span
    return _LaidOutRow(cells, max((len(cell.lines) for cell in cells), default=1) or 1, bold)


def _pieces(row: _LaidOutRow, most: int) -> Iterator[_LaidOutRow]:
    """Yield the row, in pieces when it is higher than a page."""
    if row.lines <= most:
        yield row
        return
    for first in range(0, row.lines, most):
        cells = [cell._replace(lines=cell.lines[first : first + most]) for cell in row.cells]
        yield row._replace(cells=cells, lines=min(most, row.lines - first))


def _max_lines(paper: Paper, plan: Plan, head: _LaidOutRow | None) -> int:
    used = _height(plan, head) if head else 0.0
    return max(1, int((paper.bottom - MARGIN - used - 2 * RISE) / (LEADING * plan.size)))


def _height(plan: Plan, row: _LaidOutRow) -> float:
    return row.lines * LEADING * plan.size + 2 * RISE
