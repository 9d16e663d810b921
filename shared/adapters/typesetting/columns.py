"""How wide the columns of a table are, on what paper, and which of them share a page."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.adapters.typesetting.drawing.pen import A3_WIDE, A4, A4_WIDE, Sheet, advance
from shared.adapters.typesetting.drawing.wrap import longest_word
from shared.domain.content.blocks import Cell

MARGIN = 40.0
PAD = 6.0
"""Left and right of a cell's text, in points: a reader takes cells that are 12 points apart for cells, not words."""
LARGE, SMALL = 9.0, 8.0
"""Font sizes in points. Below 8 a picture of the page would no longer be legible (FACTS: 8 points at 128 dpi)."""
SLACK = 0.1
"""Sums of floats must not make a text wrap that fits."""
WIDEST = 260.0
"""A column that would be wider is wrapped, in points."""
WIDEST_WORD = 180.0
"""A word that is wider is cut, in points."""
SQUEEZE = 1.2
"""Columns are wrapped on the smaller paper when they need at most this many times its width."""


class Plan(NamedTuple):
    """The paper, the font size, the width of each column in points, and the columns (first, end) of each page."""

    sheet: Sheet
    size: float
    widths: tuple[float, ...]
    groups: tuple[tuple[int, int], ...]


def plan(rows: Sequence[Sequence[Cell]]) -> Plan:
    """The smallest paper on which each column has room for its longest word; beyond A3, columns go on further pages."""
    wanted, least = _widths(rows)
    for sheet, size in ((A4, LARGE), (A4_WIDE, SMALL), (A3_WIDE, SMALL)):
        room = sheet.width - 2 * MARGIN
        natural, minimum = [_at(size, width) for width in wanted], [_at(size, width) for width in least]
        fits = sum(natural) <= room
        if fits or (sum(minimum) <= room and (sum(natural) <= SQUEEZE * room or sheet is A3_WIDE)):
            widths = natural if fits else _squeezed(natural, minimum, room)
            return Plan(sheet, size, tuple(widths), ((0, len(widths)),))
    room = A3_WIDE.width - 2 * MARGIN
    widths = [min(_at(SMALL, width), room) for width in wanted]
    return Plan(A3_WIDE, SMALL, tuple(widths), tuple(_groups(widths, room)))


def _at(size: float, width: float) -> float:
    """Return a column's width at another font size: its text scales, the space around it does not."""
    return (width - 2 * PAD) * size / LARGE + 2 * PAD + SLACK


def _widths(rows: Sequence[Sequence[Cell]]) -> tuple[list[float], list[float]]:
    """Of each column at the larger size: the width of its widest line, and of its longest word."""
    columns = max((sum(cell.span for cell in row) for row in rows), default=1)
    wanted, least = [2 * PAD + LARGE] * columns, [2 * PAD + LARGE] * columns
    spanning = []
    for row in rows:
        at = 0
        for cell in row:
            if cell.span == 1 and cell.text:
                line = max(advance(part, LARGE, "hebo") for part in cell.text.split("\n"))
                word = line if line < wanted[at] else longest_word(cell.text, LARGE, "hebo")
                wanted[at] = max(wanted[at], min(line, WIDEST) + 2 * PAD)
                least[at] = max(least[at], min(word, WIDEST_WORD) + 2 * PAD)
            elif cell.text:
                spanning.append((at, cell))
            at += cell.span
    for at, cell in spanning:
        lack = min(longest_word(cell.text, LARGE, "hebo"), WIDEST_WORD) + 2 * PAD - sum(least[at : at + cell.span])
        if lack > 0:
            least[at] += lack
    return [max(pair) for pair in zip(wanted, least, strict=True)], least


def _squeezed(natural: Sequence[float], minimum: Sequence[float], room: float) -> list[float]:
    """Widths that fill the room: each column gives of what it wants beyond its minimum, in proportion."""
    share = (room - sum(minimum)) / max(sum(natural) - sum(minimum), 1e-6)
    return [least + (most - least) * share for most, least in zip(natural, minimum, strict=True)]


def _groups(widths: Sequence[float], room: float) -> list[tuple[int, int]]:
    groups, first, used = [], 0, 0.0
    for column, width in enumerate(widths):
        if column > first and used + width > room:
            groups.append((first, column))
            first, used = column, 0.0
        used += width
    return [*groups, (first, len(widths))]
