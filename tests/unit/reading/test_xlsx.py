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
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color

from shared.adapters.openpyxl_parser import parse_xlsx
from shared.domain.flow import Block, Concealed, NotRead, Picture, Table
from shared.ports.reading import SourceFile
from tests.unit.reading.test_office_parsers import hidden, said
from tests.unit.reading.test_typesetter import picture

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{KIND}">'
    "<xdr:twoCellAnchor>{}</xdr:twoCellAnchor></xdr:wsDr>"
)


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


def shape(text: str, properties: str = "", *, name: str = 'id="2" name="x"', run: str = "") -> str:
    """Return a text box."""
    return (
        f"<xdr:sp><xdr:nvSpPr><xdr:cNvPr {name}/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>{properties}</xdr:spPr>"
        f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:rPr {run}</a:rPr><a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    )


def drawn(folder: Path, content: str, *, relations: str = "", parts: dict[str, str] | None = None) -> list[Block]:
    """Return the blocks of a sheet with a drawing."""
    own = {
        "xl/drawings/drawing1.xml": DRAWING.format(content),
        "xl/drawings/_rels/drawing1.xml.rels": RELATIONS.format(relations),
        "xl/worksheets/_rels/sheet1.xml.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{KIND}/drawing" Target="../drawings/drawing1.xml"/>'
        ),
    }
    end = f'<drawing xmlns:r="{KIND}" r:id="rId1"/>'
    return parsed(book(["cell"]), folder, {**own, **(parts or {})}, end)


@pytest.mark.parametrize(
    ("content", "texts", "concealed"),
    [
        (shape("PO-9911", run=">"), ["cell", "PO-9911"], []),
        (f"<xdr:grpSp><xdr:grpSp>{shape('PO-9911', run='>')}</xdr:grpSp></xdr:grpSp>", ["cell", "PO-9911"], []),
        (shape("OLD", name='id="2" name="x" hidden="1"', run=">"), ["cell"], [Concealed("OLD")]),
        (shape("OLD", run='strike="sngStrike">'), ["cell"], [Concealed("OLD", "struck")]),
        (
            shape("OLD", "<a:noFill/>", run='><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'),
            ["cell"],
            [Concealed("OLD")],
        ),
        (
            shape(
                "NEW",
                '<a:solidFill><a:srgbClr val="003366"/></a:solidFill>',
                run='><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>',
            ),
            ["cell", "NEW"],
            [],
        ),
    ],
    ids=["box", "group", "hidden", "struck", "white", "white on blue"],
)
def test_text_boxes_of_a_sheet_are_read(
    tmp_path: Path, content: str, texts: list[str], concealed: list[Concealed]
) -> None:
    """Openpyxl drops them; hidden, struck and white text stays apart."""
    blocks = drawn(tmp_path, content)
    assert (texts, concealed) == (said(blocks), [block for block in blocks if isinstance(block, Concealed)])


def test_titles_of_a_chart_are_read(tmp_path: Path) -> None:
    """Its numbers stand in the cells."""
    made = book(["Month", "Sum"], ["May", 5])
    chart = BarChart()
    chart.title = "Sales of 2025"
    chart.add_data(Reference(made.active, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    made.active.add_chart(chart, "D1")
    blocks = parsed(made, tmp_path)
    assert (["Month|Sum", "May|5", "Sales of 2025"], []) == (said(blocks), unread(blocks))


def test_diagrams_are_read_and_ink_is_reported(tmp_path: Path) -> None:
    """The words of a diagram stand in a part of their own; one that is missing is reported, too."""
    frame = (
        '<xdr:graphicFrame><a:graphic><a:graphicData><dgm:relIds xmlns:dgm="http://schemas.openxmlformats.org/drawingml/'
        '2006/diagram" r:dm="rId{}"/></a:graphicData></a:graphic></xdr:graphicFrame>'
    )
    relation = f'<Relationship Id="rId1" Type="{KIND}/diagramData" Target="../diagrams/data1.xml"/>'
    words = '<a:p xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:r><a:t>Step 1</a:t></a:r></a:p>'
    content = frame.format(1) + frame.format(2) + "<xdr:contentPart/>"
    parts = {"xl/diagrams/data1.xml": f"<dataModel>{words}</dataModel>"}
    blocks = drawn(tmp_path, content, relations=relation, parts=parts)
    assert (["cell", "Step 1"], ["drawing", "drawing"]) == (said(blocks), unread(blocks))


def test_pictures_of_a_sheet_keep_their_size(tmp_path: Path) -> None:
    """In points, as the drawing says."""
    made = book(["cell"])
    made.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(picture(40, 30))), "B2")
    sizes = [(block.width, block.height) for block in parsed(made, tmp_path) if isinstance(block, Picture)]
    assert [(30.0, 22.5)] == sizes


CONTROL = (
    '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="1025" name="Check Box 1"/></xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>urgent</a:t>'
    "</a:r></a:p></xdr:txBody></xdr:sp>"
)


@pytest.mark.parametrize(
    ("properties", "texts", "codes"),
    [
        ('objectType="CheckBox" checked="Checked"', ["cell", "☒ urgent"], []),
        ('objectType="CheckBox"', ["cell", "☐ urgent"], []),
        ('objectType="Radio" checked="Checked"', ["cell", "◉ urgent"], []),
        ('objectType="Drop" sel="2"', ["cell", "urgent"], ["form_control"]),
    ],
)
def test_form_controls_show_their_state(tmp_path: Path, properties: str, texts: list[str], codes: list[str]) -> None:
    """The drawing has the text of a box, another part whether it is ticked."""
    parts = {
        "xl/ctrlProps/ctrlProp1.xml": f"<formControlPr {properties}/>",
        "xl/drawings/drawing1.xml": DRAWING.format(CONTROL),
        "xl/worksheets/_rels/sheet1.xml.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{KIND}/drawing" Target="../drawings/drawing1.xml"/>'
            f'<Relationship Id="rId2" Type="{KIND}/ctrlProp" Target="../ctrlProps/ctrlProp1.xml"/>'
        ),
    }
    control = f'<controls><control xmlns:r="{KIND}" shapeId="1025" r:id="rId2"/></controls>'
    end = f'<drawing xmlns:r="{KIND}" r:id="rId1"/>{control}'
    blocks = parsed(book(["cell"]), tmp_path, parts, end)
    assert (texts, codes) == (said(blocks), unread(blocks))


def test_form_controls_of_older_files_show_their_state(tmp_path: Path) -> None:
    """They stand in a drawing of the older kind, beside the boxes of comments."""
    box = (
        '<v:shape id="_x0000_s{0}"><v:textbox><div>{1}</div></v:textbox>'
        '<x:ClientData ObjectType="{2}">{3}</x:ClientData></v:shape>'
    )
    drawing = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">{}</xml>'.format(
            box.format(1, "urgent<br>", "Checkbox", "<x:Checked>1</x:Checked>") + box.format(2, "no", "Note", "")
        )
    )
    parts = {
        "xl/drawings/vmlDrawing1.vml": drawing,
        "xl/worksheets/_rels/sheet1.xml.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{KIND}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>'
        ),
    }
    assert ["cell", "☒ urgent"] == said(parsed(book(["cell"]), tmp_path, parts))


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
