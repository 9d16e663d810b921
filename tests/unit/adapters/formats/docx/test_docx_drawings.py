"""Drawings of a DOCX: text boxes, lettering, pictures; what is not read of them is reported."""

from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from shared.domain.content.blocks import Picture
from tests.unit.adapters.formats.docx.test_docx_content import parse, run, unread
from tests.unit.adapters.formats.test_office_parsers import said
from tests.unit.adapters.typesetting.test_typesetter import picture

SHAPE = (
    '<w:drawing><wp:inline><a:graphic><a:graphicData uri="http://x/wordprocessingShape"><wps:wsp><wps:txbx>'
    f"<w:txbxContent><w:p>{run('In a box')}</w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic>"
    "</wp:inline></w:drawing>"
)
VML_BOX = (
    f"<w:pict><v:shape><v:textbox><w:txbxContent><w:p>{run('In a box')}</w:p></w:txbxContent></v:textbox></v:shape>"
    "</w:pict>"
)


@pytest.mark.parametrize(
    "drawing",
    [
        SHAPE,
        VML_BOX,
        (
            f'<mc:AlternateContent><mc:Choice Requires="wps">{SHAPE}</mc:Choice><mc:Fallback>{VML_BOX}</mc:Fallback>'
            "</mc:AlternateContent>"
        ),
        f'<mc:AlternateContent><mc:Choice Requires="zz"/><mc:Fallback>{VML_BOX}</mc:Fallback></mc:AlternateContent>',
        '<w:pict><v:shape><v:textpath string="In a box"/></v:shape></w:pict>',
        VML_BOX.replace(run("In a box"), f"<w:r>{SHAPE}</w:r>"),
    ],
    ids=["drawing", "vml", "both", "older copy only", "lettering", "box in a box"],
)
def test_text_of_drawings_is_read_once(tmp_path: Path, drawing: str) -> None:
    """In shapes of either kind, in lettering such as a watermark, in boxes of boxes."""
    blocks = parse(tmp_path / "x", f"<w:r>{drawing}</w:r>")
    assert (["In a box"], []) == (said(blocks), unread(blocks))


def test_a_picture_in_a_text_box_is_shown(tmp_path: Path) -> None:
    """A scanned stamp in a frame is a picture of the page."""
    made = docx.Document()
    image = Part(PackURI("/word/media/stamp.png"), "image/png", picture(20, 20), made.part.package)
    reference = made.part.relate_to(image, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/stamp")
    inner = f'<w:r><w:drawing><wp:inline><a:blip r:embed="{reference}"/></wp:inline></w:drawing></w:r>'
    blocks = parse(tmp_path / "x", f"<w:r>{VML_BOX.replace(run('In a box'), inner)}</w:r>", made=made)
    assert 1 == sum(isinstance(block, Picture) for block in blocks)


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        ('<w:drawing><a:graphicData uri="http://x/chartex"><cx:chart r:id="r9"/></a:graphicData></w:drawing>', "chart"),
        ('<w:drawing><a:graphicData uri="http://x/ink"/></w:drawing>', "drawing"),
        ('<w:object><o:OLEObject Type="Embed" r:id="r9"/></w:object>', "embedded_object"),
        ('<w:object><w:control r:id="r9"/></w:object>', "form_control"),
        ('<w:drawing><a:blip r:embed="r9"/></w:drawing>', "damaged_content"),
        ('<w:drawing><a:blip r:link="r9"/></w:drawing>', "linked_part"),
    ],
)
def test_drawings_that_are_not_read_are_reported(tmp_path: Path, drawing: str, code: str) -> None:
    """Each by what it is."""
    assert [code] == unread(parse(tmp_path / "x", f"<w:r>{drawing}</w:r>"))


def test_a_shape_without_text_is_no_loss(tmp_path: Path) -> None:
    """The clean twin: lines and frames draw nothing that is read."""
    shape = '<w:drawing><a:graphicData uri="http://x/wordprocessingShape"><wps:wsp/></a:graphicData></w:drawing>'
    assert [] == unread(parse(tmp_path / "x", f"<w:r>{shape}</w:r><w:r><w:pict><v:line/></w:pict></w:r>"))
