"""A small table in a cell of the items costs no row, whatever the format."""

from pathlib import Path
from typing import Protocol

import docx
import pytest

from shared.adapters.formats.docx import parse_docx
from shared.adapters.formats.html import parse_html
from shared.adapters.formats.odf import parse_odt
from shared.domain.content.blocks import Block
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.test_office_parsers import odf, said, saved

ROWS = (("Item", "Quantity", "Amount"), ("Drill", "2", "500.00"), ("Saw", "1", "80.00"))
INNER = ("Serial", "SN-7781")


class Maker(Protocol):
    """Makes the file in one format and parses it."""

    def __call__(self, path: Path, *, nested: bool) -> list[Block]:
        """Return the blocks."""


def make_docx(path: Path, *, nested: bool) -> list[Block]:
    """The items as a DOCX, with a table in the second row's first cell when `nested`."""
    made = docx.Document()
    items = made.add_table(0, 3)
    for row in ROWS:
        for cell, text in zip(items.add_row().cells, row, strict=True):
            cell.text = text
    if nested:
        inner = items.cell(1, 0).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = INNER
    return list(parse_docx(saved(made, path)))


def make_odt(path: Path, *, nested: bool) -> list[Block]:
    """The same as an ODT."""

    def table(rows: tuple[tuple[str, ...], ...], inner: str = "") -> str:
        cells = [[f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row] for row in rows]
        if inner:
            cells[1][0] = cells[1][0].replace("</table:table-cell>", f"{inner}</table:table-cell>")
        body = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in cells)
        return f"<table:table>{body}</table:table>"

    return list(parse_odt(odf(path, "text", table(ROWS, table((INNER,)) if nested else ""))))


def make_html(path: Path, *, nested: bool) -> list[Block]:
    """The same as HTML."""
    inner = f"<table><tr><td>{INNER[0]}<td>{INNER[1]}</table>" if nested else ""
    rows = "".join(f"<tr>{''.join(f'<td>{text}{inner * (text == "Drill")}</td>' for text in row)}</tr>" for row in ROWS)
    path.write_text(f"<table>{rows}</table>")
    return list(parse_html(SourceFile(path)))


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("make", [make_docx, make_odt, make_html])
def test_a_table_in_a_cell_costs_no_row(tmp_path: Path, make: Maker, nested: bool) -> None:
    """Each row of the items is a row of one table; the inner table's text is in its cell."""
    drill = "Drill\nSerial SN-7781|2|500.00" if nested else "Drill|2|500.00"
    assert ["Item|Quantity|Amount", drill, "Saw|1|80.00"] == said(make(tmp_path / "x", nested=nested))
