"""Read the drawings of a sheet: text boxes, pictures, titles of charts, diagrams (ECMA-376, 20.5)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from shared.adapters.formats.xlsx.parts import Package, Related, relation_id
from shared.domain.content.blocks import Block, Concealed, NotRead, Paragraph, Picture

if TYPE_CHECKING:
    from lxml.etree import _Element

EMU = 12_700
"""English Metric Units in a point."""
MAX_DEPTH = 60
_SKIPPED = frozenset({"Fallback", "from", "to", "clientData"})
_WHITE = frozenset({"FFFFFF", "bg1", "lt1"})
_MISSING = Related("", "")


class Drawing:
    """One drawing part. `signs` are what stands before the text of a form control, by the id of its shape."""

    def __init__(self, package: Package, part: str, signs: Mapping[str, str]) -> None:
        self._package = package
        self._related = package.relations_of(part)
        self._root = package.parse(part)
        self._signs = signs
        self.shape_ids: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of all shapes, in the order of the file."""
        if self._root is None:
            yield NotRead("drawing")
        else:
            yield from self._inside(self._root, 0)

    def _inside(self, parent: "_Element", depth: int) -> Iterator[Block]:
        from lxml import etree

        for shape in parent if depth < MAX_DEPTH else ():
            name = etree.QName(shape).localname if isinstance(shape.tag, str) else "Fallback"
            if name in _SKIPPED:
                continue
            if name in ("sp", "cxnSp"):
                yield from self._shape(shape)
            elif name == "pic":
                yield from self._picture(shape)
            elif name == "graphicFrame":
                yield from _conceal_hidden(shape, list(self._graphic(shape)))
            elif name == "contentPart":
                yield NotRead("drawing")
            elif name == "grpSp" and _is_hidden(shape):
                yield from _conceal_hidden(shape, list(self._inside(shape, depth + 1)))
            else:
                yield from self._inside(shape, depth + 1)

    def _shape(self, shape: "_Element") -> Iterator[Block]:
        identity = next((item.get("id", "") for item in shape.iter("{*}cNvPr")), "")
        self.shape_ids.add(identity)
        blocks = list(read_text_body(shape, is_filled=_is_filled(shape)))
        if identity in self._signs:
            caption = next((block.text for block in blocks if isinstance(block, Paragraph)), "")
            blocks = [Paragraph(f"{self._signs[identity]} {caption}".strip())]
        yield from _conceal_hidden(shape, blocks)

    def _picture(self, shape: "_Element") -> Iterator[Block]:
        blip = next(shape.iter("{*}blip"), None)
        part = self._related.get(relation_id(blip, "embed"), _MISSING).name if blip is not None else ""
        if not self._package.has(part) or _is_hidden(shape):
            return
        anchor = next(shape.iterancestors("{*}oneCellAnchor", "{*}absoluteAnchor"), None)
        extents = [*shape.iter("{*}ext"), *(anchor.iterchildren("{*}ext") if anchor is not None else ())]
        sizes = [(_points(extent.get("cx", "")), _points(extent.get("cy", ""))) for extent in extents]
        yield Picture(self._package.read(part), *next((size for size in sizes if all(size)), (0.0, 0.0)))

    def _graphic(self, frame: "_Element") -> Iterator[Block]:
        for reference in frame.iter("{*}chart", "{*}relIds"):
            is_chart = not reference.get("dm") and not relation_id(reference, "dm")
            part = self._related.get(relation_id(reference, "id" if is_chart else "dm"), _MISSING).name
            root = self._package.parse(part)
            if root is None:
                yield NotRead("chart" if is_chart else "drawing")
            else:
                yield from read_text_body(root)


def read_text_body(shape: "_Element", *, is_filled: bool = True) -> Iterator[Block]:
    """Yield the paragraphs of a shape, a chart or a diagram; struck and white runs are Concealed."""
    for paragraph in shape.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
        shown, struck, white = "", "", ""
        for run in paragraph:
            text = "".join(part.text or "" for part in run.iter("{*}t")) if _local(run) in ("r", "fld") else ""
            properties = run.find("{*}rPr")
            if _local(run) == "br":
                shown += "\n"
            elif properties is not None and properties.get("strike", "noStrike") != "noStrike":
                struck += f" {text}"
            elif not is_filled and properties is not None and _is_white(properties):
                white += f" {text}"
            else:
                shown += text
        if shown.strip():
            yield Paragraph(shown.strip())
        if struck.strip():
            yield Concealed(struck.strip(), "struck")
        if white.strip():
            yield Concealed(white.strip())


def _local(element: "_Element") -> str:
    from lxml import etree

    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _is_filled(shape: "_Element") -> bool:
    """Return whether a shape has a ground of its own: a fill, or a style that fills it."""
    properties = shape.find("{*}spPr")
    if properties is not None and properties.find("{*}noFill") is not None:
        return False
    fills = (
        properties.iterchildren("{*}solidFill", "{*}gradFill", "{*}pattFill", "{*}blipFill")
        if properties is not None
        else ()
    )
    return any(not _is_white(fill) for fill in fills) or (not any(fills) and shape.find("{*}style") is not None)


def _is_white(properties: "_Element") -> bool:
    colours = [colour.get("val", "") for colour in properties.iter("{*}srgbClr", "{*}schemeClr")]
    return bool(colours) and colours[0] in _WHITE


def _is_hidden(shape: "_Element") -> bool:
    identity = next(shape.iter("{*}cNvPr"), None)
    return identity is not None and identity.get("hidden", "0") in ("1", "true")


def _conceal_hidden(shape: "_Element", blocks: list[Block]) -> Iterator[Block]:
    if not _is_hidden(shape):
        yield from blocks
        return
    text = " ".join(block.text for block in blocks if isinstance(block, Paragraph | Concealed))
    if text:
        yield Concealed(text)


def _points(length: str) -> float:
    return int(length) / EMU if length.isdecimal() else 0.0
