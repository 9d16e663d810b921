"""Which way the text of a page runs: to the right, to the left, downwards, on its side, or a little tilted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any, NamedTuple, Self

from shared.adapters.pdf.page.interpreted_page import RawWords
from shared.domain.reading.page import Box

ASIDE = 1.5
"""A run this many times as high as wide stands on its side."""
MIN_SLOPE = 0.004
"""Rise over run; less moves the end of a line by less than a quarter of its height."""
MAX_SLOPE = 0.2
LONG = 5.0
"""Runs this many times as long as high tell a slope."""
_SPREAD = 0.2


type Place = tuple[Box, Box, int]
"""Of a run: the boxes of its first and its last word, and how many words it has."""


class Direction(NamedTuple):
    """How lines stand on a page, and how to lay their boxes out as if they ran level and to the right."""

    slope: float = 0.0
    vertical: bool = False
    leftwards: bool = False

    def reading_left(self, leftwards: bool) -> Self:  # noqa: FBT001 - the one thing it sets
        """Return the same, with rows read from the right or not."""
        return self._replace(leftwards=leftwards)

    def place_upright(self, box: Box, first: Box) -> Box:
        """Where a run with this `box`, whose `first` word is known, stands when the page is read to the right."""
        x0, y0, x1, y1 = box
        if self.vertical:
            return (y0, -x1, y1, -x0)
        if self.slope:
            height = max(first[3] - first[1] - abs(self.slope) * (first[2] - first[0]), 1.0)
            middle = (first[1] + first[3] - self.slope * (first[0] + first[2])) / 2
            y0, y1 = middle - height / 2, middle + height / 2
        return (-x1, y0, -x0, y1) if self.leftwards else (x0, y0, x1, y1)

    def is_aside(self, box: Box, letters: int) -> bool:
        """Return whether a run of some letters stands across the direction of the page."""
        width, height = box[2] - box[0], box[3] - box[1]
        return not self.vertical and letters > 1 and height > ASIDE * width


def quarter_turn(words: RawWords, lines: Mapping[tuple[int, int], dict[str, Any]]) -> int:
    """Degrees (0, 90, 180 or 270) by which to turn the page clockwise, so that most of its text stands upright."""
    letters = Counter[int]()
    for word in words:
        line = lines.get((word[5], word[6]))
        if line:
            letters[0 if line["wmode"] else _turn(*line["dir"])] += len(word[4])
    return letters.most_common(1)[0][0] if letters else 0


def find_direction(runs: Iterable[Place]) -> Direction:
    """Return how the upright page is read whose runs of words have these boxes, as far as their places tell."""
    slopes = []
    single = stacked = 0
    before: Box | None = None
    for first, last, count in runs:
        across = (last[0] + last[2] - first[0] - first[2]) / 2
        if across > LONG * (first[3] - first[1]):
            slopes.append((last[1] + last[3] - first[1] - first[3]) / 2 / across)
        if count == 1:
            single += 1
            stacked += before is not None and abs(before[0] - first[0]) < 1 and 0 <= first[1] - before[3] < 1
        before = first
    return Direction(slope=_shared_slope(slopes), vertical=stacked > (single + len(slopes)) / 2)


def may_be_turned(runs: Iterable[Place]) -> bool:
    """Whether text on its side or upside down may be the larger part of the page, by the places of words alone."""
    odd = even = tall = 0
    for first, last, count in runs:
        if count == 1:
            tall += first[3] - first[1] > ASIDE * (first[2] - first[0])
        elif last[0] + last[2] - first[0] - first[2] > abs(last[1] + last[3] - first[1] - first[3]):
            even += count
        else:
            odd += count
    return odd + tall > even


def _shared_slope(slopes: list[float]) -> float:
    """Return the slope that most lines share, 0 when they lie level or disagree."""
    if not slopes:
        return 0.0
    usual = median(slopes)
    agreeing = sum(abs(slope - usual) < max(MIN_SLOPE, abs(usual) * _SPREAD) for slope in slopes)
    return usual if MIN_SLOPE < abs(usual) < MAX_SLOPE and agreeing > len(slopes) / 2 else 0.0


def _turn(x: float, y: float) -> int:
    if abs(x) >= abs(y):
        return 0 if x >= 0 else 180
    return 90 if y < 0 else 270
