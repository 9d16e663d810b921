"""Which way the text of a page runs: to the right, to the left, downwards, on its side, or a little tilted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any, NamedTuple, Self

from shared.adapters.pymupdf_reader.sheet import RawWords
from shared.domain.page import Box, union

ASIDE = 1.5
"""A run this many times as high as wide stands on its side."""
MIN_SLOPE = 0.004
"""Rise over run; less moves the end of a line by less than a quarter of its height."""
MAX_SLOPE = 0.2
LONG = 5.0
"""Runs this many times as long as high tell a slope."""
_SPREAD = 0.2


class Direction(NamedTuple):
    """How lines stand on a page, and how to lay their boxes out as if they ran level and to the right."""

    slope: float = 0.0
    vertical: bool = False
    leftwards: bool = False

    def reading_left(self, leftwards: bool) -> Self:  # noqa: FBT001 - the one thing it sets
        """The same, with rows read from the right or not."""
        return self._replace(leftwards=leftwards)

    def laid(self, boxes: Sequence[Box]) -> Box:
        """Where a run of words with `boxes` stands when the page is read to the right and downwards."""
        x0, y0, x1, y1 = boxes[0] if len(boxes) == 1 else union(tuple(boxes))
        if self.vertical:
            return (y0, -x1, y1, -x0)
        if self.slope:
            first = boxes[0]
            height = max(first[3] - first[1] - abs(self.slope) * (first[2] - first[0]), 1.0)
            middle = (first[1] + first[3] - self.slope * (first[0] + first[2])) / 2
            y0, y1 = middle - height / 2, middle + height / 2
        return (-x1, y0, -x0, y1) if self.leftwards else (x0, y0, x1, y1)

    def is_aside(self, box: Box, letters: int) -> bool:
        """Whether a run of some letters stands across the direction of the page."""
        width, height = box[2] - box[0], box[3] - box[1]
        return not self.vertical and letters > 1 and height > ASIDE * width


def direction(words: RawWords) -> Direction:
    """How the upright page whose words these are is read, as far as the places of the words tell."""
    return Direction(slope=_slope(words), vertical=_is_stacked(words))


def quarter_turn(words: RawWords, lines: Mapping[tuple[int, int], dict[str, Any]]) -> int:
    """Degrees (0, 90, 180 or 270) by which to turn the page clockwise, so that most of its text stands upright."""
    letters = Counter[int]()
    for word in words:
        line = lines.get((word[5], word[6]))
        if line:
            letters[0 if line["wmode"] else _turn(*line["dir"])] += len(word[4])
    return letters.most_common(1)[0][0] if letters else 0


def may_be_turned(words: RawWords) -> bool:
    """Whether text on its side or upside down may be the larger part of the page, by the places of words alone."""
    odd = even = 0
    for before, word in zip(words, words[1:], strict=False):
        if before[5:7] != word[5:7]:
            continue
        across = word[0] + word[2] - before[0] - before[2]
        down = abs(word[1] + word[3] - before[1] - before[3])
        if across > down:
            even += 1
        else:
            odd += 1
    return odd > even or (not even and any(_is_tall(word) for word in words))


def _slope(words: RawWords) -> float:
    """Rise over run of the lines of a page, 0 when they lie level or disagree."""
    slopes = []
    for _, group in groupby(words, key=itemgetter(5, 6)):
        first, *_, last = list(group) * 2
        run = (last[0] + last[2] - first[0] - first[2]) / 2
        if run > LONG * (first[3] - first[1]):
            slopes.append((last[1] + last[3] - first[1] - first[3]) / 2 / run)
    if not slopes:
        return 0.0
    usual = median(slopes)
    agreeing = sum(abs(slope - usual) < max(MIN_SLOPE, abs(usual) * _SPREAD) for slope in slopes)
    return usual if MIN_SLOPE < abs(usual) < MAX_SLOPE and agreeing > len(slopes) / 2 else 0.0


def _is_stacked(words: RawWords) -> bool:
    """Whether single characters stand below each other, as in vertical writing."""
    stacked = sum(
        len(before[4]) == len(word[4]) == 1 and abs(before[0] - word[0]) < 1 and before[1] < word[1]
        for before, word in zip(words, words[1:], strict=False)
    )
    return stacked > len(words) / 2


def _turn(x: float, y: float) -> int:
    if abs(x) >= abs(y):
        return 0 if x >= 0 else 180
    return 90 if y < 0 else 270


def _is_tall(word: Iterable[Any]) -> bool:
    x0, y0, x1, y1, text, *_ = word
    return len(text) > 2 and y1 - y0 > ASIDE * (x1 - x0)  # noqa: PLR2004 - shorter words may be higher than wide
