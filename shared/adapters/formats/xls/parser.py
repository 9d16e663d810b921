"""Read an old workbook sheet by sheet."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from shared.adapters.formats.xls.records import read_stream
from shared.adapters.formats.xls.surroundings import Surroundings, read_surroundings
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Cell, Concealed, Flow, PageBreak, Paragraph, Table, header_row
from shared.domain.spreadsheets.format_languages import list_decimal_symbols
from shared.domain.spreadsheets.number_format import format_cell
from shared.domain.spreadsheets.number_notation import Notation, detect_notation
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.formatting import XF, Font
    from xlrd.sheet import Sheet

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
MIN_CONTRAST = 16
"""Letters whose colour differs less from that of their cell are not seen, in levels of 255."""
_PAPER = (255, 255, 255)
_SOLID = 1


class _Texts(NamedTuple):
    """The texts of a sheet: shown cells by row and column, hidden ones and struck ones in order."""

    shown: dict[int, dict[int, Cell]]
    hidden: list[str]
    struck: list[str]


def parse_xls(file: SourceFile) -> Flow:
    """Yield the sheets that are shown, in order; what is hidden or struck through is Concealed.

    All stored numbers are in one notation. Raises Unreadable (`unreadable`, `password_required`).
    """
    import xlrd

    try:
        book = xlrd.open_workbook(str(file.path), formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as failure:
        if "encrypted" in str(failure).lower():
            text = "The workbook is encrypted: add its password and replay it, or upload a copy that opens without one."
            raise Unreadable("password_required", text) from None
        text = "The file holds no workbook that can be opened: save it as a new XLSX file and upload that."
        raise Unreadable("unreadable", text) from None
    notation = _detect_notation(book)
    around = read_surroundings(read_stream(file.path), book.sheet_names())
    sheets = [(sheet, around[at] if at < len(around) else Surroundings()) for at, sheet in enumerate(book.sheets())]
    visible = [(sheet, surroundings) for sheet, surroundings in sheets if not sheet.visibility]
    for sheet, surroundings in visible:
        blocks = list(_read_sheet(book, sheet, surroundings, notation))
        yield PageBreak()
        if blocks and len(visible) > 1:
            yield Paragraph(sheet.name, level=2)
        yield from blocks
    for sheet in book.sheets():
        if sheet.visibility:
            texts = [_read_cell(book, sheet, row, column, notation).text for row, column in _list_places(sheet)]
            yield from _conceal([sheet.name, *texts] if any(texts) else [])


def _read_sheet(book: "Book", sheet: "Sheet", surroundings: Surroundings, notation: Notation) -> Iterator[Block]:
    yield from surroundings.headers
    texts = _read_texts(book, sheet, notation)
    columns = sorted({column for row in texts.shown.values() for column in row})
    rows = [[texts.shown[row].get(column, Cell()) for column in columns] for row in sorted(texts.shown)]
    if rows:
        yield Table(rows, header_row(rows))
    for note in sheet.cell_note_map.values():
        if note.text.strip():
            yield Paragraph(f"Comment: {note.text.strip()}")
    yield from surroundings.drawings
    yield from surroundings.footers
    yield from _conceal(texts.hidden)
    yield from _conceal(texts.struck, "struck")


def _read_texts(book: "Book", sheet: "Sheet", notation: Notation) -> _Texts:
    hidden_rows = {number for number, info in sheet.rowinfo_map.items() if info.hidden}
    hidden_columns = {number for number, info in sheet.colinfo_map.items() if info.hidden}
    texts = _Texts({}, [], [])
    for row, column in _list_places(sheet):
        cell = _read_cell(book, sheet, row, column, notation)
        xf = book.xf_list[sheet.cell_xf_index(row, column)]
        value = sheet.cell_value(row, column)
        if row in hidden_rows or column in hidden_columns:
            texts.hidden.append(cell.text)
        elif not cell.text and value not in ("", 0):
            texts.hidden.append(format_cell(value, "General", notation))
        elif _is_hidden(book, xf):
            texts.hidden.append(cell.text)
        else:
            text, struck = _split_struck(book, sheet, (row, column), cell.text, book.font_list[xf.font_index])
            texts.struck.extend(struck)
            if text.strip():
                texts.shown.setdefault(row, {})[column] = cell._replace(text=text)
    return texts


def _split_struck(
    book: "Book", sheet: "Sheet", place: tuple[int, int], text: str, font: "Font"
) -> tuple[str, list[str]]:
    """Return a cell's text without what is struck through, and that."""
    runs = [(0, bool(font.struck_out))]
    for start, number in sheet.rich_text_runlist_map.get(place, ()):
        is_struck = bool(book.font_list[number].struck_out) if number < len(book.font_list) else False
        runs.append((start, is_struck))
    ends = [start for start, _ in runs[1:]] + [len(text)]
    pieces = [(text[start:end], is_struck) for (start, is_struck), end in zip(runs, ends, strict=True)]
    struck = [piece for piece, is_struck in pieces if is_struck and piece.strip()]
    return "".join(piece for piece, is_struck in pieces if not is_struck), struck


def _is_hidden(book: "Book", xf: "XF") -> bool:
    """Return whether a cell's letters have the colour of its ground."""
    font = book.colour_map.get(book.font_list[xf.font_index].colour_index)
    background = xf.background
    ground = book.colour_map.get(background.pattern_colour_index) if background.fill_pattern == _SOLID else None
    if background.fill_pattern == 0:
        ground = _PAPER
    if font is None or ground is None:
        return False
    return bool(max(abs(letters - paper) for letters, paper in zip(font, ground, strict=True)) <= MIN_CONTRAST)


def _list_places(sheet: "Sheet") -> Iterator[tuple[int, int]]:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            if sheet.cell_type(row, column) not in (0, 6):  # neither empty nor blank
                yield row, column


def _read_cell(book: "Book", sheet: "Sheet", row: int, column: int, notation: Notation) -> Cell:
    import xlrd

    cell_type, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    layout = book.format_map.get(book.xf_list[sheet.cell_xf_index(row, column)].format_key)
    code = layout.format_str if layout is not None else "General"
    if cell_type == xlrd.XL_CELL_ERROR:
        return Cell(_ERRORS.get(int(value), "#ERROR"))
    if cell_type == xlrd.XL_CELL_BOOLEAN:
        return Cell(str(bool(value)).upper())
    if cell_type == xlrd.XL_CELL_DATE:
        try:
            return Cell(format_cell(xlrd.xldate_as_datetime(value, book.datemode), code, notation), right=True)
        except (ValueError, OverflowError):  # a number under a date's format that is no date
            return Cell(format_cell(value, "General", notation), right=True)
    return Cell(format_cell(value, code, notation), right=cell_type == xlrd.XL_CELL_NUMBER)


def _detect_notation(book: "Book") -> Notation:
    """Return the notation of the typed texts on visible sheets, else of the languages of the workbook's formats."""
    import xlrd

    texts = (
        sheet.cell_value(row, column)
        for sheet in book.sheets()
        if not sheet.visibility
        for row, column in _list_places(sheet)
        if sheet.cell_type(row, column) == xlrd.XL_CELL_TEXT
    )
    codes = {layout.format_str for layout in book.format_map.values() if layout.format_str}
    return detect_notation(texts, list_decimal_symbols(codes))


def _conceal(texts: list[str], why: Literal["hidden", "struck"] = "hidden") -> Iterator[Block]:
    if any(texts):
        yield Concealed(" ".join(text for text in texts if text), why)
