"""Runs of words: cut at wide gaps, joined where a producer moved the pen within a line, set in reading order."""

# ruff: noqa: PLR1730 - a call of min or max for each word costs as much as all the rest of `cut`
import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from shared.adapters.pdf.page.interpreted_page import RawWords
from shared.adapters.pdf.words.direction import Direction, Place
from shared.domain.reading.layout import reading_order, rows
from shared.domain.reading.page import Box, TextKind, union

WIDE_GAP = 1.5
"""A gap wider than this many line heights separates cells, not words."""
NORMAL_GAP = 0.5
"""Runs on one baseline that are at most this many line heights apart are one line."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe4f\uff00-\uffef]+")


class RawWord(NamedTuple):
    """A word and its box in points, upright page."""

    text: str
    box: Box


class RawLine(NamedTuple):
    """A run of words of one kind, as PyMuPDF gave them (nothing is built for a word before it is asked for)."""

    raw: RawWords
    box: Box
    line_type: TextKind = "text"

    @property
    def words(self) -> list[RawWord]:
        """The words with their boxes."""
        return [RawWord(word[4], word[:4]) for word in self.raw]

    @property
    def right_to_left(self) -> bool:
        """Whether any letter is of a script that runs to the left."""
        return any(_RIGHT_TO_LEFT.search(word[4]) for word in self.raw)


def line_of(words: list[RawWord], line_type: TextKind = "text") -> RawLine:
    """Return a line of at least one word."""
    return RawLine([(*box, text, 0, 0, 0) for text, box in words], union(tuple(word.box for word in words)), line_type)


def cut_runs(words: RawWords) -> tuple[list[RawLine], float]:
    """Return the words of each line that MuPDF sees, cut at wide gaps; and the height of the flattest word in points.

    One plain loop without a call in it: it runs for each word there is, and costs a third of what reads better.
    """
    runs: list[RawLine] = []
    start = own_block = own_line = -1
    before = after = gap = left = top = right = bottom = 0.0
    flattest = math.inf
    for at, (x0, y0, x1, y1, _, block, line, _) in enumerate(words):
        if line != own_line or block != own_block or x0 - after > gap or before - x1 > gap:
            if at:
                runs.append(RawLine(words[start:at], (left, top, right, bottom)))
            start, own_block, own_line = at, block, line
            left, top, right, bottom = x0, y0, x1, y1
        else:
            if x0 < left:
                left = x0
            if y0 < top:
                top = y0
            if x1 > right:
                right = x1
            if y1 > bottom:
                bottom = y1
        before, after, height = x0, x1, y1 - y0
        gap = WIDE_GAP * height
        if height < flattest:
            flattest = height
    if words:
        runs.append(RawLine(words[start:], (left, top, right, bottom)))
    return runs, flattest


def places_of_runs(runs: Iterable[RawLine]) -> list[Place]:
    """Return the boxes of the first and the last word of each run, and how many words it has."""
    return [(run.raw[0][:4], run.raw[-1][:4], len(run.raw)) for run in runs]


def arrange(runs: list[RawLine], direction: Direction) -> list[RawLine]:
    """Return the runs as lines in reading order, those of one baseline joined; what stands sideways comes last."""
    if not all(run.raw[0][4].isascii() for run in runs):
        direction = direction.reading_left(sum(run.right_to_left for run in runs) > len(runs) / 2)
    aside = [run for run in runs if direction.is_aside(run.box, len(run.raw[0][4]))]
    level = [run for run in runs if run not in aside] if aside else runs
    boxes = [direction.place_upright(run.box, run.raw[0][:4]) for run in level]
    lines: list[RawLine] = []
    laid: list[Box] = []
    table = []
    for row in rows(boxes):
        begin = len(lines)
        for index in row:
            run, box = level[index], boxes[index]
            if len(lines) > begin and lines[-1].line_type == run.line_type and _continues(laid[-1], box):
                lines[-1] = _join_runs(lines[-1], run, direction, tight=box[0] - laid[-1][2])
                laid[-1] = union((laid[-1], box))
            else:
                lines.append(run)
                laid.append(box)
        table.append(list(range(begin, len(lines))))
    return [lines[index] for index in reading_order(laid, table)] + aside


def _join_runs(first: RawLine, second: RawLine, direction: Direction, tight: float) -> RawLine:
    """Two runs of one row as one: the second follows, unless both run against the page's direction."""
    if direction.leftwards and not (first.right_to_left or second.right_to_left):
        first, second = second, first
    if direction.vertical and tight < NORMAL_GAP / 2 * (second.box[2] - second.box[0]):
        last, following = first.words[-1], second.words[0]
        if _IDEOGRAPHS.fullmatch(last.text + following.text):
            glued = RawWord(last.text + following.text, union((last.box, following.box)))
            return line_of([*first.words[:-1], glued, *second.words[1:]], first.line_type)
    return RawLine(first.raw + second.raw, union((first.box, second.box)), first.line_type)


def _continues(before: Box, after: Box) -> bool:
    height = min(before[3] - before[1], after[3] - after[1])
    level = abs(before[3] - after[3]) <= height / 4
    return level and -height / 4 <= after[0] - before[2] <= NORMAL_GAP * height
