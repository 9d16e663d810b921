"""Read a table's rows under its header: columns by place, rows by their numbers, over as many pages as it takes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from shared.domain.values.conventions import Conventions
from shared.rule_reader.fields.fields import Field, Table
from shared.rule_reader.fields.values import ReadTable, TableRow, Value, read
from shared.rule_reader.folding import plain
from shared.rule_reader.tables.headers import Header, find_headers
from shared.rule_reader.tables.placing import ColumnPlacer, Placed, is_numeric
from shared.rule_reader.tables.rows import Row
from shared.rule_reader.text.labels import Hit
from shared.rule_reader.text.page import Document, Line, Page, cite
from shared.rule_reader.vocabulary import word_pattern

_STOP = 0.7  # how sure a total's label must be to end the table
_WIDE_GAP = 7.0  # line heights without anything: the table is over
_ROW_TALL = 1.7  # line heights within which a lone number still belongs to the row above
_HEADER_CELLS = 3
_MINUS = frozenset("-–(")
_BEFORE_WORDS = " (-–*.:"
_LONGER_WORDS = ""  # may follow the words of a rate: "percentage"
_SAME_PLACE = 5.0  # page units between the columns of two headers
_FEWEST_KEYED = 3  # cells of a row that has no number
_FACTORS = 2  # money columns: a unit's price and the row's sum
_ROUNDED = 0.02  # that a product may differ from the printed sum
_MOSTLY = 0.5  # of the rows have a number: then all must
_WRAP = 0.75  # line heights between two lines of one description


class TableReader:
    """Reads one table of a document; `totals` are the labels of the document's sums, which end it."""

    def __init__(self, document: Document, table: Table, totals: Sequence[Hit], conventions: Conventions) -> None:
        self.document = document
        self.table = table
        self.conventions = conventions
        self.vocabulary = document.vocabulary
        self._by_name = {column.name: column for column in table.columns}
        self._prices = {column.name for column in table.columns if column.field_type == "money"}
        self._totals = {hit.line for hit in totals if hit.score >= _STOP}

    def read(self) -> ReadTable:
        """Return the rows in page order: those under the first header, and under each repetition of it."""
        headers = list[Header]()
        rows: list[Row] = []
        ended = False
        for page in self.document.pages:
            starts = self._starts(page, headers)
            if ended:
                starts = [start for start in starts if _stands_alike(start, headers[0])]
            if headers and not ended and not starts:
                carried = Header(page, headers[0].columns, 0.0, -1)
                ended = self._read(page, carried, range(len(page.rows)), rows, searching=True)
            ends = [*(start.first_row for start in starts), len(page.rows)][1:]
            for start, end in zip(starts, ends, strict=True):
                headers.append(start)
                ended = self._read(page, start, range(start.last_row + 1, end), rows)
        made = [(row, item) for row in rows if headers and (item := self._item(row, headers[0])) is not None]
        made = self._whole(made)
        row_lines = {line for row, _ in made for line in row.lines}
        header_lines = {line for header in headers if made for line in header.lines}
        return ReadTable(tuple(item for _, item in made), frozenset(header_lines), frozenset(row_lines))

    def _starts(self, page: Page, headers: Sequence[Header]) -> list[Header]:
        """Return the headers of the table on a page, from top to bottom.

        The first is the one with most columns; a later one repeats it, and has the columns that arithmetic found.
        """
        page_headers = find_headers(page, self.table, self.vocabulary)
        first = headers[0] if headers else max(page_headers, key=lambda item: len(item.names), default=None)
        if first is None:
            return []
        again = [item for item in page_headers if _repeats(item, first)]
        if not headers:
            again = [item for item in again if item.bottom > first.bottom and _stands_alike(item, first)]
        again = [item if item.names == first.names else replace(item, columns=first.columns) for item in again]
        return again if headers else [self._with_quantity(page, first), *again]

    def _with_quantity(self, page: Page, header: Header) -> Header:
        """Return the header; its unlabelled column is the missing number when number x price = sum in most rows."""
        missing = [
            column
            for column in self.table.columns
            if column.field_type == "number" and column.name not in header.names and not self._is_rate(column)
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

    def _is_rate(self, column: Field) -> bool:
        rates = word_pattern(self.vocabulary.language.rates, _LONGER_WORDS)
        return "%" in column.words or rates.search(plain(column.words)) is not None

    def _multiplies(self, page: Page, header: Header, name: str) -> bool:
        rows: list[Row] = []
        self._read(page, header, range(header.last_row + 1, len(page.rows)), rows)
        items = [item for row in rows if (item := self._item(row, header)) is not None]
        right = 0
        for item in items:
            first_amount, second_amount = (_magnitude(item.values[money]) for money in self._prices)
            count = _magnitude(item.values[name])
            right += (
                abs(count * first_amount - second_amount) <= _ROUNDED
                or abs(count * second_amount - first_amount) <= _ROUNDED
            )
        return right > _MOSTLY * len(items)

    def _whole(self, made: list[tuple[Row, TableRow]]) -> list[tuple[Row, TableRow]]:
        """Drop rows with less than half the cells of the fullest row, or without an amount that most others have."""
        fullest = max((self._count_filled(item) for _, item in made), default=0)
        made = [(row, item) for row, item in made if self._count_filled(item) >= _MOSTLY * fullest]
        for column in self.table.columns:
            filled = sum(item.values[column.name] is not None for _, item in made)
            if column.field_type == "money" and len(made) > filled >= _MOSTLY * len(made):
                made = [
                    (row, item)
                    for row, item in made
                    if item.values[column.name] is not None or row.is_keyed or self._is_counted(item)
                ]
        return made

    def _is_counted(self, item: TableRow) -> bool:
        """Whether a row has a text, a count and its sum, the last amount: a price may be missing, no sum has all."""
        has = {column.field_type for column in self.table.columns if item.values[column.name] is not None}
        sums = [column.name for column in self.table.columns if column.field_type == "money"]
        words = word_pattern(self.vocabulary.language.including)
        texts = [plain(value).lstrip(_BEFORE_WORDS) for value in item.values.values() if isinstance(value, str)]
        included = any(map(words.match, texts))
        return {"text", "number"} <= has and item.values[sums[-1]] is not None and not included

    def _count_filled(self, item: TableRow) -> int:
        return sum(item.values[column.name] is not None for column in self.table.columns)

    def _drop_other_texts(self, row: Row, header: Header) -> None:
        """Keep, where a cell stacks several texts under stacked labels, those from this label's line on."""
        for column in header.columns:
            lines = row.cells.get(column.field.name, []) if column.field and not column.numeric else []
            if column.depth and column.field and any(line.box.y0 >= row.top_line for line in lines):
                kept_places = [n for n, line in enumerate(lines) if line.box.y0 >= row.top_line]
                row.cells[column.field.name] = [lines[n] for n in kept_places]
                row.texts[column.field.name] = [row.texts[column.field.name][n] for n in kept_places]

    def _read(self, page: Page, header: Header, places: range, rows: list[Row], *, searching: bool = False) -> bool:
        """Add the rows at these places of the page; True when the table ended on them.

        `searching`: the header stands on an earlier page, so what comes first need not be a row.
        """
        bottom = header.bottom
        page_rows = [page.rows[place] for place in places]
        body = list(takewhile(lambda cells: not self._ends(cells, header), page_rows))
        placer = ColumnPlacer(header.columns, self.vocabulary, body)
        for cells in page_rows:
            if not searching and bottom and cells[0].box.y0 - bottom > _WIDE_GAP * page.line_height:
                return True
            if self._ends(cells, header):
                return True
            placed = _by_field(placer.place(cells))
            numbers = {name for name, texts in placed.items() if self._is_number(name, texts)}
            is_keyed = self._is_keyed(placed, header)
            if searching and not numbers and not is_keyed:
                continue
            searching = False
            self._add(page, cells, placed, numbers, rows, is_keyed=is_keyed)
            bottom = max(line.box.y1 for line in cells)
        return False

    def _ends(self, cells: Sequence[Line], header: Header) -> bool:
        """Return whether a total's label, or the header of some other table, ends this one."""
        if any(line in self._totals for line in cells):
            return True
        worded = [line for line in cells if not re.search(r"\d", line.text)]
        return len(worded) == len(cells) and len(cells) >= _HEADER_CELLS <= len(header.columns)

    def _is_keyed(self, placed: dict[str, list[tuple[Line, str]]], header: Header) -> bool:
        """Whether cells are a row though none is a number: most columns are filled, one of them by a code or date."""
        keys = [name for name in placed if self._by_name[name].field_type in {"identifier", "date"}]
        most = len(placed) >= max(_FEWEST_KEYED, _MOSTLY * len(header.names))
        return most and any(
            read(self._by_name[name], placed[name][0][1], self.conventions, self.vocabulary) for name in keys
        )

    def _is_number(self, name: str, texts: list[tuple[Line, str]]) -> bool:
        return self._by_name[name].field_type in {"money", "number"} and any(
            is_numeric(text) and read(self._by_name[name], text, self.conventions, self.vocabulary) for _, text in texts
        )

    def _add(
        self,
        page: Page,
        cells: Sequence[Line],
        placed: dict[str, list[tuple[Line, str]]],
        numbers: set[str],
        rows: list[Row],
        *,
        is_keyed: bool,
    ) -> None:
        top, bottom = min(line.box.y0 for line in cells), max(line.box.y1 for line in cells)
        last = rows[-1] if rows else None
        if numbers or is_keyed:
            filled = last is not None and bool(numbers & last.cells.keys())
            far = last is None or last.page != page.number or top - last.bottom > _ROW_TALL * page.line_height
            alone = len(numbers) == 1
            if last is None or filled or far or is_keyed or (not alone and last.cells.keys() & self._prices):
                last = Row(page.number, top, bottom, page.line_height, is_keyed=is_keyed)
                rows.append(last)
            for name in numbers:
                last.cells[name] = [line for line, _ in placed[name]]
                last.texts[name] = [text for _, text in placed[name]]
        if last is not None:
            self._describe(page, last, placed, anchored=bool(numbers) or is_keyed)
            if numbers or is_keyed:
                last.lines.update(cells)
            last.bottom = bottom if numbers or is_keyed or not last.closed else last.bottom

    def _describe(self, page: Page, row: Row, placed: dict[str, list[tuple[Line, str]]], *, anchored: bool) -> None:
        """Add words to the row's text cells: on its own lines, and on those that follow without a gap."""
        for name, parts in placed.items():
            if self._by_name[name].field_type in {"money", "number"}:
                continue
            words = [(line, text) for line, text in parts if not re.search(r"\w\s?:", line.text) or anchored]
            cell_so_far = row.cells.get(name, [])
            near = row.page == page.number and (
                not cell_so_far or parts[0][0].box.y0 - cell_so_far[-1].box.y1 < _WRAP * page.line_height
            )
            if not words or row.closed or (cell_so_far and not near and not anchored):
                row.closed = row.closed or (bool(cell_so_far) and not anchored)
                continue
            row.cells.setdefault(name, []).extend(line for line, _ in words)
            row.texts.setdefault(name, []).extend(text for _, text in words)

    def _item(self, row: Row, header: Header) -> TableRow | None:
        """Return the row's values; None when it holds no sum, no price and so is no row."""
        self._drop_other_texts(row, header)
        item: dict[str, Value | None] = {}
        lines: list[Line] = []
        for column in self.table.columns:
            text = " ".join(row.texts.get(column.name, ()))
            readings = read(column, text, self.conventions, self.vocabulary) if text else []
            value = readings[0].value if readings else None
            item[column.name] = text.strip(" :|") if value is not None and column.field_type == "text" else value
            lines += row.cells.get(column.name, []) if value is not None else []
        money = [column.name for column in self.table.columns if column.field_type == "money"]
        if money and not row.is_keyed and all(item[name] is None for name in money):
            return None
        if sum(value is not None for value in item.values()) < min(2, len(item)):
            return None
        ordered = sorted(set(lines), key=lambda line: (line.page, line.box.y0, line.box.x0))
        return TableRow(item, tuple(cite(ordered)))


def _magnitude(value: Value | None) -> float:
    return abs(float(value or 0.0))


def _repeats(later_header: Header, header: Header) -> bool:
    """Whether a later page's header is the first one again; the column found by arithmetic is not labelled there."""
    return later_header.names <= header.names and len(header.names) - len(later_header.names) <= 1


def _stands_alike(later_header: Header, header: Header) -> bool:
    """Return whether a header has the columns of another one at the same places: the table goes on after a sum."""
    places = [[column.box.x0 for column in each_header.columns] for each_header in (later_header, header)]
    same = len(places[0]) == len(places[1]) and later_header.names == header.names
    return same and all(abs(left - right) < _SAME_PLACE for left, right in zip(*places, strict=True))


def _by_field(placed: Iterable[Placed]) -> dict[str, list[tuple[Line, str]]]:
    """Return the texts of a row by the field of their column."""
    texts_by_field: dict[str, list[tuple[Line, str]]] = {}
    for column, line, text in placed:
        if column.field is not None and text.strip(" :|"):
            taken_away = column.is_debit and is_numeric(text) and text.strip()[:1] not in _MINUS
            texts_by_field.setdefault(column.field.name, []).append(
                (line, f"-{text.strip()}" if taken_away else text.strip())
            )
    return texts_by_field
