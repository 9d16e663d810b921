"""Find a table's header: the row of column labels, possibly several lines deep, and its columns' places."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from shared.rule_reader.fields.fields import Field, Table
from shared.rule_reader.folding import plain
from shared.rule_reader.text.labels import Hit, find_hits
from shared.rule_reader.text.page import Box, Line, Page
from shared.rule_reader.vocabulary import Vocabulary, word_set

type LabelsByColumn = dict[str, tuple[str, ...]]

_SURE = 0.6  # of a column label
_BEHIND_ANOTHER = 0.5  # of one that follows another label in its line
_RIGHTMOST = 0.005  # a column: of two alike, sums stand at the right
_PART = 0.92  # of a cell of several lines
_LONG_LABEL = 14  # characters: longer ones that end in a colon or full stop are sentences
_CONTIGUOUS = 0.9  # line heights between the lines of one header
_LARGER = 1.25  # times the header's type: a title's
_COVERED = 0.5  # of a cell's width that a title stands over
_FEWEST = 2  # columns that make a header
_NUMERIC = frozenset({"money", "number"})


@dataclass(frozen=True)
class Column:
    """A column's place and its heading; `field` is None for one that nobody asked for.

    `depth` is the label's line in the cell; `is_debit`: what stands in it is taken away, as money out of an account.
    """

    box: Box
    field: Field | None = None
    depth: int = 0
    title: str = ""
    is_debit: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return self.field is not None and self.field.field_type in _NUMERIC


@dataclass(frozen=True)
class Header:
    """A header on a page: its columns from left to right and where its rows begin."""

    page: Page
    columns: tuple[Column, ...]
    bottom: float
    last_row: int
    first_row: int = 0
    lines: frozenset[Line] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(column.field.name for column in self.columns if column.field)


def find_headers(page: Page, table: Table, vocabulary: Vocabulary) -> list[Header]:
    """Return the headers on a page for this table, from top to bottom."""
    labels = {column.name: column.labels for column in table.columns}
    headers: list[Header] = []
    for number, row in enumerate(page.rows):
        if headers and number <= headers[-1].last_row:
            continue
        hits = _column_hits(row, labels, vocabulary)
        if len({hit.field for hit in hits}) >= _FEWEST and not _has_digits(row, hits):
            first, last = _extent(page, number)
            header = _header(page, table, (first, last), labels, vocabulary)
            if _plausible(header, table):
                headers.append(header)
    return headers


def _plausible(header: Header, table: Table) -> bool:
    """Return whether there is a column of numbers, and one of text when the table has one (or three columns)."""
    fields = [column.field for column in header.columns if column.field]
    has_text = any(field.field_type not in _NUMERIC for field in fields)
    wants_text = any(column.field_type not in _NUMERIC for column in table.columns)
    return any(field.field_type in _NUMERIC for field in fields) and (
        has_text or not wants_text or len(fields) > _FEWEST
    )


def _extent(page: Page, number: int) -> tuple[int, int]:
    """Return the rows above and below that belong to the same header: close, narrow and without digits."""
    first = last = number
    while first > 0 and _joins(page, page.rows[first - 1], page.rows[first]):
        first -= 1
    while last + 1 < len(page.rows) and _joins(page, page.rows[last], page.rows[last + 1], lower=True):
        last += 1
    return first, last


def _joins(page: Page, upper: Sequence[Line], lower_row: Sequence[Line], *, lower: bool = False) -> bool:
    staying = upper if lower else lower_row
    left, right = min(line.box.x0 for line in staying), max(line.box.x1 for line in staying)
    joining = [line for line in (lower_row if lower else upper) if line.box.x1 > left and line.box.x0 < right]
    if not joining or (not lower and _is_title_of(joining, staying)):
        return False
    gap = min(line.box.y0 for line in lower_row) - max(line.box.y1 for line in upper)
    narrow = all(line.box.width < 0.25 * page.size[0] for line in joining)
    worded = not any(
        re.search(r"\d", line.text) or (line.text.rstrip().endswith((":", ".")) and len(line.text) > _LONG_LABEL)
        for line in joining
    )
    return gap < _CONTIGUOUS * page.line_height * 0.6 and narrow and worded


def _is_title_of(upper: Sequence[Line], header: Sequence[Line]) -> bool:
    """Whether the row above a header is the table's title: one line in larger type, or over several of its cells."""
    if len(upper) != 1:
        return False
    title = upper[0].box
    covered = sum(title.overlap_x(line.box) > _COVERED * line.box.width for line in header)
    return title.height > _LARGER * max(line.box.height for line in header) or covered > 1


def _column_hits(lines: Sequence[Line], labels: LabelsByColumn, vocabulary: Vocabulary) -> list[Hit]:
    """Column labels that are sure enough; behind another label of the same line a little less will do."""
    hits = find_hits(lines, labels, vocabulary)
    return [
        hit
        for hit in hits
        if hit.score >= _SURE
        or (hit.score >= _BEHIND_ANOTHER and any(o.line == hit.line and o.end <= hit.start for o in hits))
    ]


