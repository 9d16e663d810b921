"""In which order a person reads the lines of a page: row by row, but columns of prose one after the other."""

from collections.abc import Sequence
from itertools import accumulate, groupby
from statistics import median

from shared.domain.reading.page import Box

PROSE_LINES = 4
"""A column of prose has at least this many lines."""
PROSE_FILL = 0.6
"""Half of the lines of prose fill at least this share of their column; cells of a table do not."""
PROSE_ASPECT = 8.0
"""Half of the lines of prose are at least this many times as wide as high: about 16 characters."""
SAME_BASELINE = 0.12
"""Of a line's height: cells of one row of a table differ by less."""
SHARED_ROWS = 0.5
"""Where more than this share of the rows of the shorter side have a partner on the other, both are one table."""
_BINS = 200

Rows = list[list[int]]


def rows(boxes: Sequence[Box]) -> Rows:
    """Return the indices of `boxes` by row, from the top; in each row from the left.

    A box belongs to a row when its middle is less than half the smaller height away from the row's first box.
    """
    table: Rows = []
    middles = [(box[1] + box[3]) / 2 for box in boxes]
    first, reach = 0.0, 0.0
    for index in sorted(range(len(boxes)), key=middles.__getitem__):
        half = (boxes[index][3] - boxes[index][1]) / 2
        if table and middles[index] - first < min(reach, half):
            table[-1].append(index)
        else:
            table.append([index])
            first, reach = middles[index], half
    lefts = [box[0] for box in boxes]
    for row in table:
        row.sort(key=lefts.__getitem__)
    return table


def reading_order(boxes: Sequence[Box], table: Rows | None = None) -> list[int]:
    """Return the indices of the line `boxes` of a page in reading order; `table`: their rows, where they are known."""
    return _order_lines(boxes, rows(boxes) if table is None else table)


def _order_lines(boxes: Sequence[Box], table: Rows) -> list[int]:
    gutter = _gutter([boxes[index] for row in table for index in row])
    if gutter is None:
        return _flat(table)
    order: list[int] = []
    for crossing, group in groupby(table, key=lambda row: any(_crosses(boxes[index], gutter) for index in row)):
        zone = list(group)
        order += _flat(zone) if crossing else _columns(boxes, zone, gutter)
    return order


def _columns(boxes: Sequence[Box], zone: Rows, gutter: float) -> list[int]:
    """Order left before right where both sides of the gutter are prose, or one is and the other has rows of its own."""
    sides = [
        [in_side for row in zone if (in_side := [index for index in row if (boxes[index][0] >= gutter) is right])]
        for right in (False, True)
    ]
    prose = [_is_prose([boxes[index] for index in _flat(side)]) for side in sides]
    if all(prose) or (any(prose) and not _share_rows(boxes, zone, gutter)):
        return [index for side in sides for index in _order_lines(boxes, side)]
    return _flat(zone)


def _share_rows(boxes: Sequence[Box], zone: Rows, gutter: float) -> bool:
    """Return whether what stands on both sides of the gutter belongs together row by row: it has the same baselines."""
    sides = {False: 0, True: 0}
    level = 0
    for row in zone:
        left = [boxes[index] for index in row if boxes[index][0] < gutter]
        right = [boxes[index] for index in row if boxes[index][0] >= gutter]
        sides[False] += bool(left)
        sides[True] += bool(right)
        level += bool(left and right) and abs(left[0][3] - right[0][3]) < SAME_BASELINE * (left[0][3] - left[0][1])
    return level > SHARED_ROWS * min(sides.values()) or min(sides.values()) < PROSE_LINES


def _gutter(boxes: list[Box]) -> float | None:
    """Return the x that the fewest lines cross and that leaves enough lines on both sides for two columns of prose."""
    if sum(_aspect(box) >= PROSE_ASPECT for box in boxes) < 2 * PROSE_LINES:
        return None
    enough = max(PROSE_LINES, len(boxes) // 4)
    lefts, rights = sorted([box[0] for box in boxes]), sorted([box[2] for box in boxes])
    if rights[enough - 1] >= lefts[-enough]:
        return None
    left, right = lefts[0], rights[-1]
    step = (right - left) / _BINS
    begins, ends = [0] * (_BINS + 1), [0] * (_BINS + 1)
    for box in boxes:
        begins[int((box[0] - left) / step)] += 1
        ends[int((box[2] - left) / step)] += 1
    begun, ended = list(accumulate(begins)), list(accumulate(ends))
    choices = [
        (begun[at - 1] - ended[at - 1], at)
        for at in range(1, _BINS)
        if ended[at - 1] >= enough and len(boxes) - begun[at] >= enough
    ]
    return left + min(choices)[1] * step if choices else None


def _is_prose(boxes: list[Box]) -> bool:
    """Return whether lines fill a column, or several columns side by side."""
    if len(boxes) < PROSE_LINES or median(_aspect(box) for box in boxes) < PROSE_ASPECT:
        return False
    width = max(box[2] for box in boxes) - min(box[0] for box in boxes)
    if median(box[2] - box[0] for box in boxes) >= PROSE_FILL * width:
        return True
    gutter = _gutter(boxes)
    if gutter is None:
        return False
    return all(_is_prose([box for box in boxes if (box[0] >= gutter) is right]) for right in (False, True))


def _flat(table: Rows) -> list[int]:
    return [index for row in table for index in row]


def _crosses(box: Box, x: float) -> bool:
    return box[0] < x < box[2]


def _aspect(box: Box) -> float:
    return (box[2] - box[0]) / max(box[3] - box[1], 1e-6)
