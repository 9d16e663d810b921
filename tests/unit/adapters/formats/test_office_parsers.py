"""What parsers make of files: all that a person sees, and apart from it what is hidden."""

import io
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.comments import Comment
from openpyxl.styles import Font
from pptx.util import Inches

from shared.adapters.formats.docx import parse_docx
from shared.adapters.formats.odf import parse_ods, parse_odt
from shared.adapters.formats.ole import parse_ole
from shared.adapters.formats.pptx import parse_pptx
from shared.adapters.formats.xlsx import parse_xlsx
from shared.adapters.formats.zip_guard import parse_guarded
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, Paragraph, Picture, Table
from shared.ports.reading import SourceFile
from tests.unit.adapters.typesetting.test_typesetter import picture

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style", "drawing")
)


def said(blocks: list[Block]) -> list[str]:
    """The texts of paragraphs, and the rows of tables with bars between their cells."""
    texts: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph) and block.text.strip():
            texts.append(block.text)
        elif isinstance(block, Table):
            texts += ["|".join(cell.text for cell in row) for row in block.rows]
    return texts


def hidden(blocks: list[Block]) -> list[str]:
    """The texts that are concealed."""
    return [block.text for block in blocks if isinstance(block, Concealed)]


def saved(made: Any, path: Path) -> SourceFile:
    """The document in a file."""
    made.save(path)
    return SourceFile(path)


def test_a_docx_says_what_word_prints(tmp_path: Path) -> None:
    """Header, headings, numbers of lists, tables with pictures in them, footer: each once, in order."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "Müller GmbH"
    made.sections[0].footer.paragraphs[0].text = "Page foot"
    made.add_heading("Invoice", 1)
    made.add_paragraph("First", style="List Number")
    made.add_paragraph("Second", style="List Number")
    table = made.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("Item", "Price", "Screw", "12.50"), strict=True
    ):
        cell.text = text
    made.add_picture(io.BytesIO(picture(40, 30)))
    blocks = list(parse_docx(saved(made, tmp_path / "x")))
    assert ["Müller GmbH", "Invoice", "1. First", "2. Second", "Item|Price", "Screw|12.50", "Page foot"] == said(blocks)
    assert [1] == [block.level for block in blocks if isinstance(block, Paragraph) and block.text == "Invoice"]
    assert 1 == sum(isinstance(block, Picture) for block in blocks)


def test_a_docx_keeps_what_is_hidden_apart(tmp_path: Path) -> None:
    """Insertions are text; deletions, vanished and white letters are not."""
    made = docx.Document()
    made.element.body.insert(
        0,
        parse_xml(
            f'<w:p {W}><w:r><w:t xml:space="preserve">Total </w:t></w:r>'
            '<w:ins w:id="1"><w:r><w:t>120</w:t></w:r></w:ins>'
            '<w:del w:id="2"><w:r><w:delText>999</w:delText></w:r></w:del>'
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>vanished</w:t></w:r>"
            '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>white</w:t></w:r></w:p>'
        ),
    )
    blocks = list(parse_docx(saved(made, tmp_path / "x")))
    assert (["Total 120"], ["999vanishedwhite"]) == (said(blocks), hidden(blocks))


def test_a_docx_tells_its_comments_and_boxes(tmp_path: Path) -> None:
    """A comment follows the text under its author's name; a text box is text."""
    made = docx.Document()
    run = made.add_paragraph("Agreed price").runs[0]
    made.add_comment(run, text="Is this net?", author="Ann")
    box = "<w:p><w:r><w:t>In a box</w:t></w:r></w:p>"
    made.element.body.insert(
        1,
        parse_xml(
            f'<w:p {W} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{box}'
            "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
        ),
    )
    blocks = list(parse_docx(saved(made, tmp_path / "x")))
    assert ["Agreed price", "In a box", "Comment (Ann): Is this net?"] == said(blocks)


def test_a_table_that_only_lays_out_is_unrolled(tmp_path: Path) -> None:
    """A letter set in a frame of tables reads as a letter; the table inside stays one."""
    made = docx.Document()
    outer = made.add_table(1, 2)
    outer.cell(0, 0).text = "Sender"
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "No.", "17"
    assert ["Sender", "No.|17"] == said(list(parse_docx(saved(made, tmp_path / "x"))))


