"""Read the cells of a sheet as a person sees them: a table, and apart from it what is hidden or struck through."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.adapters.formats.xlsx.appearance import Appearance
from shared.adapters.formats.xlsx.conditions import Conditions
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Cell, Concealed, NotRead, Table, header_row
from shared.domain.spreadsheets.number_format import format_cell
from shared.domain.spreadsheets.number_notation import Notation

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

MAX_CELLS = 3_000_000
"""A sheet's cells are kept in memory while it is set: about 300 bytes each."""
MAX_COLUMN = 16_384
Place = tuple[int, int]
"""The row and the column of a cell, from 1."""


class SheetTexts(NamedTuple):
    """The texts of a sheet: shown cells by their place, hidden ones and struck ones in order.

    `is_complete` False: a conditional format may hide or strike more of them.
    """

    shown: dict[Place, Cell]
    hidden: list[str]
    struck: list[str]
    is_complete: bool = True


def list_cells(sheet: "Worksheet") -> "Mapping[Place, SheetCell]":
    """Return the cells that the file holds; raises Unreadable (`too_large`)."""
    cells: dict[Place, SheetCell] = sheet._cells  # noqa: SLF001 - iter_rows would make a cell for each empty place
    if len(cells) > MAX_CELLS:
        text = f"The sheet has {len(cells)} cells; the limit is {MAX_CELLS}: split the file."
        raise Unreadable("too_large", text)
    return cells


class CellReader:
    """Reads the cells of the sheets of a workbook."""

    def __init__(self, appearance: Appearance, notation: Notation) -> None:
        self._appearance = appearance
        self._notation = notation

    def read(self, sheet: "Worksheet", formulas: Mapping[Place, str]) -> SheetTexts:
        """Return the texts of a sheet's cells; `formulas` stand in for values that the file does not hold."""
        hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
        hidden_columns = _list_hidden_columns(sheet)
        conditions = Conditions(sheet, self._appearance)
        texts = SheetTexts({}, [], [])
        for place, cell in list_cells(sheet).items():
            if cell.value is None and place not in formulas:
                continue
            if place[0] in hidden_rows or place[1] in hidden_columns:
                texts.hidden.append(read_value(cell, self._notation))
            elif place in formulas:
                texts.shown[place] = Cell(formulas[place])
            else:
                self._add(texts, place, cell, conditions)
        return texts._replace(is_complete=not conditions.is_undecided)

    def _add(self, texts: SheetTexts, place: Place, cell: "SheetCell", conditions: Conditions) -> None:
        """Put a cell where it belongs; one of rich text may be shown in part."""
        text = format_cell(cell.value, cell.number_format, self._notation)
        if not text:
            if not _is_nothing(cell.value):
                texts.hidden.append(read_value(cell, self._notation))
            return
        visibility = self._appearance.judge(cell)
        visibility = conditions.judge(cell) if visibility == "shown" else visibility
        if visibility == "shown" and isinstance(cell.value, list):  # rich text
            pieces = list(self._appearance.split_runs(cell))
            text = "".join(piece for piece, its_look in pieces if its_look == "shown")
            texts.hidden.extend(piece for piece, its_look in pieces if its_look == "hidden" and piece.strip())
            texts.struck.extend(piece for piece, its_look in pieces if its_look == "struck" and piece.strip())
        elif visibility != "shown":
            (texts.hidden if visibility == "hidden" else texts.struck).append(text)
        if visibility == "shown" and text.strip():
            texts.shown[place] = Cell(text, cell.data_type in ("n", "d"))


def read_value(cell: "SheetCell", notation: Notation) -> str:
    """Return the text of a cell, whether or not its format shows it."""
    return format_cell(cell.value, cell.number_format, notation) or format_cell(cell.value, "General", notation)


def make_table(sheet: "Worksheet", texts: Mapping[Place, Cell]) -> Iterator[Block]:
    """Yield the rows and columns that hold something; merged cells span theirs."""
    if not texts:
        return
    columns = sorted({column for _, column in texts})
    position = {column: index for index, column in enumerate(columns)}
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
            covered = [
                covered_column for covered_column in spans.get((number, column), ()) if covered_column in position
            ]
            covered = [
                covered_column
                for covered_column in covered
                if covered_column == column or covered_column not in rows[number]
            ]
            skip = max(len(covered) - 1, 0)
            line.append(cell._replace(span=skip + 1) if skip else cell)
        table.append(line)
    yield Table(table, header_row(table))


def conceal(texts: SheetTexts) -> Iterator[Block]:
    """Yield what is hidden, what is struck through, and whether there may be more of both."""
    if texts.hidden:
        yield Concealed(" ".join(texts.hidden))
    if texts.struck:
        yield Concealed(" ".join(texts.struck), "struck")
    if not texts.is_complete:
        yield NotRead("conditional_format")


def _is_nothing(value: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    """Return whether a value hidden by its format is irrelevant: an empty text, or the zero of an empty line."""
    return value in ("", 0)


def _list_hidden_columns(sheet: "Worksheet") -> set[int]:
    return {
        column
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for column in range(dimension.min or 0, min((dimension.max or 0), MAX_COLUMN) + 1)
    }
