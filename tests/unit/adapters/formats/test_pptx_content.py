"""What a slide shows that is no plain text: struck text, signs, merged cells, newer shapes, objects, comments."""

import io
from pathlib import Path
from typing import Any

import pptx
import pytest
from lxml import etree
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from shared.adapters.formats.pptx import parse_pptx
from shared.domain.content.blocks import Block, Concealed, NotRead, Picture, Table
from tests.unit.adapters.formats.test_office_parsers import said, saved
from tests.unit.adapters.typesetting.test_typesetter import picture

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
NAMES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
        "r": f"{OFFICE}/relationships",
        "m": f"{OFFICE}/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    }.items()
)


class Deck:
    """A presentation of one slide."""

    def __init__(self) -> None:
        self.made = pptx.Presentation()
        self.slide = self.made.slides.add_slide(self.made.slide_layouts[6])

    def add_text(self, *runs: str) -> Any:
        """A text box of one paragraph with these runs of PowerPoint's XML."""
        box = self.slide.shapes.add_textbox(Inches(1), Inches(1), Inches(5), Inches(1))
        paragraph = box.text_frame.paragraphs[0]._p
        for run in runs:
            paragraph.append(parse_xml(run))
        return box

    def add_shape(self, xml: str) -> None:
        """A shape of PowerPoint's XML."""
        self.slide.shapes._spTree.append(parse_xml(xml))

    def add_part(self, name: str, media_type: str, data: bytes, relation: str) -> str:
        """A part of the slide; returns its reference."""
        part = Part(PackURI(name), media_type, self.slide.part.package, data)
        return str(self.slide.part.relate_to(part, relation))

    def parse(self, path: Path) -> list[Block]:
        """The blocks of the presentation."""
        return list(parse_pptx(saved(self.made, path)))


def parse_xml(xml: str) -> Any:
    """An element of python-pptx's own classes."""
    from pptx.oxml import parse_xml as parse

    head, _, rest = xml.partition(">") if not xml.split(">", 1)[0].endswith("/") else (xml[:-2], "", "")
    return parse(f"{head} {NAMES}>{rest}" if rest else f"{head} {NAMES}/>")


def run(text: str, attributes: str = "", inside: str = "") -> str:
    """A run of text."""
    return f"<a:r><a:rPr {attributes}>{inside}</a:rPr><a:t>{text}</a:t></a:r>"


def struck(blocks: list[Block]) -> list[str]:
    """The texts that are struck through."""
    return [block.text for block in blocks if isinstance(block, Concealed) and block.why == "struck"]


