"""How the rows of a table stand on their pages, learned from those that were read, to find those that were not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import NamedTuple, Self

from shared.domain.documents.normalizing import normalize_value
from shared.domain.judging.answers import RawRow
from shared.domain.judging.grounding.line_index import LineIndexes
from shared.domain.reading.page import Box, Line, Page, Span, union
from shared.domain.reading.quoting import side_by_side, span_of
from shared.domain.types.document_type import FieldSpec

MIN_SHAPE_ROWS = 3
"""Rows that show a shape: of fewer it would be chance."""
_MIN_FILLED_SHARE, _MIN_STEADY_SHARE = 0.9, 0.8
_LEFT, _RIGHT = 0, 2  # of a box


class ReadRow(NamedTuple):
    """A row of an answer, with the lines that it cites."""

    row: RawRow
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Column:
    """Where the cells of a column begin, or end: `side` of their boxes stands at `at`, within `slack` page units."""

    side: int
    at: float
    slack: float
    numeric: bool

    def stands_in(self, line: Line) -> bool:
        """Return whether a word of the line stands where this column's cells do, and is a number where they are."""
        return any(
            abs(word.box[self.side] - self.at) <= self.slack
            and (not self.numeric or any(character.isdigit() for character in word.text))
            for word in line.words
        )


@dataclass(frozen=True)
class Shape:
    """The columns in which nearly every row has a cell, at the same place."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, spec: FieldSpec, rows: Sequence[ReadRow]) -> Self | None:
        """Return the shape of these rows of the table `spec`; None without two shared columns, one of numbers."""
        if len(rows) < MIN_SHAPE_ROWS:
            return None
        indexes = LineIndexes()
        columns = tuple(
            column for column_spec in spec.columns if (column := _column(column_spec, rows, indexes)) is not None
        )
        numbers = sum(column.numeric for column in columns)
        return cls(columns) if numbers and len(columns) > 1 else None

    @property
    def sure(self) -> bool:
        """Whether only a row looks like this: two columns of numbers. A sum has its label and one number, too."""
        return sum(column.numeric for column in self.columns) > 1

    def unread(self, page: Page, cited: set[str]) -> Iterator[Span]:
        """Rows of lines on the page that look like the table's, and of which no line is `cited`."""
        for row in side_by_side(page.lines):
            if any(line.id in cited for line in row):
                continue
            if all(any(column.stands_in(line) for line in row) for column in self.columns):
                yield span_of(row)


def _column(spec: FieldSpec, rows: Sequence[ReadRow], indexes: LineIndexes) -> Column | None:
    """Return where the column stands; None when it is not filled, found and steady in most rows."""
    filled = [
        (value, row.lines)
        for row in rows
        if (value := normalize_value(spec, row.row.cells.get(spec.name))[0]) is not None
    ]
    boxes = [box for value, lines in filled if (box := _place(spec, value, lines, indexes)) is not None]
    if len(boxes) < _MIN_FILLED_SHARE * len(rows):
        return None
    slack = median(box[3] - box[1] for box in boxes) / 2
    numeric = spec.field_type in {"number", "money"}
    # Of two steady sides the one that such cells are aligned at: the first rows may be equally long by chance.
    sides = [(_share(boxes, side, slack), side) for side in ((_RIGHT, _LEFT) if numeric else (_LEFT, _RIGHT))]
    steady, side = max(sides, key=lambda share_and_side: share_and_side[0])
    if steady < _MIN_STEADY_SHARE:
        return None
    return Column(side, median(box[side] for box in boxes), slack, numeric)


def _place(
    spec: FieldSpec,
    value: str | Decimal | bool,  # noqa: FBT001 - a cell
    lines: Sequence[Line],
    indexes: LineIndexes,
) -> Box | None:
    """Return the box of the words that state a cell."""
    places = (indexes.of(line).boxes(spec.field_type, value) for line in lines)
    return next((union(boxes) for boxes in places if boxes), None)


def _share(boxes: Sequence[Box], side: int, slack: float) -> float:
    """Return how many of the boxes have this side at the same place."""
    at = median(box[side] for box in boxes)
    return sum(abs(box[side] - at) <= slack for box in boxes) / len(boxes)
