"""What is drawn on the sheets of a workbook: text boxes, pictures, charts, diagrams, form controls."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from shared.domain.content.blocks import Block, Concealed, Picture
from tests.unit.adapters.formats.excel.test_xlsx import KIND, book, parsed, unread
from tests.unit.adapters.formats.test_office_parsers import said
from tests.unit.adapters.typesetting.test_typesetter import picture

RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{KIND}">'
    "<xdr:twoCellAnchor>{}</xdr:twoCellAnchor></xdr:wsDr>"
)


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
