"""Words that are struck through: by an annotation, a drawn line, or a stroke of a pen."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.pdf.page.interpreted_page import InterpretedPage
from shared.adapters.pdf.page.thin_lines import Points, ThinLine
from shared.adapters.pdf.words.runs import RawLine
from shared.domain.reading.page import Box

if TYPE_CHECKING:
    import pymupdf

LOWEST, HIGHEST = 0.14, 0.52
"""From the baseline to the middle of a strike, in font sizes: x-heights are 0.5, capitals and digits 0.7. Underlines
and lines to write on lie below, rules between rows above."""
LOWEST_POINT, HIGHEST_POINT = -0.25, 0.95
"""The same for any point of a slanted line or a stroke of a pen across a word."""
TOP_MARGIN, BOTTOM_MARGIN = 0.12, 0.2
"""Shares of the height of a box around words, whatever its font, in which no strike lies."""
MIN_COVERED = 0.6
"""The share of a word's width that its strike crosses."""
MAX_OVERHANG = 2.5
"""Font sizes by which a strike reaches beyond its words on either side; a rule of a table or a chart does further."""
MIN_STRUCK_WORDS, MIN_STRUCK_SHARE = 3, 0.4
"""A line that reaches further strikes a row of a table when it crosses so many words, and they cover so much of it."""
_NOT_SHOWN = 1 | 2 | 32
"""Flags of an annotation: Invisible, Hidden, NoView."""


class _Crossing(NamedTuple):
    """A word that a line crosses: its index, and the part of its width from left to right."""

    word: int
    left: float
    right: float


class Struck(NamedTuple):
    """The indices of words that are struck through, and the places without words that an annotation strikes."""

    words: set[int]
    pictured: list[Box]


def find_struck(page: "pymupdf.Page", interpreted: InterpretedPage, runs: Sequence[RawLine]) -> Struck:
    """Return what is struck through; `runs` are those that `cut` made of all words."""
    from pymupdf import mupdf

    noted = mupdf.ll_pdf_first_annot(mupdf.pdf_page_from_fz_page(page.this).m_internal)
    struck, pictured = set[int](), list[Box]()
    for place in _struck_places(page) if noted else ():
        under = {index for index, word in enumerate(interpreted.words) if _lies_under(word[:4], place)}
        struck |= under
        pictured += [] if under else [place]
    boxes = [run.box for run in runs] if interpreted.paint.lines else []
    if boxes and _lines_through(interpreted.paint.lines, boxes):
        from shared.adapters.pdf.page.paint_scan import visible_lines

        struck |= _crossed_out(interpreted, _lines_through(visible_lines(interpreted.run), boxes))
    return Struck(struck, pictured if interpreted.paint.pictures else [])


def _struck_places(page: "pymupdf.Page") -> Iterator[Box]:
    """Yield the places that StrikeOut annotations strike, in points of the upright page."""
    from pymupdf import Point, Rect, mupdf

    for note in page.annots(types=[mupdf.PDF_ANNOT_STRIKE_OUT]):
        if note.flags & _NOT_SHOWN:
            continue
        corners = [Point(corner) * page.rotation_matrix for corner in note.vertices or ()]
        for at in range(0, len(corners) - 3, 4):
            quad = Rect(corners[at], corners[at]).include_point(corners[at + 1])
            quad = quad.include_point(corners[at + 2]).include_point(corners[at + 3])
            yield (quad.x0, quad.y0, quad.x1, quad.y1)


def _lies_under(word: Box, quad: Box) -> bool:
    covered = min(word[2], quad[2]) - max(word[0], quad[0])
    return covered >= MIN_COVERED * (word[2] - word[0]) and quad[1] <= (word[1] + word[3]) / 2 <= quad[3]


def _lines_through(lines: Sequence[ThinLine], runs: Sequence[Box]) -> list[ThinLine]:
    """Return the lines that cross the inner part of any run of words, by the boxes of both."""
    level = sorted((line for line in lines if line.is_level), key=lambda line: line.points[0][1])
    heights = [line.points[0][1] for line in level]
    crossing: dict[int, ThinLine] = {}
    for left, top, right, bottom in runs:
        first = bisect_left(heights, top + TOP_MARGIN * (bottom - top))
        last = bisect_left(heights, bottom - BOTTOM_MARGIN * (bottom - top))
        for at in range(first, last):
            (x0, _), (x1, _) = level[at].points
            if x0 < right and left < x1:
                crossing[at] = level[at]
    slanted = [
        line for line in lines if not line.is_level and any(_do_overlap(_bounds(line.points), run) for run in runs)
    ]
    return [*crossing.values(), *slanted]


