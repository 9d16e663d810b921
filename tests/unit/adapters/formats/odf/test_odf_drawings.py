"""Frames and shapes of an OpenDocument text: their text, pictures and objects; what is not read is reported."""

from pathlib import Path

import pytest

from shared.domain.content.blocks import Picture
from tests.unit.adapters.formats.odf.test_odf_content import NAMES, content, parse, unread
from tests.unit.adapters.formats.test_office_parsers import said
from tests.unit.adapters.typesetting.test_typesetter import picture

SHAPE = "<draw:{0}><text:p>In a shape</text:p></draw:{0}>"


@pytest.mark.parametrize("shape", ["custom-shape", "ellipse", "polygon", "path", "line", "caption", "rect"])
def test_text_of_shapes_is_read(tmp_path: Path, shape: str) -> None:
    """Whatever the shape, in a paragraph or beside one."""
    drawn = SHAPE.format(shape)
    assert ["a", "In a shape", "In a shape"] == said(parse(tmp_path / "x", f"<text:p>a{drawn}</text:p>{drawn}"))


def frame(inside: str) -> str:
    """A paragraph with a frame."""
    return f'<text:p><draw:frame svg:width="2in" svg:height="1in">{inside}</draw:frame></text:p>'


OBJECT = '<draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/>'
SUM = (
    f"<math:math {NAMES}><math:mi>y</math:mi><math:mo>=</math:mo><math:mfrac><math:mi>a</math:mi><math:mn>2</math:mn>"
    "</math:mfrac></math:math>"
)
CELLS = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in ("Screw", "12.50"))
ROW = f"<table:table><table:table-row>{CELLS}</table:table-row></table:table>"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (content("spreadsheet", ROW), ["Screw|12.50"]),
        (content("text", "<text:p>inside</text:p>"), ["inside"]),
        (SUM, ["y=a/2"]),
        (
            content("chart", f"<chart:chart><chart:title><text:p>Sales</text:p></chart:title>{ROW}</chart:chart>"),
            ["Sales", "Screw|12.50"],
        ),
    ],
    ids=["spreadsheet", "text", "equation", "chart"],
)
def test_objects_are_read_instead_of_their_pictures(tmp_path: Path, part: str, expected: list[str]) -> None:
    """Tables, texts, equations and charts; the picture beside them is a copy."""
    parts = {"Object 1/content.xml": part.encode(), "ObjectReplacements/Object 1": b"VCLMTF"}
    blocks = parse(tmp_path / "x", frame(OBJECT), parts=parts)
    assert (expected, [], 0) == (said(blocks), unread(blocks), sum(isinstance(block, Picture) for block in blocks))


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        ('<draw:object-ole xlink:href="./Object 1"/>', ["damaged_content"]),
        (
            '<draw:object-ole xlink:href="./data"/><draw:image xlink:href="./ObjectReplacements/data"/>',
            ["embedded_object"],
        ),
        ('<draw:object xlink:href="file:///C:/book.ods"/>', ["linked_part"]),
        ('<draw:image xlink:href="https://example.com/logo.png"/>', ["linked_part"]),
        ('<draw:plugin xlink:href="./data"/>', ["embedded_object"]),
        ('<draw:image xlink:href="./data"/>', []),
        ('<draw:object-ole xlink:href="./data"/><draw:image xlink:href="Pictures/a.png"/>', []),
    ],
)
def test_what_is_in_no_part_is_reported(tmp_path: Path, inside: str, codes: list[str]) -> None:
    """Objects of other programs without a picture, and links."""
    parts = {"data": b"x", "ObjectReplacements/data": b"VCLMTF", "Pictures/a.png": picture(20, 20)}
    assert codes == unread(parse(tmp_path / "x", frame(inside), parts=parts))


def test_of_several_copies_of_a_picture_one_is_shown(tmp_path: Path) -> None:
    """A drawing of lines has a copy of pixels beside it."""
    images = '<draw:image xlink:href="Pictures/a.svg"/><draw:image xlink:href="Pictures/a.png"/>'
    pixels = picture(20, 20)
    blocks = parse(tmp_path / "x", frame(images), parts={"Pictures/a.svg": b"<svg/>", "Pictures/a.png": pixels})
    assert [(pixels, 144.0)] == [(b.data, b.width) for b in blocks if isinstance(b, Picture)]
