"""The content of a shape other than text: pictures, diagrams, charts, objects; and what of it is not read."""

from collections.abc import Iterator
from typing import Any

from shared.adapters.formats.pptx.names import DGM, EMU, A, C, P, R
from shared.domain.content.blocks import Block, NotRead, Paragraph, Picture

_READ_FRAMES = ("/table", "/chart", "/diagram", "/ole")


def read_drawn(shape: Any) -> Iterator[Block]:  # noqa: ANN401 - each kind of shape has other members
    """Yield the pictures and diagrams of a shape; NotRead for what it holds of another kind."""
    element = shape._element  # noqa: SLF001 - no API for diagrams and fills
    blips = [blip for blip in element.iter(f"{A}blip") if blip.getparent().tag != f"{A}buBlip"]
    blips = list({(blip.get(f"{R}embed"), blip.get(f"{R}link")): blip for blip in blips}.values())
    yield from (block for blip in blips for block in _read_picture(shape, blip))
    for related in element.iter(f"{DGM}relIds"):
        yield from read_words(shape.part.related_part(related.get(f"{R}dm", "")))
    if next(element.iter(f"{P}oleObj"), None) is not None and not blips:
        yield NotRead("embedded_object")
    if element.tag == f"{P}contentPart":
        yield NotRead("drawing")
    for data in element.iter(f"{A}graphicData"):
        uri = data.get("uri", "")
        if not uri.endswith(_READ_FRAMES):
            yield NotRead("chart" if uri.endswith("/chartex") else "drawing")


def _read_picture(shape: Any, blip: Any) -> Iterator[Block]:  # noqa: ANN401 - as above
    reference = blip.get(f"{R}embed")
    if not reference:
        if blip.get(f"{R}link"):
            yield NotRead("linked_part")
        return
    try:
        part = shape.part.related_part(reference)
    except KeyError:
        yield NotRead("damaged_content")
        return
    yield Picture(part.blob, (shape.width or 0) / EMU, (shape.height or 0) / EMU)


def read_words(part: Any) -> Iterator[Block]:  # noqa: ANN401 - a part of the library
    """Yield the words of a diagram or a chart, each a paragraph."""
    root = parse_part(part)
    for element in root.iter(f"{A}p", f"{C}v"):
        text = "".join(run.text or "" for run in element.iter(f"{A}t")) or (element.text or "").strip()
        if text:
            yield Paragraph(text)


def read_comments(part: Any) -> Iterator[Block]:  # noqa: ANN401 - as above
    """Yield the comments of a slide, of either kind that PowerPoint writes."""
    for relation in part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/comments"):
            continue
        for comment in parse_part(relation.target_part).iter("{*}cm"):
            texts = [*comment.iter(f"{P}text"), *comment.iter(f"{A}t")]
            text = " ".join(filter(None, ((node.text or "").strip() for node in texts)))
            if text:
                yield Paragraph(f"Comment: {text}")


def parse_part(part: Any) -> Any:  # noqa: ANN401 - as above
    """Return the root element of a part."""
    from lxml import etree

    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
