"""Runs of words: cut at wide gaps, joined where a producer moved the pen within a line, set in reading order."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from shared.adapters.pymupdf_reader.direction import Direction, Place
from shared.adapters.pymupdf_reader.sheet import RawWords
from shared.domain.layout import reading_order, rows
from shared.domain.page import Box, TextKind, union

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
    """A run of words of one kind."""

    words: list[RawWord]
    kind: TextKind = "text"

    @property
    def box(self) -> Box:
        """The smallest box around the words."""
        return self.words[0].box if len(self.words) == 1 else union(tuple(word.box for word in self.words))

    @property
    def right_to_left(self) -> bool:
        """Whether any letter is of a script that runs to the left."""
        return any(_RIGHT_TO_LEFT.search(word.text) for word in self.words)


def cut(words: RawWords) -> list[RawLine]:
    """The words of each line that MuPDF sees, cut at wide gaps."""
    runs: list[RawLine] = []
    in_block = in_line = -1
    run: list[RawWord] = []
    left = right = height = 0.0
    for x0, y0, x1, y1, text, block, number, _ in words:
        gap = WIDE_GAP * height
        if number != in_line or block != in_block or x0 - right > gap or left - x1 > gap:
            in_block, in_line = block, number
            run = []
            runs.append(RawLine(run))
        run.append(RawWord(text, (x0, y0, x1, y1)))
        left, right, height = x0, x1, y1 - y0
    return runs


def places(runs: Iterable[RawLine]) -> list[Place]:
    """The boxes of the first and the last word of each run, and how many words it has."""
    return [(run.words[0].box, run.words[-1].box, len(run.words)) for run in runs]


def arranged(runs: list[RawLine], direction: Direction) -> list[RawLine]:
    """The runs as lines in reading order, those of one baseline joined; what stands sideways comes last."""
    if any(run.words[0].text.isascii() is False for run in runs):
        direction = direction.reading_left(sum(run.right_to_left for run in runs) > len(runs) / 2)
    level, aside = [], []
    boxes = []
    for run in runs:
        box = run.box
        if direction.is_aside(box, len(run.words[0].text)):
            aside.append(run)
        else:
            level.append(run)
            boxes.append(direction.laid(box, run.words[0].box))
    lines: list[RawLine] = []
    laid: list[Box] = []
    table = []
    for row in rows(boxes):
        begin = len(lines)
        for index in row:
            run, box = level[index], boxes[index]
            if len(lines) > begin and lines[-1].kind == run.kind and _continues(laid[-1], box):
                lines[-1] = _joined(lines[-1], run, direction, tight=box[0] - laid[-1][2])
                laid[-1] = union((laid[-1], box))
            else:
                lines.append(run)
                laid.append(box)
        table.append(list(range(begin, len(lines))))
    return [lines[index] for index in reading_order(laid, table)] + aside


def _joined(first: RawLine, second: RawLine, direction: Direction, tight: float) -> RawLine:
    """Two runs of one row as one: the second follows, unless both run against the page's direction."""
    if direction.leftwards and not (first.right_to_left or second.right_to_left):
        first, second = second, first
    if direction.vertical and tight < NORMAL_GAP / 2 * (second.box[2] - second.box[0]):
        last, following = first.words[-1], second.words[0]
        if _IDEOGRAPHS.fullmatch(last.text + following.text):
            glued = RawWord(last.text + following.text, union((last.box, following.box)))
            return RawLine([*first.words[:-1], glued, *second.words[1:]], first.kind)
    return RawLine(first.words + second.words, first.kind)


def _continues(before: Box, after: Box) -> bool:
    height = min(before[3] - before[1], after[3] - after[1])
    level = abs(before[3] - after[3]) <= height / 4
    return level and -height / 4 <= after[0] - before[2] <= NORMAL_GAP * height
