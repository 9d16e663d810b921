"""How wide the columns of a table are, on what paper, and which of them share a page."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.adapters.typesetting.drawing.page_writer import A3_WIDE, A4, A4_WIDE, PaperSize, advance
from shared.adapters.typesetting.drawing.wrap import longest_word
from shared.domain.content.blocks import Cell

MARGIN = 40.0
PAD = 6.0
"""Left and right of a cell's text, in points: a reader takes cells that are 12 points apart for cells, not words."""
LARGE, SMALL = 9.0, 8.0
"""Font sizes in points. Below 8 a picture of the page would no longer be legible (FACTS: 8 points at 128 dpi)."""
SLACK = 0.1
"""Sums of floats must not make a text wrap that fits."""
MAX_COLUMN_WIDTH_PT = 260.0
"""A column that would be wider is wrapped, in points."""
MAX_WORD_WIDTH_PT = 180.0
"""A word that is wider is cut, in points."""
SQUEEZE = 1.2
"""Columns are wrapped on the smaller paper when they need at most this many times its width."""


class Plan(NamedTuple):
    """The paper, the font size, the width of each column in points, and the columns (first, end) of each page."""

    paper: PaperSize
    size: float
    widths: tuple[float, ...]
    groups: tuple[tuple[int, int], ...]


def plan_columns(rows: Sequence[Sequence[Cell]]) -> Plan:
    """Choose the smallest paper with room for each column's longest word; beyond A3, columns go on further pages."""
    ideal, least = _widths(rows)
    for paper, size in ((A4, LARGE), (A4_WIDE, SMALL), (A3_WIDE, SMALL)):
        room = paper.width - 2 * MARGIN
        natural, minimum = [_at(size, width) for width in ideal], [_at(size, width) for width in least]
        fits = sum(natural) <= room
        if fits or (sum(minimum) <= room and (sum(natural) <= SQUEEZE * room or paper is A3_WIDE)):
            widths = natural if fits else _fit_widths(natural, minimum, room)
            return Plan(paper, size, tuple(widths), ((0, len(widths)),))
    room = A3_WIDE.width - 2 * MARGIN
    widths = [min(_at(SMALL, width), room) for width in ideal]
    return Plan(A3_WIDE, SMALL, tuple(widths), tuple(_groups(widths, room)))


def _at(size: float, width: float) -> float:
    """Return a column's width at another font size: its text scales, the space around it does not."""
    return (width - 2 * PAD) * size / LARGE + 2 * PAD + SLACK


def _widths(rows: Sequence[Sequence[Cell]]) -> tuple[list[float], list[float]]:
    """Return each column's width at the larger size: of its widest line, and of its longest word."""
    columns = max((sum(cell.span for cell in row) for row in rows), default=1)
    ideal, least = [2 * PAD + LARGE] * columns, [2 * PAD + LARGE] * columns
    spanning = []
    for row in rows:
        at = 0
        for cell in row:
            if cell.span == 1 and cell.text:
                line = max(advance(part, LARGE, "hebo") for part in cell.text.split("\n"))
                word = line if line < ideal[at] else longest_word(cell.text, LARGE, "hebo")
                ideal[at] = max(ideal[at], min(line, MAX_COLUMN_WIDTH_PT) + 2 * PAD)
                least[at] = max(least[at], min(word, MAX_WORD_WIDTH_PT) + 2 * PAD)
            elif cell.text:
                spanning.append((at, cell))
            at += cell.span
    for at, cell in spanning:
        lack = (
            min(longest_word(cell.text, LARGE, "hebo"), MAX_WORD_WIDTH_PT) + 2 * PAD - sum(least[at : at + cell.span])
        )
        if lack > 0:
            least[at] += lack
    return [max(pair) for pair in zip(ideal, least, strict=True)], least


def _fit_widths(natural: Sequence[float], minimum: Sequence[float], room: float) -> list[float]:
    """Return widths that fill the room: each column shrinks in proportion to its surplus over its minimum."""
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
