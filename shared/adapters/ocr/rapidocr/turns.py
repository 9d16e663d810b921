"""Detect page rotation from OCR confidence."""

from collections.abc import Callable
from statistics import fmean

from shared.adapters.ocr.rapidocr.words import RawLine, line_box

SURE = 0.75
"""Upright pages are read with a mean certainty of .9 and more, pages upside down with less than .6 (measured)."""
TALL = 1.5
"""A line this many times higher than wide runs down or up the page."""


def read_best_way_up(read: Callable[[int], list[RawLine]]) -> tuple[int, list[RawLine]]:
    """Read a picture after the quarter turns (anticlockwise) that bring it upright: the turns, and its lines.

    `read` reads the picture after a number of quarter turns. An upright page is read once, another one twice, and only
    a page that is hardly legible up to three times.
    """
    lines = read(0)
    best = (0, lines)
    for turns in _candidates(lines):
        turned = read(turns)
        if not _lies_on_its_side(turned) and (_lies_on_its_side(best[1]) or certainty(turned) > certainty(best[1])):
            best = (turns, turned)
        if certainty(best[1]) >= SURE:
            break
    return best


def certainty(lines: list[RawLine]) -> float:
    """Return the mean certainty of all words, each weighted by its characters; 0 without words."""
    words = [word for line in lines for word in line]
    return fmean((word.certainty for word in words), [len(word.text) for word in words]) if words else 0.0


def _candidates(lines: list[RawLine]) -> tuple[int, ...]:
    """Other ways up worth trying. The engine reads sideways lines downwards: sure of them, one turn is due, else 3."""
    sure = certainty(lines) >= SURE
    if _lies_on_its_side(lines):
        return (1, 3) if sure else (3, 1)
    return () if sure or not lines else (2,)


def _lies_on_its_side(lines: list[RawLine]) -> bool:
    boxes = [line_box(line) for line in lines]
    tall = sum(box[3] - box[1] >= TALL * (box[2] - box[0]) for box in boxes)
    return tall > len(boxes) / 2
