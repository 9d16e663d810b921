"""Reads a table's rows under its header: columns by place, rows by their numbers, over as many pages as it takes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Literal

from local.model_server.reading.fields import Table
from local.model_server.reading.headers import Header, find_headers
from local.model_server.reading.labels import Hit
from local.model_server.reading.page import Document, Line, Page, cite
from local.model_server.reading.placing import ColumnPlacer, Placed, is_numeric
from local.model_server.reading.values import read
from shared.domain.values.conventions import Conventions

type TableEnd = Literal["total", "gap"]

_STOP = 0.7  # how sure a total's label must be to end the table
_WIDE_GAP = 7.0  # line heights without anything: the table is over
_ROW_TALL = 1.7  # line heights within which a lone number still belongs to the row above
_HEADER_CELLS = 3
_RATE = re.compile(r"rate|percent|%|discount")
_INCLUDED = re.compile(r"\W*(?:incl|inkl|including|inclusief|davon|dont|of which|waarvan|di cui)\b", re.IGNORECASE)
_FACTORS = 2  # money columns: a unit's price and the row's sum
_ROUNDED = 0.02  # that a product may differ from the printed sum
_MOSTLY = 0.5  # of the rows have a number: then all must
_WRAP = 0.75  # line heights between two lines of one description


@dataclass
class Row:
    """A row in the making: the lines of each cell, and where it stands."""

    page: int
    top: float
    bottom: float
    height: float
    cells: dict[str, list[Line]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    closed: bool = False
    lines: set[Line] = field(default_factory=set)

    @property
    def top_line(self) -> float:
        """The y under the row's first line."""
        return self.top + 0.8 * self.height


@dataclass(frozen=True)
class ReadTable:
    """A table's rows as the schema's items, with the lines that its header and its rows stand on."""

    items: tuple[dict[str, Any], ...]
    header_lines: frozenset[Line] = frozenset()
    row_lines: frozenset[Line] = frozenset()