def _do_overlap(line: Box, run: Box) -> bool:
    return line[0] < run[2] and run[0] < line[2] and line[1] < run[3] and run[1] < line[3]


def _crossed_out(interpreted: InterpretedPage, lines: Sequence[ThinLine]) -> set[int]:
    """Return the words whose middle the lines cross."""
    fonts = _fonts(interpreted)
    covered: dict[int, list[tuple[float, float]]] = {}
    for line in lines:
        crossings = list(_crossings(line, interpreted, fonts))
        if crossings and _ends_with_words(line, crossings, interpreted, fonts):
            for crossing in crossings:
                covered.setdefault(crossing.word, []).append((crossing.left, crossing.right))
    return {
        index
        for index, parts in covered.items()
        if _length(parts) >= MIN_COVERED * (interpreted.words[index][2] - interpreted.words[index][0])
    }


def _fonts(interpreted: InterpretedPage) -> dict[int, tuple[float, float]]:
    """Return the baseline and the font size of each word, by its index."""
    lines, fonts = interpreted.lines(), dict[int, tuple[float, float]]()
    for index, word in enumerate(interpreted.words):
        middle = (word[0] + word[2]) / 2
        for span in lines.get((word[5], word[6]), {}).get("spans", []):
            if span["bbox"][0] - 1 <= middle <= span["bbox"][2] + 1:
                fonts[index] = (span["origin"][1], max(span["size"], 1.0))
                break
    return fonts


def _crossings(
    line: ThinLine, interpreted: InterpretedPage, fonts: dict[int, tuple[float, float]]
) -> Iterator[_Crossing]:
    left, top, right, bottom = _bounds(line.points)
    for index, (baseline, size) in fonts.items():
        x0, _, x1, *_ = interpreted.words[index]
        if x1 <= left or x0 >= right or baseline - HIGHEST_POINT * size > bottom or baseline < top:
            continue
        across = [(x, (baseline - y) / size) for x, y in _sample_points(line.points, x0, x1)]
        if not across:
            continue
        rises = [rise for _, rise in across]
        middle = sum(rises) / len(rises)
        if LOWEST <= middle <= HIGHEST and min(rises) >= LOWEST_POINT and max(rises) <= HIGHEST_POINT:
            yield _Crossing(index, min(x for x, _ in across), max(x for x, _ in across))


def _sample_points(points: Points, left: float, right: float) -> Iterator[tuple[float, float]]:
    """Yield points of a line between two edges, with those at the edges."""
    for ends in pairwise(points):
        (x0, y0), (x1, y1) = sorted(ends)
        if x1 < left or x0 > right:
            continue
        for x in (max(x0, left), min(x1, right)):
            yield x, y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def _ends_with_words(
    line: ThinLine, crossings: Sequence[_Crossing], interpreted: InterpretedPage, fonts: dict[int, tuple[float, float]]
) -> bool:
    """Return whether a line was drawn for the words that it crosses, by where it ends."""
    left, _, right, _ = _bounds(line.points)
    overhang = MAX_OVERHANG * max(fonts[crossing.word][1] for crossing in crossings)
    first = min(interpreted.words[crossing.word][0] for crossing in crossings)
    last = max(interpreted.words[crossing.word][2] for crossing in crossings)
    if first - left <= overhang and right - last <= overhang:
        return True
    share = sum(crossing.right - crossing.left for crossing in crossings) / (right - left)
    return len(crossings) >= MIN_STRUCK_WORDS and share >= MIN_STRUCK_SHARE


def _bounds(points: Points) -> Box:
    lefts, heights = [x for x, _ in points], [y for _, y in points]
    return (min(lefts), min(heights), max(lefts), max(heights))


def _length(parts: list[tuple[float, float]]) -> float:
    """Return the length that parts of a width cover together."""
    total, reached = 0.0, float("-inf")
    for left, right in sorted(parts):
        total += max(0.0, right - max(left, reached))
        reached = max(reached, right)
    return total
