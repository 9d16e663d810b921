"""The text and the pictures inside a paragraph, told apart from what Word does not print."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.docx_parser.names import DGM, MC, WP, A, C, R, V, W
from shared.adapters.docx_parser.styles import Styles, hides, whitens
from shared.domain.flow import Picture

if TYPE_CHECKING:
    from docx.opc.part import Part
    from lxml.etree import _Element

EMU = 12700
"""English Metric Units in a point."""
DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_SILENT = frozenset({f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}rPr", f"{W}pPr", f"{MC}Fallback"})
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": ""}


class Piece(NamedTuple):
    """A piece of a paragraph: shown text, unshown text, a mark (`page`, or a note's `footnote 2`), a picture, a box."""

    shown: str = ""
    concealed: str = ""
    mark: str = ""
    picture: Picture | None = None
    box: "_Element | None" = None
    related: str = ""


def pieces(element: "_Element", part: "Part", styles: Styles, *, deleted: bool = False) -> Iterator[Piece]:
    """The pieces of a paragraph or of anything in it, in order."""
    for child in element:
        tag = child.tag
        if tag in _SILENT:
            if tag == f"{W}delText":
                yield Piece(concealed=child.text or "")
            continue
        if tag == f"{W}r":
            yield from _run(child, part, styles, deleted=deleted)
        else:
            yield from pieces(child, part, styles, deleted=deleted or tag in DELETED)


def _run(run: "_Element", part: "Part", styles: Styles, *, deleted: bool) -> Iterator[Piece]:
    properties = run.find(f"{W}rPr")
    named = properties.find(f"{W}rStyle") if properties is not None else None
    style = styles.of(named.get(f"{W}val", "") if named is not None else "")
    unseen = deleted or hides(properties, hidden=style.hidden) or whitens(properties, white=style.white)
    for child in run:
        yield from _inside(child, part, unseen=unseen)


def _inside(child: "_Element", part: "Part", *, unseen: bool) -> Iterator[Piece]:
    tag = child.tag
    if tag in (f"{W}t", f"{W}delText"):
        text = child.text or ""
        yield Piece(concealed=text) if unseen or tag == f"{W}delText" else Piece(shown=text)
    elif tag == f"{W}br" and child.get(f"{W}type") == "page":
        yield Piece(mark="page")
    elif tag in _SIGNS:
        yield Piece(shown=_SIGNS[tag])
    elif tag == f"{W}sym":
        code = child.get(f"{W}char", "")
        yield Piece(shown=chr(int(code, 16)) if 0 < len(code) <= 4 else "")  # noqa: PLR2004 - ST_ShortHexNumber
    elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
        yield Piece(mark=f"{tag[len(W) :].removesuffix('Reference')} {child.get(f'{W}id', '')}")
    elif tag == f"{MC}AlternateContent":
        for choice in child.findall(f"{MC}Choice")[:1] or child.findall(f"{MC}Fallback"):
            yield from (piece for part_of in choice for piece in _inside(part_of, part, unseen=unseen))
    elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
        yield from _drawn(child, part)


def _drawn(drawing: "_Element", part: "Part") -> Iterator[Piece]:
    """Text boxes, pictures, diagrams and charts of a drawing."""
    size = next(drawing.iter(f"{WP}extent"), None)
    width, height = (int(size.get(name, "0")) / EMU for name in ("cx", "cy")) if size is not None else (0.0, 0.0)
    boxes = [box for box in drawing.iter(f"{W}txbxContent") if not any(box.iterancestors(f"{MC}Fallback"))]
    yield from (Piece(box=box) for box in boxes)
    for shown in drawing.iter(f"{A}blip", f"{V}imagedata"):
        if any(shown.iterancestors(f"{W}txbxContent", f"{MC}Fallback")):
            continue
        related = part.related_parts.get(shown.get(f"{R}embed") or shown.get(f"{R}id") or "")
        if related is not None:
            yield Piece(picture=Picture(related.blob, width, height))
    for reference in drawing.iter(f"{DGM}relIds", f"{C}chart"):
        yield Piece(related=reference.get(f"{R}dm") or reference.get(f"{R}id") or "")