class TableReader:
    """Reads one table of a document; `totals` are the labels of the document's sums, which end it."""

    def __init__(self, document: Document, table: Table, totals: Sequence[Hit], conventions: Conventions) -> None:
        self.document = document
        self.table = table
        self.conventions = conventions
        self._by_name = {column.name: column for column in table.columns}
        self._prices = {column.name for column in table.columns if column.kind == "money"}
        self._totals = {hit.line for hit in totals if hit.score >= _STOP}

    def read(self) -> ReadTable:
        """Return the rows in page order."""
        headers = list[Header]()
        rows: list[Row] = []
        header: Header | None = None
        end: TableEnd | None = None
        for page in self.document.pages:
            found = find_headers(page, self.table)
            if header is None:
                best = max(found, key=lambda item: len(item.names), default=None)
                header = self._with_quantity(page, best) if best else None
                headers += [header] if header else []
                end = self._read(page, header, header.last_row + 1, rows) if header else None
            else:
                again = next((item for item in found if _repeats(item, header)), None)
                if end == "gap" and again is None:
                    break
                moved = replace(again, columns=header.columns) if again else Header(page, header.columns, 0.0, -1)
                headers += [again] if again else []
                end = self._read(page, moved, moved.last_row + 1, rows, searching=again is None)
            if end == "total":
                break
        made = [(row, item) for row in rows if header and (item := self._item(row, header)) is not None]
        items = self._whole([item for _, item in made])
        whole = {id(item) for item in items}
        row_lines = {line for row, item in made if id(item) in whole for line in row.lines}
        header_lines = {line for header in headers for line in header.lines}
        return ReadTable(tuple(items), frozenset(header_lines) if items else frozenset(), frozenset(row_lines))

    def _with_quantity(self, page: Page, header: Header) -> Header:
        """The header, an unlabelled column of which is the missing number when number x price = sum in most rows."""
        missing = [
            column
            for column in self.table.columns
            if column.kind == "number" and column.name not in header.names and not _RATE.search(column.words)
        ]
        if not missing or not self._prices <= header.names or len(self._prices) != _FACTORS:
            return header
        for number, column in enumerate(header.columns):
            if column.field is None:
                named = replace(column, field=missing[0])
                trial = replace(header, columns=(*header.columns[:number], named, *header.columns[number + 1 :]))
                if self._multiplies(page, trial, missing[0].name):
                    return trial
        return header

    def _multiplies(self, page: Page, header: Header, name: str) -> bool:
        rows: list[Row] = []
        self._read(page, header, header.last_row + 1, rows)
        items = [item for row in rows if (item := self._item(row, header)) is not None]
        right = 0
        for item in items:
            one, other = (abs(item[money] or 0.0) for money in self._prices)
            count = abs(item[name] or 0.0)
            right += abs(count * one - other) <= _ROUNDED or abs(count * other - one) <= _ROUNDED
        return right > _MOSTLY * len(items)

    def _whole(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without rows that have less than half the cells of the fullest, or lack an amount that most others have."""
        fullest = max((self._filled(item) for item in items), default=0)
        items = [item for item in items if self._filled(item) >= _MOSTLY * fullest]
        for column in self.table.columns:
            filled = sum(item[column.name] is not None for item in items)
            if column.kind == "money" and len(items) > filled >= _MOSTLY * len(items):
                items = [item for item in items if item[column.name] is not None or self._is_counted(item)]
        return items

    def _is_counted(self, item: dict[str, Any]) -> bool:
        """Whether a row has a text, a count and its sum, the last amount: a price may be missing, no sum has all."""
        has = {column.kind for column in self.table.columns if item[column.name] is not None}
        sums = [column.name for column in self.table.columns if column.kind == "money"]
        included = any(isinstance(value, str) and _INCLUDED.match(value) for value in item.values())
        return {"text", "number"} <= has and item[sums[-1]] is not None and not included

    def _filled(self, item: dict[str, Any]) -> int:
        return sum(item[column.name] is not None for column in self.table.columns)

    def _drop_other_texts(self, row: Row, header: Header) -> None:
        """Where a cell stacks several texts under stacked labels, keep those from this label's line on."""
        for column in header.columns:
            lines = row.cells.get(column.field.name, []) if column.field and not column.numeric else []
            if column.depth and column.field and any(line.box.y0 >= row.top_line for line in lines):
                kept = [n for n, line in enumerate(lines) if line.box.y0 >= row.top_line]
                row.cells[column.field.name] = [lines[n] for n in kept]
                row.texts[column.field.name] = [row.texts[column.field.name][n] for n in kept]

    def _read(
        self, page: Page, header: Header, first: int, rows: list[Row], *, searching: bool = False
    ) -> TableEnd | None:
        """Add the page's rows; return what ended the table on it.

        Behind a gap stands the foot of the page: the table goes on where the next page repeats its header.
        """
        bottom = header.bottom
        body = list(takewhile(lambda cells: not self._ends(cells, header), page.rows[first:]))
        placer = ColumnPlacer(header.columns, body)
        for cells in page.rows[first:]:
            if not searching and bottom and cells[0].box.y0 - bottom > _WIDE_GAP * page.line_height:
                return "gap"
            if self._ends(cells, header):
                return "total"
            placed = _by_field(placer.place(cells))
            numbers = {name for name, texts in placed.items() if self._is_number(name, texts)}
            if searching and not numbers:
                continue
            searching = False
            self._add(page, cells, placed, numbers, rows)
            bottom = max(line.box.y1 for line in cells)
        return None

    def _ends(self, cells: Sequence[Line], header: Header) -> bool:
        """A total's label, or the header of some other table, ends this one."""
        if any(line in self._totals for line in cells):
            return True
        worded = [line for line in cells if not re.search(r"\d", line.text)]
        return len(worded) == len(cells) and len(cells) >= _HEADER_CELLS <= len(header.columns)

    def _is_number(self, name: str, texts: list[tuple[Line, str]]) -> bool:
        return self._by_name[name].kind in {"money", "number"} and any(
            is_numeric(text) and read(self._by_name[name], text, self.conventions) for _, text in texts
        )

    def _add(
        self,
        page: Page,
        cells: Sequence[Line],
        placed: dict[str, list[tuple[Line, str]]],
        numbers: set[str],
        rows: list[Row],
    ) -> None:
        top, bottom = min(line.box.y0 for line in cells), max(line.box.y1 for line in cells)
        last = rows[-1] if rows else None
        if numbers:
            filled = last is not None and bool(numbers & last.cells.keys())
            far = last is None or last.page != page.number or top - last.bottom > _ROW_TALL * page.line_height
            alone = len(numbers) == 1
            if last is None or filled or far or (not alone and last.cells.keys() & self._prices):
                last = Row(page.number, top, bottom, page.line_height)
                rows.append(last)
            for name in numbers:
                last.cells[name] = [line for line, _ in placed[name]]
                last.texts[name] = [text for _, text in placed[name]]
        if last is not None:
            self._describe(page, last, placed, anchored=bool(numbers))
            if numbers:
                last.lines.update(cells)
            last.bottom = bottom if numbers or not last.closed else last.bottom

    def _describe(self, page: Page, row: Row, placed: dict[str, list[tuple[Line, str]]], *, anchored: bool) -> None:
        """Add words to the row's text cells: on its own lines, and on those that follow without a gap."""
        for name, parts in placed.items():
            if self._by_name[name].kind in {"money", "number"}:
                continue
            words = [(line, text) for line, text in parts if not re.search(r"\w\s?:", line.text) or anchored]
            known = row.cells.get(name, [])
            near = row.page == page.number and (
                not known or parts[0][0].box.y0 - known[-1].box.y1 < _WRAP * page.line_height
            )
            if not words or row.closed or (known and not near and not anchored):
                row.closed = row.closed or (bool(known) and not anchored)
                continue
            row.cells.setdefault(name, []).extend(line for line, _ in words)
            row.texts.setdefault(name, []).extend(text for _, text in words)

    def _item(self, row: Row, header: Header) -> dict[str, Any] | None:
        """The row as the schema's object; None when it holds no sum, no price and so is no row."""
        self._drop_other_texts(row, header)
        item: dict[str, Any] = {}
        lines: list[Line] = []
        for column in self.table.columns:
            text = " ".join(row.texts.get(column.name, ()))
            readings = read(column, text, self.conventions) if text else []
            value = readings[0].value if readings else None
            item[column.name] = text.strip(" :|") if value is not None and column.kind == "text" else value
            lines += row.cells.get(column.name, []) if value is not None else []
        money = [column.name for column in self.table.columns if column.kind == "money"]
        if money and all(item[name] is None for name in money):
            return None
        if sum(value is not None for value in item.values()) < min(2, len(item)):
            return None
        ordered = sorted(set(lines), key=lambda line: (line.page, line.box.y0, line.box.x0))
        return {"lines": cite(ordered), **item} if self.table.cites else item


def _repeats(found: Header, header: Header) -> bool:
    """Whether a later page's header is the first one again; the column found by arithmetic is not labelled there."""
    return found.names <= header.names and len(header.names) - len(found.names) <= 1


def _by_field(placed: Iterable[Placed]) -> dict[str, list[tuple[Line, str]]]:
    """Return the texts of a row by the field of their column."""
    found: dict[str, list[tuple[Line, str]]] = {}
    for column, line, text in placed:
        if column.field is not None and text.strip(" :|"):
            found.setdefault(column.field.name, []).append((line, text.strip()))
    return found