def test_an_xlsx_says_what_its_cells_show(tmp_path: Path) -> None:
    """Numbers by their formats, each visible sheet under its name; what is hidden or white stays apart."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Invoice"
    for row in (["Item", "Price", "Tax"], ["Screw", 1234.5, 0.19], ["secret", 1, 1]):
        sheet.append(row)
    sheet["B2"].number_format, sheet["C2"].number_format = "#,##0.00 [$€-407]", "0%"
    sheet["A2"].comment = Comment("in stock", "Ann")
    sheet.row_dimensions[3].hidden = True
    sheet["E2"] = "white"
    sheet["E2"].font = Font(color="FFFFFFFF")
    made.create_sheet("Terms")["A1"] = "30 days"
    away = made.create_sheet("Away")
    away["A1"], away.sheet_state = "hidden sheet", "hidden"
    blocks = list(parse_xlsx(saved(made, tmp_path / "x")))
    expected = ["Invoice", "Item|Price|Tax", "Screw|1.234,50 €|19%", "Comment at A2: in stock", "Terms", "30 days"]
    assert (expected, [["secret", "1", "1", "white"]], "Away hidden sheet") == (
        said(blocks),
        [sorted(hidden(blocks)[0].split(), key=["secret", "1", "1", "white"].index)],
        hidden(blocks)[1],
    )


def test_a_formula_without_a_value_is_told(tmp_path: Path) -> None:
    """A file that no spreadsheet program ever calculated must not read as one with empty cells."""
    made = openpyxl.Workbook()
    made.active.append(["Total", "=1+2"])
    texts = said(list(parse_xlsx(saved(made, tmp_path / "x"))))
    assert ("Total|=1+2", True) == (texts[0], texts[1].startswith("1 formulas of this sheet have no stored value"))


def test_a_pptx_says_what_its_slides_show(tmp_path: Path) -> None:
    """A slide from the top, its table, its notes; a hidden slide stays apart."""
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Offer"
    cells = slide.shapes.add_table(1, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    cells.cell(0, 0).text, cells.cell(0, 1).text = "Screws", "12.50"
    slide.notes_slide.notes_text_frame.text = "say it slowly"
    away = made.slides.add_slide(made.slide_layouts[5])
    away.shapes.title.text = "Do not show"
    away.element.set("show", "0")
    blocks = list(parse_pptx(saved(made, tmp_path / "x")))
    assert (["Offer", "Screws|12.50", "Notes: say it slowly"], ["Do not show"]) == (said(blocks), hidden(blocks))


def odf(path: Path, kind: str, body: str, styles: str = "") -> SourceFile:
    """An OpenDocument file with this body."""
    content = (
        f"<office:document-content {_ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
    return SourceFile(path)


def test_an_odt_says_what_it_prints(tmp_path: Path) -> None:
    """Headings, lists, runs of spaces, tables; hidden and deleted text stays apart."""
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><text:h text:outline-level="2">Invoice</text:h>'
        "<text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>"
        '<text:p>A<text:s text:c="3"/>B <text:span text:style-name="off">unseen</text:span>C</text:p>'
        "<table:table><table:table-row><table:table-cell><text:p>Item</text:p></table:table-cell>"
        "<table:table-cell><text:p>12,50</text:p></table:table-cell></table:table-row></table:table>"
    )
    styles = '<style:style style:name="off"><style:text-properties text:display="none"/></style:style>'
    blocks = list(parse_odt(odf(tmp_path / "x", "text", body, styles)))
    assert (["Invoice", "• One", "A   B C", "Item|12,50"], ["gone", "unseen"]) == (said(blocks), hidden(blocks))


def test_an_ods_says_what_its_cells_show(tmp_path: Path) -> None:
    """The text of a cell is what its program showed; repeated cells come as often, an empty rest does not."""
    body = (
        '<table:table table:name="S"><table:table-column table:number-columns-repeated="2"/>'
        '<table:table-row><table:table-cell office:value-type="float" office:value="1234.5"><text:p>1.234,50 €</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell>'
        '</table:table-row><table:table-row table:visibility="collapse"><table:table-cell><text:p>away</text:p>'
        '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
        "</table:table-row></table:table>"
    )
    blocks = list(parse_ods(odf(tmp_path / "x", "spreadsheet", body)))
    assert (["1.234,50 €|x|x"], ["away"]) == (said(blocks), hidden(blocks))


def test_a_bomb_is_told_before_it_is_opened(tmp_path: Path) -> None:
    """A megabyte that unpacks to a gigabyte costs nothing but a look at its directory."""
    with zipfile.ZipFile(tmp_path / "x", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 2_000_000)
    parser = partial(parse_guarded, parser=parse_docx, most_bytes=1_000_000)
    with pytest.raises(Unreadable) as caught:
        list(parser(SourceFile(tmp_path / "x")))
    assert ("too_large", True) == (caught.value.code, "INTRAY_UNPACKED_BYTES" in str(caught.value))


def test_entities_of_its_own_are_refused(tmp_path: Path) -> None:
    """No office program declares any; who does wants a parser to expand them."""
    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(Unreadable) as caught:
        list(parse_guarded(SourceFile(tmp_path / "x"), parse_docx, 1_000_000))
    assert "unreadable" == caught.value.code


@pytest.mark.parametrize(("passwords", "expected"), [(("wrong", "right"), ["1"]), ((), None)])
def test_an_encrypted_file_opens_with_its_password(
    tmp_path: Path, passwords: tuple[str, ...], expected: list[str] | None
) -> None:
    """Each known password is tried; without the right one the sender learns what is asked for."""
    made = openpyxl.Workbook()
    made.active["A1"] = 1
    plain, locked = io.BytesIO(), io.BytesIO()
    made.save(plain)
    OOXMLFile(plain).encrypt("right", locked)
    (tmp_path / "x").write_bytes(locked.getvalue())
    file = SourceFile(tmp_path / "x", passwords)
    if expected is None:
        with pytest.raises(Unreadable) as caught:
            list(parse_ole(file, {"XLSX": parse_xlsx}))
        assert "password_required" == caught.value.code
    else:
        assert expected == said(list(parse_ole(file, {"XLSX": parse_xlsx})))
