"""Open a page of HTML: its encoding, its tree, its styles."""

import re

from shared.adapters.base.charsets import DecodedText, decode_text, find_codec
from shared.adapters.formats.html.text_style import PAGE_STYLE, Styles
from shared.adapters.formats.html.walk import Walk
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import NOT_READ_MARK, Flow, NotRead
from shared.ports.reading import SourceFile

_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?([\w:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w:-]+)""", re.IGNORECASE
)


def parse_html(file: SourceFile) -> Flow:
    """Return the blocks of a page as a browser shows it; pictures come only from the page itself.

    What styles hide or strike through is Concealed; a frame, an object, or a style sheet that is not in the page and
    may hide text is NotRead. Raises Unreadable (`unreadable`).
    """
    from lxml import etree, html

    text, doubtful = _decode(file.path.read_bytes())
    if doubtful:
        yield NotRead("uncertain_encoding")
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        raise Unreadable(
            "unreadable", "The HTML holds no element: save the page again and upload the new file."
        ) from None
    for mark in root.iterfind(f".//meta[@name='{NOT_READ_MARK}']"):
        yield NotRead(mark.get("content", ""))
    styles = Styles(root)
    yield from Walk(styles).blocks(root, PAGE_STYLE)
    if not styles.is_complete:
        yield NotRead("style_sheet")


def _decode(data: bytes) -> DecodedText:
    """Decode by the encoding that the page declares, however far down, or as text that declares none."""
    for declared in _DECLARED.finditer(data):
        label = (declared[1] or declared[2]).decode("ascii", "replace")
        if find_codec(label):
            return decode_text(data, label)
    return decode_text(data)
