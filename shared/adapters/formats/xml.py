"""Parse any XML with lxml: a line for each element that has text, under the names of those around it."""

from typing import TYPE_CHECKING

from shared.adapters.base.charsets import recode_xml
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Flow, Paragraph
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from lxml import etree

MAX_DEPTH = 200
"""Elements nested deeper than this are no document, but an attack on a parser's stack."""


def parse_xml(file: SourceFile) -> Flow:
    """Elements as `name: text`, attributes likewise, indented by their depth. Comments are not text.

    Raises Unreadable (`unreadable`): not well-formed, nested too deep, or with entities of its own, which are how XML
    bombs and thefts of files are built; none is ever expanded, no address ever opened.
    """
    from lxml import etree

    data, is_utf8 = recode_xml(file.path.read_bytes())
    parser = etree.XMLParser(
        encoding="utf-8" if is_utf8 else None, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(data, parser).getroottree()
    except etree.XMLSyntaxError as failure:
        text = f"The XML is not well-formed (line {failure.lineno}): save a new copy and upload it."
        raise Unreadable("unreadable", text) from None
    declared = tree.docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise Unreadable("unreadable", "The XML declares entities of its own: upload it without a DOCTYPE.")
    yield from _element(tree.getroot(), 0)


def _element(element: "etree._Element", depth: int) -> Flow:
    if depth > MAX_DEPTH:
        raise Unreadable("unreadable", f"The XML is nested deeper than {MAX_DEPTH} elements: upload a simpler one.")
    name = _local(element.tag)
    text = " ".join((element.text or "").split())
    yield Paragraph(f"{name}: {text}" if text else name, indent=depth)
    for key, value in element.attrib.items():
        yield Paragraph(f"{_local(key)}: {value}", indent=depth + 1)
    for child in element:
        if isinstance(child.tag, str):
            yield from _element(child, depth + 1)
        tail = " ".join((child.tail or "").split())
        if tail:
            yield Paragraph(tail, indent=depth + 1)


def _local(name: str | bytes) -> str:
    """Return a name without its namespace."""
    return str(name).rpartition("}")[2]
