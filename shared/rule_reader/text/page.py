"""Pages as the request describes them: lines with boxes, grouped into rows and searched by geometry."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from shared.domain.values.conventions import Conventions
from shared.domain.values.detection.detect import detect_conventions
from shared.rule_reader.text.naming import Naming
from shared.rule_reader.vocabulary import Vocabulary

_SAME_ROW = 0.5  # two lines share a row when they overlap by this share of the smaller height

_TALL = 2.0  # times as high: such a box is beside only what stands at its middle


@dataclass(frozen=True)
class Box:
    """A rectangle in page units, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Width in page units."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in page units."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """The y of the middle."""
        return (self.y0 + self.y1) / 2

    def beside(self, neighbor: "Box") -> bool:
        """Return whether both stand at about the same height."""
        shared = min(self.y1, neighbor.y1) - max(self.y0, neighbor.y0)
        low, high = sorted((self.height, neighbor.height))
        return shared > _SAME_ROW * max(1.0, low) and (
            high < _TALL * low or abs(self.middle - neighbor.middle) < low / 2
        )

    def overlap_x(self, neighbor: "Box") -> float:
        """Return how far the two overlap from left to right, in page units; negative is the gap between them."""
        return min(self.x1, neighbor.x1) - max(self.x0, neighbor.x0)


@dataclass(frozen=True)
class Line:
    """A run of words; `text` is NFKC-normalised, `raw` as it came, `id` empty when it cannot be cited.

    `entered`: it was entered into a field of a form.
    """

    id: str
    page: int
    box: Box
    raw: str
    entered: bool = False

    @cached_property
    def text(self) -> str:
        """The text with compatibility forms (full-width signs, ligatures, odd spaces) made plain."""
        return unicodedata.normalize("NFKC", self.raw)

    def printed_text(self, start: int = 0, end: int | None = None) -> str:
        """Return the characters `start` to `end` of `text`, as they are on the page."""
        source = self.raw if len(self.raw) == len(self.text) else self.text
        return source[start:end].strip()

    def part(self, start: int, end: int) -> Box:
        """Return the box of some characters, as if all were equally wide."""
        length = max(1, len(self.text))
        per = self.box.width / length
        return Box(self.box.x0 + start * per, self.box.y0, self.box.x0 + end * per, self.box.y1)


@dataclass(frozen=True)
class Page:
    """One page; `size` is width and height in page units."""

    number: int
    size: tuple[float, float]
    lines: tuple[Line, ...]

    @cached_property
    def rows(self) -> tuple[tuple[Line, ...], ...]:
        """Lines that stand side by side, from left to right; rows from top to bottom."""
        rows: list[list[Line]] = []
        for line in sorted(self.lines, key=lambda item: item.box.middle):
            for row in reversed(rows[-4:]):
                if any(line.box.beside(neighbor.box) for neighbor in row) and not any(
                    line.box.overlap_x(neighbor.box) > line.box.height for neighbor in row
                ):
                    row.append(line)
                    break
            else:
                rows.append([line])
        return tuple(tuple(sorted(row, key=lambda item: item.box.x0)) for row in rows)

    @cached_property
    def row_of(self) -> dict[Line, int]:
        """The row's number for each line."""
        return {line: number for number, row in enumerate(self.rows) for line in row}

    @cached_property
    def line_height(self) -> float:
        """The usual height of a line."""
        return median(line.box.height for line in self.lines) if self.lines else 1.0

    def right_of(self, line: Line) -> Sequence[Line]:
        """Lines of the same row, to the right, nearest first."""
        row = self.rows[self.row_of[line]]
        return row[row.index(line) + 1 :]

    def below(self, box: Box, reach: float = 3.0) -> Iterator[Line]:
        """Lines under `box` and in its column, nearest first, at most `reach` line heights away."""
        limit = box.y1 + reach * max(box.height, self.line_height)
        for row in self.rows:
            for line in row:
                if line.box.middle > box.y1 and line.box.y0 < limit and is_in_column(box, line.box):
                    yield line


def is_in_column(upper: Box, lower: Box) -> bool:
    """Return whether the lower box stands in the upper one's column: flush left, flush right, or overlapping."""
    slack = max(upper.height, lower.height)
    if abs(upper.x0 - lower.x0) < slack or abs(upper.x1 - lower.x1) < slack:
        return True
    return upper.overlap_x(lower) > 0.5 * min(upper.width, lower.width)


@dataclass(frozen=True)
class Document:
    """All pages, in order, and the words by which they are read."""

    pages: tuple[Page, ...]
    vocabulary: Vocabulary = field(repr=False, compare=False)

    @cached_property
    def naming(self) -> Naming:
        """What tells names and addresses."""
        return Naming(self.vocabulary)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line in reading order: row by row."""
        return tuple(line for page in self.pages for row in page.rows for line in row)

    @cached_property
    def conventions(self) -> Conventions:
        """How the document writes numbers, dates and currencies."""
        return detect_conventions(line.text for line in self.lines)

    @cached_property
    def by_number(self) -> dict[int, Page]:
        """Pages by their number."""
        return {page.number: page for page in self.pages}

    def page_of(self, line: Line) -> Page:
        """Return the page a line stands on."""
        return self.by_number[line.page]


def cite(lines: Iterable[Line]) -> list[str]:
    """Return the ids to cite for these lines, without those that have none, each once."""
    return list(dict.fromkeys(line.id for line in lines if line.id))