def unread(blocks: list[Block]) -> list[str]:
    """The codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


@pytest.mark.parametrize(("strike", "is_struck"), [("sngStrike", True), ("dblStrike", True), ("noStrike", False)])
def test_struck_text_leaves_the_line(tmp_path: Path, strike: str, is_struck: bool) -> None:
    """One line or two; a switch that is off strikes nothing."""
    deck = Deck()
    deck.add_text(run("No. "), run("W-0999", f'strike="{strike}"'), run(" W-1004"))
    blocks = deck.parse(tmp_path / "x")
    expected = (["No.  W-1004"], ["W-0999"]) if is_struck else (["No. W-0999 W-1004"], [])
    assert expected == (said(blocks), struck(blocks))


def test_a_list_style_strikes_unless_a_run_is_excepted(tmp_path: Path) -> None:
    """What the text frame says holds for its runs."""
    deck = Deck()
    box = deck.add_text(run("old "), run("valid", 'strike="noStrike"'))
    style = parse_xml('<a:lstStyle><a:lvl1pPr><a:defRPr strike="sngStrike"/></a:lvl1pPr></a:lstStyle>')
    box.text_frame._txBody.insert(1, style)
    blocks = deck.parse(tmp_path / "x")
    assert (["valid"], ["old"]) == (said(blocks), struck(blocks))


def test_struck_text_of_a_cell_follows_the_table(tmp_path: Path) -> None:
    """Cells of merged rows keep the columns below them."""
    deck = Deck()
    table = deck.slide.shapes.add_table(3, 3, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for index, text in enumerate(("Item", "Size", "Amount", "Screw", "4", "12.50", "", "5", "13.50")):
        table.cell(index // 3, index % 3).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 2).text_frame.paragraphs[0]._p.insert(0, parse_xml(run("99.00", 'strike="sngStrike"')))
    blocks = deck.parse(tmp_path / "x")
    assert (["Item|Size|Amount", "Screw|4|12.50", "|5|13.50"], ["99.00"]) == (said(blocks), struck(blocks))


def test_cells_over_several_columns_span_them(tmp_path: Path) -> None:
    """The clean twin of cells merged downwards."""
    deck = Deck()
    table = deck.slide.shapes.add_table(2, 3, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for index, text in enumerate(("Items", "", "Amount", "Screw", "4", "12.50")):
        table.cell(index // 3, index % 3).text = text
    table.cell(0, 0).merge(table.cell(0, 1))
    (found,) = [block for block in deck.parse(tmp_path / "x") if isinstance(block, Table)]
    assert [[("Items", 2), ("Amount", 1)], [("Screw", 1), ("4", 1), ("12.50", 1)]] == [
        [(cell.text, cell.span) for cell in row] for row in found.rows
    ]


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        (run("\uf0fd", "", '<a:sym typeface="Wingdings"/>'), "☒"),
        (run("ý", "", '<a:latin typeface="Wingdings"/>'), "☒"),
        (run("ý", "", '<a:latin typeface="Arial"/>'), "ý"),
        (run("ý", "", '<a:sym typeface="Wingdings"/>'), "ý"),
    ],
)
def test_signs_of_symbol_fonts_are_read_as_seen(tmp_path: Path, sign: str, shown: str) -> None:
    """A font for symbols alone leaves letters as they are."""
    deck = Deck()
    deck.add_text(sign, run(" yes"))
    assert [f"{shown} yes"] == said(deck.parse(tmp_path / "x"))


def text_shape(text: str) -> str:
    """A shape with text."""
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="s"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p>{run(text)}</a:p></p:txBody></p:sp>"
    )


def frame(uri: str, inside: str = "") -> str:
    """A frame with data of a kind."""
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="f"/><p:cNvGraphicFramePr/><p:nvPr/>'
        '</p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm>'
        f'<a:graphic><a:graphicData uri="http://x/{uri}">{inside}</a:graphicData></a:graphic></p:graphicFrame>'
    )


@pytest.mark.parametrize(
    ("shape", "texts", "codes"),
    [
        (text_shape("plain"), ["plain"], []),
        (frame("chartex"), [], ["chart"]),
        (frame("model3d"), [], ["drawing"]),
        (frame("ole", '<p:oleObj r:id="r9"/>'), [], ["embedded_object"]),
        (('<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill>'
         '<a:blip r:link="r9"/></p:blipFill><p:spPr/></p:pic>'), [], ["linked_part"]),
        (('<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill>'
         '<a:blip r:embed="r9"/></p:blipFill><p:spPr/></p:pic>'), [], ["damaged_content"]),
    ],
    ids=["text", "newer chart", "model", "object", "link", "lost"],
)  # fmt: skip
@pytest.mark.parametrize("is_newer", [True, False])
def test_shapes_are_read_or_reported(
    tmp_path: Path, shape: str, texts: list[str], codes: list[str], is_newer: bool
) -> None:
    """Also those that only newer programs know."""
    deck = Deck()
    newer = f'<mc:AlternateContent><mc:Choice Requires="x">{shape}</mc:Choice></mc:AlternateContent>'
    deck.add_shape(newer if is_newer else shape)
    blocks = deck.parse(tmp_path / "x")
    assert (texts, codes) == (said(blocks), unread(blocks))


def test_an_older_copy_stands_for_a_shape_that_is_not_read(tmp_path: Path) -> None:
    """One of the two is read, the newer where it can be."""
    for newer, expected in ((frame("chartex"), ["older"]), (text_shape("newer"), ["newer"])):
        deck = Deck()
        deck.add_shape(
            f'<mc:AlternateContent><mc:Choice Requires="x">{newer}</mc:Choice>'
            f"<mc:Fallback>{text_shape('older')}</mc:Fallback></mc:AlternateContent>"
        )
        blocks = deck.parse(tmp_path / "x")
        assert (expected, []) == (said(blocks), unread(blocks))


def test_an_equation_is_reported(tmp_path: Path) -> None:
    """The text around it is read."""
    deck = Deck()
    equation = "<m:oMath><m:r><m:t>y</m:t></m:r></m:oMath>"
    newer = f'<mc:AlternateContent><mc:Choice Requires="x">{equation}</mc:Choice></mc:AlternateContent>'
    deck.add_text(run("Rate "), newer)
    blocks = deck.parse(tmp_path / "x")
    assert (["Rate"], ["equation"]) == (said(blocks), unread(blocks))


def test_a_picture_that_fills_a_shape_is_shown(tmp_path: Path) -> None:
    """And one of an object, as a picture is."""
    deck = Deck()
    pixels = picture(20, 20)
    reference = deck.add_part("/ppt/media/i9.png", "image/png", pixels, f"{OFFICE}/relationships/image")
    fill = f'<p:spPr><a:blipFill><a:blip r:embed="{reference}"/></a:blipFill></p:spPr>'
    deck.add_shape(text_shape("a").replace("<p:spPr/>", fill))
    deck.slide.shapes.add_picture(io.BytesIO(picture(30, 30)), Inches(1), Inches(4))
    blocks = deck.parse(tmp_path / "x")
    assert 2 == sum(isinstance(block, Picture) for block in blocks)
    assert pixels in [block.data for block in blocks if isinstance(block, Picture)]


@pytest.mark.parametrize(
    "comment",
    [
        "<p:cmLst {0}><p:cm><p:text>Is this net?</p:text></p:cm></p:cmLst>",
        (
            '<q:cmLst {0} xmlns:q="http://schemas.microsoft.com/office/powerpoint/2018/8/main"><q:cm><q:txBody><a:p><a:r>'
            "<a:t>Is this net?</a:t></a:r></a:p></q:txBody></q:cm></q:cmLst>"
        ),
    ],
)
def test_comments_follow_the_slide(tmp_path: Path, comment: str) -> None:
    """Of either kind that PowerPoint writes."""
    deck = Deck()
    deck.add_text(run("12.50"))
    data = etree.tostring(etree.fromstring(comment.format(NAMES)))
    deck.add_part("/ppt/comments/c1.xml", "application/xml", data, f"{OFFICE}/relationships/comments")
    assert ["12.50", "Comment: Is this net?"] == said(deck.parse(tmp_path / "x"))


def test_struck_notes_are_apart(tmp_path: Path) -> None:
    """Notes are text like that of the slide."""
    deck = Deck()
    frame_of_notes = deck.slide.notes_slide.notes_text_frame
    assert frame_of_notes is not None
    frame_of_notes.text = "net "
    frame_of_notes.paragraphs[0]._p.append(parse_xml(run("gross", 'strike="sngStrike"')))
    blocks = deck.parse(tmp_path / "x")
    assert (["Notes: net"], ["gross"]) == (said(blocks), struck(blocks))
