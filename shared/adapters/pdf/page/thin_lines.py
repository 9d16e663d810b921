"""Thin lines that a page draws: rules, underlines, strikes, strokes of a pen. Imports PyMuPDF, as `paint_scan` does."""

from itertools import pairwise
from typing import Any, NamedTuple

from pymupdf import mupdf

from shared.domain.reading.page import Box

type Opaque = Any
"""An object of MuPDF, whose bindings have no types."""
type Points = list[tuple[float, float]]

MIN_LENGTH = 3.0
"""Points; a line that is shorter strikes no word."""
MAX_HEIGHT = 30.0
"""Points; what rises further from left to right is no strike through a line of text."""
MAX_LINES = 2000
MAX_STROKES = 5000
"""A page with more thin lines, or more strokes of any shape, than this is a drawing."""
MAX_WALKED = 3000
"""Corners of crooked lines that are examined on a page."""
_LEVEL = 2.0
"""Points; the box around a straight level stroke is no higher."""
_UPRIGHT = 0.5
"""Points; the edge of a frame leans by less."""


class ThinLine(NamedTuple):
    """A line of a page by its points from left to right, in points of the upright page."""

    points: Points

    @property
    def is_level(self) -> bool:
        """Whether it is straight and level."""
        return len(self.points) == 2 and self.points[0][1] == self.points[1][1]  # noqa: PLR2004 - its ends

    @classmethod
    def of_box(cls, box: Box) -> "ThinLine":
        """Return the level line through the middle of a box."""
        middle = (box[1] + box[3]) / 2
        return cls([(box[0], middle), (box[2], middle)])


class ThinLines:
    """Collects the thin lines of a page; `overflow` says that there were too many."""

    def __init__(self) -> None:
        self.overflow = False
        self._lines: list[ThinLine] = []
        self._strokes = self._walked = 0

    def all(self) -> list[ThinLine]:
        """Return the lines; of a drawing, none."""
        return [] if self.overflow else self._lines

    def add_box(self, box: Box) -> None:
        """Add a level line that is drawn as a thin rectangle."""
        if box[2] - box[0] >= MIN_LENGTH and box[2] - box[0] > box[3] - box[1]:
            self._add(ThinLine.of_box(box))

    def add_stroke(self, path: Opaque, ctm: Opaque) -> None:
        """Add the lines of a stroked path."""
        self._strokes += 1
        self.overflow = self.overflow or self._strokes > MAX_STROKES
        rect = mupdf.ll_fz_bound_path(path, None, ctm)
        width, height = rect.x1 - rect.x0, rect.y1 - rect.y0
        if width < MIN_LENGTH or self.overflow:
            return
        if height <= _LEVEL:
            self.add_box((rect.x0, rect.y0, rect.x1, rect.y1))
        elif self._walked < MAX_WALKED:
            walker = _Walker(ctm)
            mupdf.fz_walk_path(mupdf.FzPath(mupdf.ll_fz_keep_path(path)), walker, walker.m_internal)
            self._walked += sum(len(stroke) for stroke in walker.strokes)
            for stroke in walker.strokes:
                self._add_crooked(stroke)

    def _add_crooked(self, points: Points) -> None:
        """Add a slanted line or a stroke of a pen, but not a frame around words."""
        lefts, heights = [x for x, _ in points], [y for _, y in points]
        width, height = max(lefts) - min(lefts), max(heights) - min(heights)
        if width >= max(MIN_LENGTH, height) and height <= MAX_HEIGHT and not _is_frame(points):
            self._add(ThinLine(points))

    def _add(self, line: ThinLine) -> None:
        self._lines.append(line)
        self.overflow = self.overflow or len(self._lines) > MAX_LINES


def _is_frame(points: Points) -> bool:
    """Return whether all edges are level or upright, and some are upright."""
    edges = list(pairwise(points))
    upright = [abs(x1 - x0) <= _UPRIGHT for (x0, _), (x1, _) in edges]
    level = [abs(y1 - y0) <= _UPRIGHT for (_, y0), (_, y1) in edges]
    return any(upright) and all(stands or lies for stands, lies in zip(upright, level, strict=True))


class _Walker(mupdf.FzPathWalker2):  # type: ignore[misc]  # MuPDF has no types
    """Notes the strokes of a path, curves by two points of each."""

    def __init__(self, ctm: Opaque) -> None:
        super().__init__()
        self._ctm = ctm
        self._first = (0.0, 0.0)
        self.strokes: list[Points] = []
        for name in ("moveto", "lineto", "curveto", "closepath"):
            getattr(self, f"use_virtual_{name}")()

    def moveto(self, _ctx: Opaque, x: float, y: float) -> None:
        self._first = (x, y)
        self.strokes.append([self._transform(x, y)])

    def lineto(self, _ctx: Opaque, x: float, y: float) -> None:
        if self.strokes:
            self.strokes[-1].append(self._transform(x, y))

    def curveto(self, _ctx: Opaque, *controls: float) -> None:
        x1, y1, x2, y2, x3, y3 = controls
        if self.strokes:
            x0, y0 = self.strokes[-1][-1]
            (x1, y1), (x2, y2), end = self._transform(x1, y1), self._transform(x2, y2), self._transform(x3, y3)
            self.strokes[-1] += [((x0 + 3 * x1 + 3 * x2 + end[0]) / 8, (y0 + 3 * y1 + 3 * y2 + end[1]) / 8), end]

    def closepath(self, ctx: Opaque) -> None:
        self.lineto(ctx, *self._first)

    def _transform(self, x: float, y: float) -> tuple[float, float]:
        matrix = self._ctm
        return (x * matrix.a + y * matrix.c + matrix.e, x * matrix.b + y * matrix.d + matrix.f)
