"""Assign the lines of a row to columns, by the places of the header and of the other rows."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from shared.rule_reader.folding import plain
from shared.rule_reader.tables.headers import Column
from shared.rule_reader.text.page import Box, Line
from shared.rule_reader.vocabulary import Vocabulary, phrase_set

_NUMBER = re.compile(r"[-–(]?\s?(?:[€$£]|[A-Z]{2,3}\s?)?[-–]?\s?[\d.,'’]*\d\)?[-%]?")
_SIGNS = frozenset({"-", "+"})
_SIGN_HEADINGS = frozenset({"+/-", "±"})
_UNIT_WORDS, _CELL_WORDS = 3, 4
_SHARED_COLUMN = 20.0  # line heights: the distance that two numbers of a row in one column count for
_SAME_EDGE = 1.5  # page units that the edges of one column's cells differ by
_ALIGNED = 3.0  # page units within which two edges are one
_AGREED = 0.8  # of the full rows put a number with this edge into one column


class Placed(NamedTuple):
    """Text of a line in the column it belongs to."""

    column: Column
    line: Line
    text: str


class ColumnPlacer:
    """Places the lines of rows in a table's columns; `rows` are those that the columns' edges are learned from."""

    def __init__(self, columns: Sequence[Column], vocabulary: Vocabulary, rows: Iterable[Sequence[Line]] = ()) -> None:
        self._columns = columns
        self._signs = phrase_set(vocabulary.language.signs) | _SIGNS
        self._sign_headings = phrase_set(vocabulary.language.sign_headings) | _SIGN_HEADINGS
        self._by_edge: dict[int, Counter[int]] = defaultdict(Counter)
        body = [list(row) for row in rows]
        self._headings_begin_columns = self._are_headings_set_left(body)
        self._learn([self._numbers(row) for row in body])

    def place(self, row: Sequence[Line]) -> list[Placed]:
        """Return the texts of a row from left to right; a sentence that runs across the columns is no cell."""
        numbers = self._numbers(row)
        homes = dict(zip(numbers, self._homes(numbers), strict=True))
        placed: list[Placed] = []
        for line in row:
            if line in homes:
                placed.append(Placed(self._columns[homes[line]], line, line.text))
            elif placed and plain(line.text.strip().removesuffix(".")) in self._signs and self._is_sign_column(line):
                placed[-1] = placed[-1]._replace(text=f"{placed[-1].text} {line.text.strip()}")
            else:
                placed += self._divide(line)
        return placed

    def _are_headings_set_left(self, rows: Sequence[Sequence[Line]]) -> bool:
        """Whether most texts begin where a heading does: then a column reaches from its heading to the next one."""
        lines = (line for row in rows for line in row)
        texts = [line for line in lines if not is_numeric(line.text) and not _crosses(line, self._columns)]
        flush = sum(any(abs(line.box.x0 - column.box.x0) < _ALIGNED for column in self._columns) for line in texts)
        return flush > len(texts) / 2

    def _distance(self, box: Box, number: int) -> float:
        """Return how far a number is from a column: by its edges or its middle; not at all when it lies inside.

        Numbers set right in a wide column under a heading set left are aligned with no heading at all.
        """
        column = self._columns[number]
        if self._headings_begin_columns and not any(_offset(box, heading) < _ALIGNED for heading in self._columns):
            behind = self._columns[number + 1].box.x0 if number + 1 < len(self._columns) else float("inf")
            if column.box.x0 <= box.x0 and box.x1 <= behind:
                return 0.0
        return _offset(box, column) - max(0.0, box.overlap_x(column.box))

    def _is_sign_column(self, line: Line) -> bool:
        """Return whether a line stands in a column of signs, such as S/H or DR/CR."""
        under = max(self._columns, key=lambda column: column.box.overlap_x(line.box))
        return under.box.overlap_x(line.box) > 0 and plain(under.title.strip()) in self._sign_headings

    def _learn(self, rows: Sequence[list[Line]]) -> None:
        fullest = max(map(len, rows), default=0)
        for numbers in rows:
            if len(numbers) == fullest > 1:
                for line, home in zip(numbers, self._assign(numbers), strict=True):
                    self._by_edge[_edge_key(line.box.x1)][home] += 1

    def _numbers(self, row: Sequence[Line]) -> list[Line]:
        """Return the lines of a row that are one number each."""
        return [line for line in row if is_numeric(line.text) and not _crosses(line, self._columns)]

    def _homes(self, numbers: Sequence[Line]) -> list[int]:
        """Return the column of each number: the one of its edge in the full rows, else the nearest that is free."""
        homes = self._assign(numbers)
        return [
            home if (learned := self._learned_column(line.box)) is None else learned
            for line, home in zip(numbers, homes, strict=True)
        ]

    def _learned_column(self, box: Box) -> int | None:
        key = _edge_key(box.x1)
        votes = sum((self._by_edge[near] for near in (key - 1, key, key + 1) if near in self._by_edge), Counter[int]())
        if not votes:
            return None
        home, count = votes.most_common(1)[0]
        return home if count >= _AGREED * votes.total() else None

    def _assign(self, numbers: Sequence[Line]) -> list[int]:
        """Return a column for each number, from left to right, with the least distance in all.

        Two numbers in one column of numbers count as far apart.
        """
        if not numbers or not self._columns:
            return []
        costs: list[float] = [0.0] * len(self._columns)
        choices: list[list[int]] = []
        for at, line in enumerate(numbers):
            best, best_at, row, came = float("inf"), 0, list[float](), list[int]()
            for number, column in enumerate(self._columns):
                shared = _SHARED_COLUMN * line.box.height * (column.numeric and at > 0)
                stays = costs[number] + shared
                before, source = (stays, number) if stays <= best else (best, best_at)
                row.append(before + self._distance(line.box, number))
                came.append(source)
                if costs[number] < best:
                    best, best_at = costs[number], number
            costs = row
            choices.append(came)
        home = min(range(len(costs)), key=costs.__getitem__)
        homes = [home]
        for came in reversed(choices[1:]):
            home = came[home]
            homes.append(home)
        return homes[::-1]

    def _divide(self, line: Line) -> Iterator[Placed]:
        """Yield the line's text by column: whole where it fits one, else word by word by where the words must stand."""
        spans = [match.span() for match in re.finditer(r"\S+", line.text)]
        homes = [self._home(line.part(*span)) for span in spans]
        if not _crosses(line, self._columns):
            homes = [homes[0]] * len(homes)
        elif not self._splits(line, spans, homes):
            return
        start = 0
        for number in range(1, len(spans) + 1):
            if number == len(spans) or homes[number] != homes[start]:
                text = line.text[spans[start][0] : spans[number - 1][1]]
                yield Placed(self._columns[homes[start]], line, text)
                start = number

    def _splits(self, line: Line, spans: Sequence[tuple[int, int]], homes: Sequence[int]) -> bool:
        """Return whether what would fall into number columns are numbers: else the line is a sentence across them."""
        texts: dict[int, str] = {}
        for (start, end), home in zip(spans, homes, strict=True):
            texts[home] = f"{texts.get(home, '')} {line.text[start:end]}"
        return all(
            is_numeric(text) and len(text.split()) <= _CELL_WORDS
            for home, text in texts.items()
            if self._columns[home].numeric
        )

    @cached_property
    def _edges(self) -> list[float]:
        """Between two columns: before the numbers of a number column, which reach left of its label."""
        edges = []
        for left, right in pairwise(self._columns):
            gap = right.box.x0 - left.box.x1
            reach = min(gap / 2, 2.0 * right.box.height) if right.numeric else min(gap / 2, 0.4 * right.box.height)
            edges.append(right.box.x0 - reach)
        return edges

    def _home(self, box: Box) -> int:
        middle = (box.x0 + box.x1) / 2
        return sum(middle >= edge for edge in self._edges)


def is_numeric(text: str) -> bool:
    """Return whether a text is a number with at most a unit beside it: no sentence, no date, no label."""
    rest = _NUMBER.sub("", text, count=1)
    return bool(_NUMBER.search(text)) and ":" not in text and len(re.findall(r"[^\W\d_]+", rest)) <= _UNIT_WORDS


def _crosses(line: Line, columns: Sequence[Column]) -> bool:
    """Return whether the line reaches well into the header cells of two columns or more."""
    return sum(line.box.overlap_x(column.box) > 0.4 * column.box.width for column in columns) > 1


def _offset(box: Box, column: Column) -> float:
    """Return by how much a number is off the column's heading, set left, right or in the middle."""
    sides = abs(box.x0 - column.box.x0), abs(box.x1 - column.box.x1)
    return min(*sides, abs(box.x0 + box.x1 - column.box.x0 - column.box.x1) / 2)


def _edge_key(edge: float) -> int:
    return round(edge / _SAME_EDGE)
