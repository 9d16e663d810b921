"""What a drawing shows: text boxes, pictures, lettering, diagrams and charts; and what of it is not read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.adapters.formats.docx.names import CX, DGM, MC, WP, A, C, O, R, V, W
from shared.adapters.formats.docx.pieces import Piece
from shared.domain.content.blocks import Picture

if TYPE_CHECKING:
    from docx.opc.part import Part
    from lxml.etree import _Element

EMU = 12700
"""English Metric Units in a point."""
_READ_URIS = ("/picture", "/wordprocessingShape", "/wordprocessingGroup", "/wordprocessingCanvas", "/diagram", "/chart")
"""Ends of the names of graphic data that is read; a shape of these kinds may be without text."""


def read_drawing(drawing: "_Element", part: "Part") -> Iterator[Piece]:
    """Yield the pieces of a drawing (DrawingML), a picture or an object (VML)."""
    size = next(drawing.iter(f"{WP}extent"), None)
    width, height = (int(size.get(name, "0")) / EMU for name in ("cx", "cy")) if size is not None else (0.0, 0.0)
    has_content = False
    for element in _iterate_outermost(drawing):
        for piece in _read_element(element, part, width, height):
            has_content = True
            yield piece
    if not has_content:
        yield from _report_unread(drawing)


def _iterate_outermost(element: "_Element") -> "Iterator[_Element]":
    """Yield the elements below, without the content of text boxes and without the older copies of newer drawings."""
    for child in element:
        if child.tag == f"{MC}Fallback" and element.find(f"{MC}Choice") is not None:
            continue
        yield child
        if child.tag != f"{W}txbxContent":
            yield from _iterate_outermost(child)


def _read_element(element: "_Element", part: "Part", width: float, height: float) -> Iterator[Piece]:
    tag = element.tag
    if tag == f"{W}txbxContent":
        yield Piece(box=element)
    elif tag in (f"{A}blip", f"{V}imagedata"):
        reference = element.get(f"{R}embed") or element.get(f"{R}id") or element.get(f"{R}pict") or ""
        linked = element.get(f"{R}link") or element.get(f"{R}href") or element.get("src") or ""
        image = part.related_parts.get(reference)
        if image is not None:
            yield Piece(picture=Picture(image.blob, width, height))
        elif reference or linked:
            yield Piece(unread=_explain_missing(part, reference))
    elif tag == f"{V}textpath" and element.get("string", "").strip():
        yield Piece(aside=element.get("string", "").strip())
    elif tag in (f"{DGM}relIds", f"{C}chart"):
        related = part.related_parts.get(element.get(f"{R}dm") or element.get(f"{R}id") or "")
        code = "chart" if tag == f"{C}chart" else "drawing"
        yield Piece(related=related) if related is not None else Piece(unread=code)
    elif tag == f"{CX}chart":
        yield Piece(unread="chart")


def _explain_missing(part: "Part", reference: str) -> str:
    """Return why a picture is not in the file: it is in another file, or the part is lost."""
    relation = part.rels.get(reference)
    return "damaged_content" if reference and (relation is None or not relation.is_external) else "linked_part"


def _report_unread(drawing: "_Element") -> Iterator[Piece]:
    """Yield what is missing of a drawing that gave nothing; a shape without text lacks nothing."""
    if next(drawing.iter(f"{W}control"), None) is not None:
        yield Piece(unread="form_control")
    elif next(drawing.iter(f"{O}OLEObject"), None) is not None:
        yield Piece(unread="embedded_object")
    for data in drawing.iter(f"{A}graphicData"):
        if not data.get("uri", "").endswith(_READ_URIS):
            yield Piece(unread="drawing")
