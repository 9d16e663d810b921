"""Tell what frames and objects show: a page of HTML inside the file, nothing, or something that is not read."""

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_FRAME_NESTING = 3
MIN_SEEN_SIDE = 2.0
"""A frame that is narrower or lower shows nothing; pages count their visitors with those. In CSS pixels."""
_PAGE_ADDRESS = re.compile(r"\s*data:(?:text/html|application/xhtml\+xml)([^,]*),", re.IGNORECASE)
MIN_DRAWING_SIDE = 200.0
"""A drawing without text that is smaller is a sign or a logo, in CSS pixels."""
_SOURCES = {"iframe": "src", "embed": "src", "object": "data"}


def embedded_page(element: "HtmlElement", nesting: int) -> "HtmlElement | None":
    """Return the tree of a page that an element holds (`srcdoc`, a `data:` address); None when there is none."""
    from lxml import etree, html

    source = element.get("srcdoc", "").encode() if element.tag == "iframe" else b""
    if not source:
        source = _decode_page_address(element.get(_SOURCES[element.tag], ""))
    if not source.strip() or nesting >= MAX_FRAME_NESTING:
        return None
    try:
        return html.document_fromstring(source, parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, ValueError):
        return None


def is_unread_object(element: "HtmlElement") -> bool:
    """Return whether an element shows something that is not in the page."""
    address = element.get("srcdoc") or element.get(_SOURCES[element.tag], "")
    if not address.strip() or address.strip().lower().startswith(("about:", "javascript:")):
        return False
    return all(side is None or side >= MIN_SEEN_SIDE for side in _sides(element))


def is_unread_drawing(element: "HtmlElement") -> bool:
    """Return whether a `canvas` or an `svg` may show text that is drawn: by a script, or as outlines."""
    if element.tag == "canvas":
        return next(element.getroottree().iter("script"), None) is not None
    is_large = all(side is not None and side >= MIN_DRAWING_SIDE for side in _sides(element))
    return is_large and next(element.iter("text", "foreignobject"), None) is None


def _sides(element: "HtmlElement") -> list[float | None]:
    """Return the width and the height of an element by its attributes, in CSS pixels."""
    sides = [re.match(r"\s*(\d+(?:\.\d*)?)\s*(?:px)?\s*$", element.get(name, "")) for name in ("width", "height")]
    return [float(side[1]) if side else None for side in sides]


def _decode_page_address(address: str) -> bytes:
    match = _PAGE_ADDRESS.match(address)
    if match is None:
        return b""
    content = unquote_to_bytes(address[match.end() :])
    if not match[1].lower().endswith(";base64"):
        return content
    try:
        return base64.b64decode(content, validate=False)
    except binascii.Error:
        return b""
