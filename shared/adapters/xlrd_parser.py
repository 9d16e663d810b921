"""Parses XLS (Excel 97 to 2003, and older) with xlrd: each sheet a table of what its cells show."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Cell, Concealed, Flow, PageBreak, Paragraph, Table, header_row
from shared.domain.number_format import shown
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def parse_xls(file: SourceFile) -> Flow:
    """The sheets that are shown, in order; hidden sheets, rows and columns are Concealed.

    Raises Unreadable (`unreadable`, `password_required`).
    """
    import xlrd

    try:
        book = xlrd.open_workbook(str(file.path), formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as failure:
        if "encrypted" in str(failure).lower():
            text = "The workbook is encrypted: add its password and replay it, or upload a copy that opens without one."
            raise Unreadable("password_required", text) from None
        text = "The file holds no workbook that can be opened: save it anew as XLSX, and upload it again."
        raise Unreadable("unreadable", text) from None
    visible = [sheet for sheet in book.sheets() if not sheet.visibility]
    for sheet in visible:
        blocks = list(_sheet(book, sheet))
        yield PageBreak()
        if blocks and len(visible) > 1:
            yield Paragraph(sheet.name, level=2)
        yield from blocks
    for sheet in book.sheets():
        if sheet.visibility:
            yield from _concealed([_cell(book, sheet, row, column).text for row, column in _places(sheet)])


def _sheet(book: "Book", sheet: "Sheet") -> Iterator[Block]:
    away_rows = {number for number, info in sheet.rowinfo_map.items() if info.hidden}
    away_columns = {number for number, info in sheet.colinfo_map.items() if info.hidden}
    texts: dict[int, dict[int, Cell]] = {}
    unseen = []
    for row, column in _places(sheet):
        cell = _cell(book, sheet, row, column)
        if row in away_rows or column in away_columns:
            unseen.append(cell.text)
        elif cell.text:
            texts.setdefault(row, {})[column] = cell
    columns = sorted({column for row in texts.values() for column in row})
    rows = [[texts[row].get(column, Cell()) for column in columns] for row in sorted(texts)]
    if rows:
        yield Table(rows, header_row(rows))
    for note in sheet.cell_note_map.values():
        if note.text.strip():
            yield Paragraph(f"Comment: {note.text.strip()}")
    yield from _concealed(unseen)


def _places(sheet: "Sheet") -> Iterator[tuple[int, int]]:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            if sheet.cell_type(row, column) not in (0, 6):  # neither empty nor blank
                yield row, column


def _cell(book: "Book", sheet: "Sheet", row: int, column: int) -> Cell:
    import xlrd

    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    layout = book.format_map.get(book.xf_list[sheet.cell_xf_index(row, column)].format_key)
    code = layout.format_str if layout is not None else "General"
    if kind == xlrd.XL_CELL_ERROR:
        return Cell(_ERRORS.get(int(value), "#ERROR"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Cell(str(bool(value)).upper())
    if kind == xlrd.XL_CELL_DATE:
        try:
            return Cell(shown(xlrd.xldate_as_datetime(value, book.datemode), code), right=True)
        except (ValueError, OverflowError):  # a number under a date's format that is no date
            return Cell(shown(value, "General"), right=True)
    return Cell(shown(value, code), right=kind == xlrd.XL_CELL_NUMBER)


def _concealed(texts: list[str]) -> Iterator[Block]:
    if any(texts):
        yield Concealed(" ".join(text for text in texts if text))