def _has_digits(row: Sequence[Line], hits: Sequence[Hit]) -> bool:
    """Return whether a digit stands between the first and the last label, where a header has none."""
    left, right = min(hit.line.box.x0 for hit in hits), max(hit.line.box.x1 for hit in hits)
    return any(line.box.x1 > left and line.box.x0 < right and re.search(r"\d", line.text) for line in row)


def _header(
    page: Page, table: Table, extent: tuple[int, int], labels: LabelsByColumn, vocabulary: Vocabulary
) -> Header:
    first, last = extent
    lines = [line for row in page.rows[first : last + 1] for line in row]
    hits = _column_hits(lines, labels, vocabulary)
    cells = _cells(lines, hits)
    by_name = {column.name: column for column in table.columns}
    scored_fields = [
        (score + (_RIGHTMOST * number if by_name[name].field_type in _NUMERIC else 0.0), name, number)
        for number, cell in enumerate(cells)
        for name, score in _matches(cell, hits, labels, vocabulary)
    ]
    taken: dict[int, str] = {}
    for _, name, number in sorted(scored_fields, reverse=True):
        if number not in taken and name not in taken.values():
            taken[number] = name
    columns = tuple(
        Column(
            _around([box for _, box in cell]),
            by_name.get(taken.get(number, "")),
            _depth(cell, hits, taken[number]) if number in taken else 0,
            " ".join(line.text for line, _ in cell),
        )
        for number, cell in enumerate(cells)
    )
    columns = join_debit_and_credit(columns, table, vocabulary)
    return Header(page, columns, max(line.box.y1 for line in lines), last, first, frozenset(lines))


def join_debit_and_credit(columns: tuple[Column, ...], table: Table, vocabulary: Vocabulary) -> tuple[Column, ...]:
    """Return the columns, two for money out and in as one field's: the first amount that has no column of its own."""
    names = {column.field.name for column in columns if column.field}
    missing = [field for field in table.columns if field.field_type == "money" and field.name not in names]
    sides = [None if column.field else _side(column.title, vocabulary) for column in columns]
    if not missing or not {"debit", "credit"} <= set(sides):
        return columns
    return tuple(
        replace(column, field=missing[0], is_debit=side == "debit") if side else column
        for column, side in zip(columns, sides, strict=True)
    )


def _side(title: str, vocabulary: Vocabulary) -> str | None:
    words = set(re.findall(r"[^\W\d_]+", plain(title)))
    debit, credit = (bool(words & word_set(side)) for side in (vocabulary.language.debit, vocabulary.language.credit))
    return None if debit == credit else "debit" if debit else "credit"


type Cell = list[tuple[Line, Box]]


def _cells(lines: Sequence[Line], hits: Sequence[Hit]) -> list[Cell]:
    """Header cells from left to right: parts of lines that stand over each other; a line with two labels is two."""
    cells: list[Cell] = []
    for line in lines:
        for box in _parts(line, [hit for hit in hits if hit.line == line]):
            for cell in cells:
                over = all(not box.beside(cell_box) for _, cell_box in cell)
                if over and _around([cell_box for _, cell_box in cell]).overlap_x(box) > 0:
                    cell.append((line, box))
                    break
            else:
                cells.append([(line, box)])
    return sorted(cells, key=lambda cell: _around([box for _, box in cell]).x0)


def _parts(line: Line, hits: Sequence[Hit]) -> list[Box]:
    starts = sorted({hit.start for hit in hits})
    if starts and not re.search(r"[^\W\d_]", line.text[: starts[0]]):
        starts = starts[1:]
    edges = [0, *starts, len(line.text)]
    return [line.part(start, end) for start, end in pairwise(edges)]


def _matches(
    cell: Cell, hits: Sequence[Hit], labels: LabelsByColumn, vocabulary: Vocabulary
) -> list[tuple[str, float]]:
    """Fields whose label stands in one line of the cell, or in the lines of the cell read together."""
    matches = [
        (hit.field, hit.score * (1.0 if len(cell) == 1 else _PART))
        for line, box in cell
        for hit in hits
        if hit.line == line and line.part(hit.start, hit.end).overlap_x(box) > 0.5 * box.height
    ]
    if len(cell) > 1:
        joined = Line("", 0, cell[0][1], " ".join(line.text for line, _ in cell))
        matches += [
            (hit.field, hit.score * 1.05) for hit in find_hits([joined], labels, vocabulary) if hit.score >= _SURE
        ]
    return matches


def _depth(cell: Cell, hits: Sequence[Hit], name: str) -> int:
    """On which line of the cell the label stands, when the lines above it are another label's."""
    for depth, (line, _) in enumerate(cell):
        if any(hit.line == line and hit.field == name for hit in hits):
            return depth
    return 0


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )
