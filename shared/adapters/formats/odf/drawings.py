"""Frames of OpenDocument: text boxes, pictures, and objects such as tables, charts and equations."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, Self

from shared.adapters.formats.odf.parts.equations import write_equation
from shared.adapters.formats.odf.parts.names import (
    CHART,
    DRAW,
    MATH,
    OFFICE,
    SVG,
    TABLE,
    TEXT,
    XLINK,
    read_words,
    to_points,
)
from shared.adapters.formats.odf.parts.styles import PLAIN, Appearance
from shared.domain.content.blocks import Block, NotRead, Paragraph, Picture

if TYPE_CHECKING:
    from lxml.etree import _Element

    from shared.adapters.formats.odf.parts.package import OdfDocument

_VECTORS = (".svg", ".svm", ".emf", ".wmf", ".gdi")
_OBJECTS = frozenset({f"{DRAW}{name}" for name in ("object", "object-ole", "applet", "plugin", "floating-frame")})
_TITLES = tuple(f"{CHART}{name}" for name in ("title", "subtitle", "footer"))


class BlockReader(Protocol):
    """Reads the text and the tables of one document of the file; what stands in frames is read in the same way."""

    document: "OdfDocument"

    def open_nested(self, inside: "OdfDocument") -> Self:
        """Return a reader of a document inside this one."""

    def read_blocks(
        self, parent: "Iterable[_Element]", indent: int, depth: int, appearance: Appearance = PLAIN
    ) -> Iterator[Block]:
        """Yield the blocks of the elements in `parent`."""

    def read_table(self, table: "_Element", depth: int) -> Iterator[Block]:
        """Yield the blocks of a table in a text."""


def read_frame(walk: BlockReader, frame: "_Element", depth: int, appearance: Appearance) -> Iterator[Block]:
    """Yield what a frame shows: the object in it, else its picture or its text box."""
    objects = [child for child in frame if child.tag in _OBJECTS]
    blocks = [block for item in objects for block in _read_object(walk, item, depth)]
    if objects and all(isinstance(block, NotRead) for block in blocks):
        pictures = list(_read_picture(walk.document, frame))
        has_raster = any(isinstance(picture, Picture) for picture in pictures) and not _is_vector(_first_image(frame))
        blocks = pictures if has_raster else blocks or [NotRead("embedded_object")]
    yield from blocks
    if not objects:
        yield from _read_picture(walk.document, frame)
        yield from walk.read_blocks(frame, 0, depth, appearance)


def _first_image(frame: "_Element") -> "_Element | None":
    """Return the picture of a frame: of several copies the first that is made of pixels."""
    images = frame.findall(f"{DRAW}image")
    return next((image for image in images if not _is_vector(image)), images[0] if images else None)


def _is_vector(image: "_Element | None") -> bool:
    """Return whether a picture is one of lines, by its name; the copies that stand for objects have none."""
    name = image.get(f"{XLINK}href", "").lower() if image is not None else ""
    return name.endswith(_VECTORS) or "objectreplacements/" in name


def _read_picture(document: "OdfDocument", frame: "_Element") -> Iterator[Block]:
    image = _first_image(frame)
    if image is None:
        return
    width, height = (to_points(frame.get(f"{SVG}{side}", "")) for side in ("width", "height"))
    reference, inline = image.get(f"{XLINK}href", ""), image.findtext(f"{OFFICE}binary-data")
    data = _decode(inline) if inline else document.read_part(reference) if reference else b""
    if data is None:
        yield NotRead(_explain_missing(reference))
    elif data or inline:
        yield Picture(data, width, height)


def _explain_missing(reference: str) -> str:
    """Return why a part is not in the file: it is elsewhere, or lost."""
    return "linked_part" if ":" in reference or reference.startswith(("/", "../")) else "damaged_content"


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""


def _read_object(walk: BlockReader, element: "_Element", depth: int) -> Iterator[Block]:
    reference = element.get(f"{XLINK}href", "")
    equation = element.find(f"{MATH}math")
    inside = walk.document.open_object(reference) if element.tag == f"{DRAW}object" and reference else None
    if equation is not None:
        yield Paragraph(write_equation(equation))
    elif inside is not None:
        yield from _read_document(walk, inside, depth)
    elif reference and not walk.document.holds(reference):
        yield NotRead(_explain_missing(reference))
    else:
        yield NotRead("embedded_object")


def _read_document(walk: BlockReader, inside: "OdfDocument", depth: int) -> Iterator[Block]:
    """Yield what an object shows: an equation, a chart's titles and numbers, a text, the tables of a spreadsheet."""
    root = inside.content
    if root.tag == f"{MATH}math":
        yield Paragraph(write_equation(root))
        return
    nested = walk.open_nested(inside)
    for chart in root.iter(f"{CHART}chart"):
        yield from (Paragraph(read_words(title)) for title in chart.iter(*_TITLES))
    is_known = False
    for body in root.iter(f"{OFFICE}text", f"{OFFICE}spreadsheet", f"{OFFICE}chart"):
        is_known = True
        if body.tag == f"{OFFICE}text":
            yield from nested.read_blocks(body, 0, depth)
        else:
            for table in body.iter(f"{TABLE}table"):
                yield from nested.read_table(table, depth)
    if not is_known:
        yield from (Paragraph(read_words(text)) for text in root.iter(f"{TEXT}p") if read_words(text))
        yield NotRead("embedded_object")
