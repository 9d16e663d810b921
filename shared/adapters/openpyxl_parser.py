"""Parses XLSX with openpyxl: each sheet a table of what its cells show."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Cell, Concealed, Flow, PageBreak, Paragraph, Picture, Table, header_row
from shared.domain.number_format import shown
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

POINTS_PER_PIXEL = 0.75
MOST_CELLS = 3_000_000
"""A sheet's cells are kept in memory while it is set: about 300 bytes each."""
_WHITE = frozenset({"FFFFFFFF", "00FFFFFF"})


def parse_xlsx(file: SourceFile) -> Flow:
    """The sheets that are shown, in order; hidden sheets, rows and columns and white text are Concealed.

    A formula shows the value that its program stored; one without is told as the formula, and counted below the sheet.
    Raises Unreadable (`unreadable`, `too_large`).
    """
    workbook = _opened(file, values=True)
    formulas = _Formulas(file)
    visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    for sheet in visible:
        blocks = list(_sheet(sheet, formulas))
        yield PageBreak()
        if blocks and len(visible) > 1:
            yield Paragraph(sheet.title, level=2)
        yield from blocks
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            yield from _concealed(sheet.title, (cell for row in sheet.iter_rows() for cell in row))
    yield from (_chart(sheet) for sheet in workbook.chartsheets)


def _opened(file: SourceFile, *, values: bool) -> "Workbook":
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(), file.path.open("rb") as stream:
            warnings.simplefilter("ignore")  # of parts that openpyxl drops when it saves, which is never
            return openpyxl.load_workbook(stream, data_only=values)
    except (InvalidFileException, KeyError, ValueError, TypeError, IndexError, AttributeError):
        text = "The file holds no workbook that can be opened: save it anew as XLSX, and upload it again."
        raise Unreadable("unreadable", text) from None


class _Formulas:
    """The formulas of a workbook; read, once, when a cell turns out to be without its value."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._workbook: Workbook | None = None

    def of(self, sheet: "Worksheet") -> dict[tuple[int, int], str]:
        """The formulas of a sheet by row and column."""
        if self._workbook is None:
            self._workbook = _opened(self._file, values=False)
        cells: dict[tuple[int, int], Any] = self._workbook[sheet.title]._cells  # noqa: SLF001 - what iter_rows would make anew
        return {at: _formula(cell.value) for at, cell in cells.items() if cell.data_type == "f"}


def _formula(value: object) -> str:
    return str(getattr(value, "text", value) or "=")


def _sheet(sheet: "Worksheet", formulas: _Formulas) -> Iterator[Block]:
    cells: dict[tuple[int, int], SheetCell] = sheet._cells  # noqa: SLF001 - iter_rows would make a cell for each empty place
    if len(cells) > MOST_CELLS:
        text = f"The sheet has {len(cells)} cells; the limit is {MOST_CELLS}: split the file."
        raise Unreadable("too_large", text)
    valueless = any(cell.value is None and cell.data_type == "n" for cell in cells.values())
    missing = {at: text for at, text in formulas.of(sheet).items() if cells[at].value is None} if valueless else {}
    away_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    away_columns = _hidden_columns(sheet)
    texts: dict[tuple[int, int], Cell] = {}
    unseen: list[SheetCell] = []
    for at, cell in cells.items():
        if cell.value is None and at not in missing:
            continue
        if at[0] in away_rows or at[1] in away_columns or _is_white(cell):
            unseen.append(cell)
        else:
            number = cell.data_type in ("n", "d") and at not in missing
            texts[at] = Cell(missing.get(at) or shown(cell.value, cell.number_format), number)
    yield from _table(sheet, texts)
    if missing:
        yield Paragraph(
            f"{len(missing)} formulas of this sheet have no stored value and are shown as formulas: open the file in a "
            "spreadsheet program, save it, and upload it again."
        )
    yield from _comments(cells)
    yield from _pictures(sheet)
    yield from _concealed("", unseen)


def _table(sheet: "Worksheet", texts: dict[tuple[int, int], Cell]) -> Iterator[Block]:
    """The rows and columns that hold something; merged cells span theirs."""
    if not texts:
        return
    columns = sorted({column for _, column in texts})
    place = {column: index for index, column in enumerate(columns)}
    spans = {(area.min_row, area.min_col): range(area.min_col, area.max_col + 1) for area in sheet.merged_cells.ranges}
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in texts.items():
        rows.setdefault(row, {})[column] = cell
    table = []
    for number in sorted(rows):
        line, skip = [], 0
        for column in columns:
            if skip:
                skip -= 1
                continue
            cell = rows[number].get(column, Cell())
            covered = [each for each in spans.get((number, column), ()) if each in place]
            covered = [each for each in covered if each == column or each not in rows[number]]
            skip = max(len(covered) - 1, 0)
            line.append(cell._replace(span=skip + 1) if skip else cell)
        table.append(line)
    yield Table(table, header_row(table))


def _hidden_columns(sheet: "Worksheet") -> set[int]:
    return {
        column
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for column in range(dimension.min or 0, min((dimension.max or 0) + 1, 16_385))
    }


def _is_white(cell: "SheetCell") -> bool:
    """White letters on a cell without a fill."""
    colour = cell.font.color if cell.font else None
    return (
        colour is not None
        and colour.type == "rgb"
        and colour.rgb in _WHITE
        and (cell.fill is None or cell.fill.fill_type in (None, "none"))
    )


def _comments(cells: "dict[tuple[int, int], SheetCell]") -> Iterator[Block]:
    for cell in cells.values():
        if cell.comment is not None and cell.comment.text:
            yield Paragraph(f"Comment at {cell.coordinate}: {cell.comment.text}")


def _pictures(sheet: "Worksheet") -> Iterator[Block]:
    for image in getattr(sheet, "_images", ()):
        with contextlib.closing(image.ref) if hasattr(image.ref, "close") else contextlib.nullcontext():
            image.ref.seek(0)
            yield Picture(image.ref.read(), image.width * POINTS_PER_PIXEL, image.height * POINTS_PER_PIXEL)


def _chart(sheet: Any) -> Block:  # noqa: ANN401 - a chart sheet has no cells
    return Paragraph(f"[the sheet {sheet.title} holds only a chart]")


def _concealed(title: str, cells: "Iterator[SheetCell] | list[SheetCell]") -> Iterator[Block]:
    texts = [shown(cell.value, cell.number_format) for cell in cells if cell.value is not None]
    if texts:
        yield Concealed(" ".join([title, *texts]).strip())
