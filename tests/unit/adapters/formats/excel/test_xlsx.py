"""What a workbook says beside plain cells: notations, struck and hidden cells, drawings, controls, page headers."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color

from shared.adapters.formats.xlsx import parse_xlsx
from shared.domain.content.blocks import Block, Concealed, NotRead, Table
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.test_office_parsers import hidden, said

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(*rows: list[Any]) -> Any:
    """Return a workbook of one sheet."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return made


def parsed(made: Any, folder: Path, parts: dict[str, str] | None = None, sheet_end: str = "") -> list[Block]:
    """Return the blocks of a workbook, with further parts, and elements at the end of its first sheet."""
    stream, path = io.BytesIO(), folder / "x.xlsx"
    made.save(stream)
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</worksheet>", f"{sheet_end}</worksheet>".encode())
            target.writestr(info.filename, data)
        for name, text in (parts or {}).items():
            target.writestr(name, text)
    return list(parse_xlsx(SourceFile(path)))


def struck(blocks: list[Block]) -> list[str]:
    """Return the texts that are struck through."""
    return [block.text for block in blocks if isinstance(block, Concealed) and block.why == "struck"]


def unread(blocks: list[Block]) -> list[str]:
    """Return the codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


def test_headers_and_footers_of_a_sheet_are_read(tmp_path: Path) -> None:
    """Each text once and at its place; numbers of pages and dates of printing are nobody's data."""
    made = book(["cell"])
    sheet = made.active
    sheet.title = "Invoice"
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = "ACME && Co", "Purchase order: PO-5512"
    sheet.oddFooter.center.text, sheet.oddFooter.right.text = "Page &P of &N", "&D &A"
    blocks = parsed(made, tmp_path)
    assert ["ACME & Co", "Purchase order: PO-5512", "cell", "Invoice"] == said(blocks)
    assert [] == hidden(blocks) + unread(blocks)


@pytest.mark.parametrize(
    ("flags", "texts"),
    [
        ("", ["odd", "cell"]),
        ('differentFirst="1"', ["first", "odd", "cell"]),
        ('differentOddEven="1"', ["odd", "cell"]),
    ],
)
def test_only_headers_that_are_printed_are_read(tmp_path: Path, flags: str, texts: list[str]) -> None:
    """Text without a code stands in the middle; the first page's header counts when it differs."""
    headers = "<oddHeader>odd</oddHeader><evenHeader>odd</evenHeader><firstHeader>first</firstHeader>"
    end = f"<headerFooter {flags}>{headers}</headerFooter>"
    assert texts == said(parsed(book(["cell"]), tmp_path, sheet_end=end))


def test_a_picture_in_a_header_is_read_or_reported(tmp_path: Path) -> None:
    """A letterhead is a picture, often."""
    end = "<headerFooter><oddHeader>&amp;L&amp;G</oddHeader></headerFooter>"
    assert ["page_header"] == unread(parsed(book(["cell"]), tmp_path, sheet_end=end))


def test_struck_cells_and_runs_are_kept_apart(tmp_path: Path) -> None:
    """A struck price is no longer the price."""
    made = book(["PO-1", "PO-2"])
    made.active["A1"].font = Font(strike=True)
    made.active["C1"] = CellRichText("Total ", TextBlock(InlineFont(strike=True), "900.00"), " 800.00")
    blocks = parsed(made, tmp_path)
    assert (["PO-2|Total  800.00"], ["PO-1 900.00"]) == (said(blocks), struck(blocks))


