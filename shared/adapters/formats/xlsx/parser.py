"""Read a workbook sheet by sheet."""

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.adapters.formats.xlsx.appearance import Appearance
from shared.adapters.formats.xlsx.cells import CellReader, Place, conceal, list_cells, make_table, read_value
from shared.adapters.formats.xlsx.parts import Package
from shared.adapters.formats.xlsx.surroundings import Surroundings
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, Flow, NotRead, PageBreak, Paragraph
from shared.domain.spreadsheets.format_languages import list_decimal_symbols
from shared.domain.spreadsheets.number_notation import Notation, detect_notation
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


class _Book(NamedTuple):
    """An open workbook, with what all its sheets share."""

    workbook: "Workbook"
    package: Package
    parts: dict[str, str]
    formulas: "_Formulas"
    cells: CellReader
    notation: Notation


def parse_xlsx(file: SourceFile) -> Flow:
    """Yield the sheets that are shown, in order; what is hidden or struck through is Concealed.

    All stored numbers are in one notation. A formula shows the value that its program stored; one without is told as
    the formula, and reported. Raises Unreadable (`unreadable`, `too_large`).
    """
    workbook = _open(file, values=True)
    with zipfile.ZipFile(file.path) as archive:
        package = Package(archive)
        notation = _detect_notation(workbook)
        book = _Book(
            workbook, package, package.sheets(), _Formulas(file), CellReader(Appearance(workbook), notation), notation
        )
        yield from _read_sheets(book)


def _read_sheets(book: _Book) -> Iterator[Block]:
    worksheets = book.workbook.worksheets
    visible = [sheet for sheet in worksheets if sheet.sheet_state == "visible"]
    for sheet in visible:
        blocks = list(_read_sheet(sheet, book))
        yield PageBreak()
        if blocks and len(visible) > 1:
            yield Paragraph(sheet.title, level=2)
        yield from blocks
    for sheet in worksheets:
        if sheet.sheet_state != "visible":
            texts = [read_value(cell, book.notation) for cell in list_cells(sheet).values() if cell.value is not None]
            yield from (Concealed(" ".join([sheet.title, *texts])) for _ in texts[:1])
    for sheet in book.workbook.chartsheets:
        yield from _read_chart_sheet(sheet, book)


def _open(file: SourceFile, *, values: bool) -> "Workbook":
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(), file.path.open("rb") as stream:
            warnings.simplefilter("ignore")  # of parts that openpyxl drops when it saves, which is never
            return openpyxl.load_workbook(stream, data_only=values, rich_text=values)
    except (InvalidFileException, KeyError, ValueError, TypeError, IndexError, AttributeError):
        text = "The file holds no workbook that can be opened: save it as a new XLSX file and upload that."
        raise Unreadable("unreadable", text) from None


class _Formulas:
    """The formulas of a workbook; read, once, when a cell turns out to be without its value."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._workbook: Workbook | None = None

    def read(self, sheet: "Worksheet") -> dict[Place, str]:
        """Return the formulas of a sheet by row and column."""
        if self._workbook is None:
            self._workbook = _open(self._file, values=False)
        cells = list_cells(self._workbook[sheet.title])
        return {place: _formula_text(cell.value) for place, cell in cells.items() if cell.data_type == "f"}


def _formula_text(value: object) -> str:
    return str(getattr(value, "text", value) or "=")


def _detect_notation(workbook: "Workbook") -> Notation:
    """Return the notation of the typed texts on visible sheets, else of the languages of the formats."""
    cells = [
        cell
        for sheet in workbook.worksheets
        if sheet.sheet_state == "visible"
        for cell in list_cells(sheet).values()
        if cell.value is not None
    ]
    texts = (str(cell.value) for cell in cells if cell.data_type in ("s", "inlineStr"))
    codes = {cell.number_format for cell in cells if cell.data_type == "n"}
    return detect_notation(texts, list_decimal_symbols(codes))


def _read_sheet(sheet: "Worksheet", book: _Book) -> Iterator[Block]:
    cells = list_cells(sheet)
    lacks_values = any(cell.value is None and cell.data_type == "n" for cell in cells.values())
    formulas = book.formulas.read(sheet) if lacks_values else {}
    missing = {place: text for place, text in formulas.items() if place in cells and cells[place].value is None}
    texts = book.cells.read(sheet, missing)
    part = book.parts.get(sheet.title)
    around = Surroundings(book.package, part, sheet.title) if part else None
    if around:
        yield from around.headers()
    yield from make_table(sheet, texts.shown)
    if missing:
        yield Paragraph(
            f"{len(missing)} formulas of this sheet have no stored value and are shown as formulas: open the file in a "
            "spreadsheet program, save it, and upload it again."
        )
        yield NotRead("formula")
    yield from _read_comments(cells.values())
    if around:
        yield from around.drawings()
        yield from around.footers()
    yield from conceal(texts)


def _read_comments(cells: "Iterable[SheetCell]") -> Iterator[Block]:
    for cell in cells:
        if cell.comment is not None and cell.comment.text:
            yield Paragraph(f"Comment at {cell.coordinate}: {cell.comment.text}")


def _read_chart_sheet(sheet: Any, book: _Book) -> Iterator[Block]:  # noqa: ANN401 - a chart sheet has no cells
    yield Paragraph(f"[the sheet {sheet.title} holds only a chart]")
    part = book.parts.get(sheet.title)
    if part and sheet.sheet_state == "visible":
        around = Surroundings(book.package, part, sheet.title)
        yield from around.headers()
        yield from around.drawings()
        yield from around.footers()
