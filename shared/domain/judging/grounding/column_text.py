"""The text of cited lines by column: a cell that wraps goes on below, between lines of other columns.

Reading order takes the lines of a row one beside the other, so the words of a wrapped cell do not follow each other.
"""

from collections.abc import Callable, Sequence

from shared.domain.reading.page import Box, Line, Page

LEAST_OVERLAP = 0.5
"""Share of the narrower line's width that lies over another one in the same column."""
MIN_LINES = 2
MAX_LINES = 200
"""Cited lines that are taken for one row; each is compared with every column so far."""


def split_columns(lines: Sequence[tuple[Page, Line]], box_of: Callable[[Line], Box]) -> list[list[Line]]:
    """Return the columns of more than one line, each from top to bottom, page by page; `box_of`: of all its words."""
    if len(lines) < MIN_LINES:
        return []
    columns: list[list[Line]] = []
    spans: list[tuple[int, Box]] = []
    placed = [(page.number, box_of(line), line) for page, line in lines[:MAX_LINES]]
    for page, box, line in sorted(placed, key=lambda item: (item[0], item[1][1])):
        at = next((at for at, span in enumerate(spans) if span[0] == page and _is_below(span[1], box)), None)
        if at is None:
            columns.append([line])
            spans.append((page, box))
        else:
            columns[at].append(line)
            above = spans[at][1]
            spans[at] = (page, (min(above[0], box[0]), above[1], max(above[2], box[2]), box[3]))
    return [column for column in columns if len(column) > 1]


def _is_below(column: Box, box: Box) -> bool:
    """Whether a line goes on in a column: under its last line, over at least half of the narrower one's width."""
    overlap = min(column[2], box[2]) - max(column[0], box[0])
    narrower = min(column[2] - column[0], box[2] - box[0])
    return box[1] >= (column[1] + column[3]) / 2 and overlap > LEAST_OVERLAP * narrower
