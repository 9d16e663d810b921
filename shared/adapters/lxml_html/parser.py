"""Opens a page of HTML: its encoding, its tree, its styles."""

import codecs
import re

from shared.adapters.lxml_html.text_style import PAGE_STYLE, Styles
from shared.adapters.lxml_html.walk import Walk
from shared.domain.errors import Unreadable
from shared.domain.flow import Flow, NotRead
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

    data = file.path.read_bytes()
    parser = html.HTMLParser(encoding=_encoding(data), no_network=True)
    try:
        root = html.document_fromstring(data.replace(b"\0", b""), parser=parser)
    except (etree.ParserError, ValueError):
        raise Unreadable("unreadable", "The HTML holds no element: save the page anew, and upload it again.") from None
    styles = Styles(root)
    yield from Walk(styles).blocks(root, PAGE_STYLE)
    if not styles.is_complete:
        yield NotRead("style_sheet")


def _encoding(data: bytes) -> str | None:
    """The encoding that the page declares, however far down; None leaves a byte order mark to libxml2."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return None
    for declared in _DECLARED.finditer(data):
        try:
            return codecs.lookup((declared[1] or declared[2]).decode("ascii", "replace")).name
        except LookupError:
            continue
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"  # what browsers take for a page that does not say (WHATWG, Encoding)
    return "utf-8"
