"""Words that are drawn more than once at one place: to look bold, as a shadow, or as a layer over visible text."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from shared.adapters.pdf.page.interpreted_page import RawWords
from shared.adapters.pdf.words.runs import RawLine
from shared.domain.reading.page import Box

MAX_OFFSET = 1.6
"""Points between the copies of a word; shadows are set off by about one."""
MAX_OFFSET_SHARE = 0.2
"""The same in heights of the word, for small print, whose rows and letters are nearer to each other."""
MAX_STEP = 2.0
"""Points from the top of a run to that of the next lower one in a row; copies are no further apart."""
MAX_PAIRS = 200_000
"""A page with more words over each other than this is not searched for copies to the end."""


def find_copies(words: RawWords, runs: Sequence[RawLine]) -> dict[int, set[int]]:
    """Return which words repeat another word at the same place: copy to originals, by index.

    `runs` are those that `cut` made of all `words`. A copy may be a piece of its original. Of equal words the one that
    is drawn later is the copy.
    """
    starts, at = list[int](), 0
    for run in runs:
        starts.append(at)
        at += len(run.raw)
    overlapping = _overlapping([run.box for run in runs])
    if not overlapping:
        return {}
    suspects = [word for run in sorted(overlapping) for word in range(starts[run], starts[run] + len(runs[run].raw))]
    copies: dict[int, set[int]] = {}
    for first, second in _overlapping_pairs([words[index][:4] for index in suspects]):
        earlier, later = sorted((suspects[first], suspects[second]))
        for copy, original in ((later, earlier), (earlier, later)):
            if earlier not in copies and _is_repeated(words[copy][:5], words[original][:5]):
                copies.setdefault(copy, set()).add(original)
                break
    return copies


def _overlapping(boxes: Sequence[Box]) -> set[int]:
    """Return the boxes that lie over others with about the same top."""
    tops = sorted([box[1] for box in boxes])
    if all(lower - upper > MAX_STEP for upper, lower in pairwise(tops)):  # prose: one run on each line
        return set()
    overlapping = set[int]()
    row: list[tuple[float, float, int]] = []
    lowest = -math.inf
    for top, left, right, index in sorted([(box[1], box[0], box[2], index) for index, box in enumerate(boxes)]):
        if top - lowest > MAX_STEP:
            if len(row) > 1:
                overlapping |= _overlapping_in_row(row)
            row = []
        row.append((left, right, index))
        lowest = top
    return overlapping | _overlapping_in_row(row)


def _overlapping_in_row(row: list[tuple[float, float, int]]) -> set[int]:
    """Return the same of boxes whose tops are near each other, given as left, right and index."""
    overlapping = set[int]()
    reached, before = -math.inf, 0
    for left, right, index in sorted(row):
        if left < reached - 1:
            overlapping |= {index, before}
        if right > reached:
            reached, before = right, index
    return overlapping


def _overlapping_pairs(boxes: Sequence[Box]) -> Iterable[tuple[int, int]]:
    """Yield the pairs of boxes that lie over each other on about the same height."""
    order = sorted(range(len(boxes)), key=lambda index: boxes[index][1])
    left = MAX_PAIRS
    for place, index in enumerate(order):
        x0, y0, x1, y1 = boxes[index]
        lowest = y0 + min(2 * MAX_OFFSET, (y1 - y0) / 3)
        for next_place in range(place + 1, len(order)):
            box = boxes[order[next_place]]
            left -= 1
            if box[1] > lowest or left < 0:
                break
            if box[0] < x1 - 1 and x0 < box[2] - 1:
                yield index, order[next_place]


def _is_repeated(
    copy: tuple[float, float, float, float, str], original: tuple[float, float, float, float, str]
) -> bool:
    """Return whether a word, or piece of a word, stands where another has the same letters."""
    x0, y0, x1, y1, text = copy
    left, top, right, bottom, whole = original
    offset = min(MAX_OFFSET, MAX_OFFSET_SHARE * (bottom - top), (x1 - x0) / 2)
    if abs((y0 + y1 - top - bottom) / 2) > offset:
        return False
    if text == whole:
        return abs(x0 - left) <= offset and abs(x1 - right) <= 2 * offset
    if text not in whole:
        return False
    expected = left + whole.index(text) / len(whole) * (right - left)
    return left - offset <= x0 and x1 <= right + offset and abs(x0 - expected) <= (right - left) / 4
