"""Go through the sheets of an OpenDocument spreadsheet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.adapters.formats.odf.parts.names import (
    DRAW,
    NOTE_MARKS,
    OFFICE,
    TABLE,
    TEXT,
    conceal,
    count_repeats,
    read_words,
)
from shared.adapters.formats.odf.parts.styles import PLAIN
from shared.adapters.formats.odf.sheet_edges import read_sheet_edges
from shared.adapters.formats.odf.text import TextWalk
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Cell, Concealed, PageBreak, Paragraph, Table, header_row
from shared.domain.spreadsheets.stored_texts import clarify_date, clarify_number

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CELLS = 3_000_000
MAX_REPEATS = 1000
"""A row or cell with text is hardly repeated this often; a spreadsheet repeats an empty one to fill its rest."""


def read_sheets(walk: TextWalk) -> Iterator[Block]:
    """Yield the blocks of a spreadsheet; raises Unreadable (`too_large`)."""
    content = walk.document.content
    tables = [table for body in content.iter(f"{OFFICE}spreadsheet") for table in body.iter(f"{TABLE}table")]
    visible = [table for table in tables if not _is_off(walk, table)]
    headers = list(read_sheet_edges(walk, visible, "header"))
    for table in visible:
        blocks = list(_read_sheet(walk, table))
        yield PageBreak()
        yield from headers
        headers.clear()
        if blocks and len(visible) > 1:
            yield Paragraph(table.get(f"{TABLE}name", ""), level=2)
        yield from blocks
    yield from read_sheet_edges(walk, visible, "footer")
    yield from (conceal(table) for table in tables if _is_off(walk, table) and read_words(table))


def _read_sheet(walk: TextWalk, table: "_Element") -> Iterator[Block]:
    away = _list_hidden_columns(table)
    rows: list[list[tuple[int, Cell]]] = []
    after: list[Block] = []
    for row in table.iter(f"{TABLE}table-row"):
        if not len(row) or not read_words(row):
            continue
        if row.get(f"{TABLE}visibility", "visible") != "visible":
            after.append(conceal(row))
            continue
        cells = list(_read_cells(walk, row, away, after))
        rows += [cells] * min(count_repeats(row, "rows"), MAX_REPEATS)
        if sum(map(len, rows)) > MAX_CELLS:
            raise Unreadable("too_large", f"The sheet has more than {MAX_CELLS} cells: split the file.")
    columns = sorted({column for row in rows for column, _ in row})
    if columns:
        full = [dict(row) for row in rows]
        aligned = [[row.get(column, Cell()) for column in columns] for row in full]
        yield Table(aligned, header_row(aligned))
    for shapes in table.iter(f"{TABLE}shapes"):
        yield from walk.read_blocks(shapes, 0, 0)
    for cell in table.iter(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        yield from walk.read_blocks([part for part in cell if str(part.tag).startswith(DRAW)], 0, 0)
    yield from after


def _read_cells(walk: TextWalk, row: "_Element", away: set[int], after: list[Block]) -> Iterator[tuple[int, Cell]]:
    column = 0
    for cell in row:
        times = count_repeats(cell, "columns")
        shown: list[str] = []
        appearance = PLAIN.change(walk.document.styles.find("table-cell", cell.get(f"{TABLE}style-name")))
        for part in cell:
            if part.tag == f"{TEXT}p":
                walk.read_inline(part, shown, after, 0, appearance)
                shown.append("\n")
        text = _clarify(cell, "".join(shown).strip(), after)
        for note in cell.iterfind(f"{OFFICE}annotation"):
            words = (read_words(part) for part in note if part.tag not in NOTE_MARKS)
            after += [Paragraph(f"Comment: {' '.join(words)}")]
        number = cell.get(f"{OFFICE}value-type", "string") not in ("string", "boolean")
        for at in range(column, column + min(times, MAX_REPEATS)) if text else ():
            if at in away:
                after.append(Concealed(text))
            else:
                yield at, Cell(text, number)
        column += times


def _clarify(cell: "_Element", text: str, after: list[Block]) -> str:
    """Return the text of a cell with one reading; a value that its format does not show is concealed."""
    value_type = cell.get(f"{OFFICE}value-type", "string")
    value = cell.get(f"{OFFICE}date-value" if value_type == "date" else f"{OFFICE}value", "")
    if not text and cell.find(f"{TEXT}p") is None and value.strip("0.-"):
        after.append(Concealed(value))
    if value_type == "date":
        return clarify_date(text, value)
    return clarify_number(text, value) if value else text


def _list_hidden_columns(table: "_Element") -> set[int]:
    away, at = set(), 0
    for column in table.iter(f"{TABLE}table-column"):
        times = count_repeats(column, "columns")
        if column.get(f"{TABLE}visibility", "visible") != "visible":
            away |= set(range(at, at + min(times, 16_384)))
        at += times
    return away


def _is_off(walk: TextWalk, table: "_Element") -> bool:
    return walk.document.styles.find("table", table.get(f"{TABLE}style-name")).off