@pytest.mark.parametrize(
    ("font", "fill", "number_format", "is_seen"),
    [
        (Color(theme=0), None, "General", False),
        (Color(indexed=9), None, "General", False),
        (Color(rgb="FFFAFAFA"), None, "General", False),
        (Color(rgb="FF123456"), "FF123456", "General", False),
        (None, None, ";;;", False),
        (None, None, "[White]0", False),
        (Color(theme=1), None, "General", True),
        (Color(theme=0, tint=-0.5), None, "General", True),
        (Color(rgb="FFFFFFFF"), "FF003366", "General", True),
        (None, "FFFFFF00", "General", True),
        (None, None, "0;-0;;@", True),
    ],
)
def test_a_cell_that_nobody_sees_is_concealed(
    tmp_path: Path, font: Color | None, fill: str | None, number_format: str, *, is_seen: bool
) -> None:
    """By its colours, those of the theme too, or by its format."""
    made = book([4711], ["seen"])
    cell = made.active["A1"]
    cell.number_format = number_format
    if font:
        cell.font = Font(color=font)
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    blocks = parsed(made, tmp_path)
    assert (["4711", "seen"], []) if is_seen else (["seen"], ["4711"]) == (said(blocks), hidden(blocks))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (CellIsRule(operator="equal", formula=["5"], font=Font(strike=True)), (["7"], ["5"], [])),
        (CellIsRule(operator="greaterThan", formula=["6"], font=Font(color="FFFFFFFF")), (["5"], [], [])),
        (CellIsRule(operator="between", formula=["8", "9"], font=Font(strike=True)), (["5", "7"], [], [])),
        (FormulaRule(formula=["TRUE"], font=Font(strike=True)), ([], ["5 7"], [])),
        (FormulaRule(formula=["$B$1>3"], font=Font(strike=True)), (["5", "7"], [], ["conditional_format"])),
        (FormulaRule(formula=["$B$1>3"], font=Font(bold=True, color="FF9C0006")), (["5", "7"], [], [])),
        (
            FormulaRule(formula=["$B$1>3"], font=Font(color="FFFFFFFF"), fill=PatternFill(bgColor="FF003366")),
            (["5", "7"], [], []),
        ),
    ],
)
def test_conditional_formats_are_weighed(tmp_path: Path, rule: Any, expected: tuple[list[str], ...]) -> None:
    """One that hides or strikes is applied where its rule compares with a constant, else reported."""
    made = book([5], [7])
    made.active.conditional_formatting.add("A1:A9", rule)
    blocks = parsed(made, tmp_path)
    assert expected == (said(blocks), struck(blocks), unread(blocks))


def test_a_zero_that_its_format_leaves_out_is_nothing(tmp_path: Path) -> None:
    """Empty lines of a form calculate to zero."""
    made = book([0, "seen"])
    made.active["A1"].number_format = "0;-0;;@"
    blocks = parsed(made, tmp_path)
    assert (["seen"], []) == (said(blocks), hidden(blocks))


def test_stored_numbers_are_in_the_notation_of_typed_text(tmp_path: Path) -> None:
    """Also when the text stands on another sheet."""
    made = book(["Skonto: 2,50 % bei Zahlung in 7 Tagen"])
    sheet = made.create_sheet("Items")
    sheet.append([10000, 1234.5, 0.125, date(2025, 5, 4)])
    formats = ('#,##0 "€"', "#,##0.00", "General", "dd/mm/yyyy")
    for column, code in enumerate(formats, 1):
        sheet.cell(1, column).number_format = code
    assert "10000 €|1.234,50|0,125|2025-05-04" == said(parsed(made, tmp_path))[-1]


def test_a_formula_without_a_value_is_reported(tmp_path: Path) -> None:
    """The page shows the formula; a person has to look."""
    assert ["formula"] == unread(parsed(book(["Total", "=1+2"]), tmp_path))


def test_a_plain_workbook_raises_no_finding(tmp_path: Path) -> None:
    """Nothing is hidden, struck or left out."""
    blocks = parsed(book(["Item", "Price"], ["Screw", 12.5], ["Nut", None]), tmp_path)
    assert (["Item|Price", "Screw|12.5", "Nut|"], 1) == (
        said(blocks),
        sum(isinstance(block, Table) for block in blocks),
    )
    assert [] == hidden(blocks) + unread(blocks)
