"""Parses HTML with lxml, as a browser shows it without running or fetching anything."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Concealed, Flow, Paragraph, Picture, Table
from shared.domain.grid import grid
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from lxml.html import HtmlElement

DEEPEST = 250
"""libxml2 stops at 256 levels; elements below that are told as text of this one."""
_UNSEEN = frozenset({"script", "style", "head", "noscript", "template", "title", "meta", "link", "object", "iframe"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tr",
        "ul",
    ]
)
_HIDING = re.compile(
    r"display:none|visibility:hidden|font-size:0(px|pt|em|%)?(;|$)|opacity:0(\.0+)?(;|$)|(^|;)color:(#fff|#ffffff|white)(;|$)"
)
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)
_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?([\w:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w:-]+)""", re.IGNORECASE
)


def parse_html(file: SourceFile) -> Flow:
    """The blocks of a page. What its styles hide is Concealed; pictures come only from the page itself.

    Raises Unreadable (`unreadable`).
    """
    from lxml import etree, html

    data = file.path.read_bytes()
    parser = html.HTMLParser(encoding=_encoding(data), no_network=True)
    try:
        root = html.document_fromstring(data.replace(b"\0", b""), parser=parser)
    except (etree.ParserError, ValueError):
        raise Unreadable("unreadable", "The HTML holds no element: save the page anew, and upload it again.") from None
    yield from _Walk().blocks(root)


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


class _Walk:
    """Goes through the elements once, gathering what is inline until a block begins."""

    def __init__(self, indent: int = 0) -> None:
        self._text: list[str] = []
        self._level = 0
        self._indent = indent

    def blocks(self, element: "HtmlElement") -> Iterator[Block]:
        """The blocks of an element and of all below it."""
        yield from self._inside(element, 0)
        yield from self._flush()

    def _inside(self, element: "HtmlElement", depth: int) -> Iterator[Block]:
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            return
        if _hides(element):
            text = " ".join(element.text_content().split())
            if text:
                yield Concealed(text)
            return
        if depth >= DEEPEST:
            self._text.append(element.text_content())
            return
        if tag in _BLOCKS:
            yield from self._flush()
        yield from self._element(element, tag, depth)
        if tag in _BLOCKS:
            yield from self._flush()

    def _element(self, element: "HtmlElement", tag: str, depth: int) -> Iterator[Block]:
        if tag == "table":
            yield from _table(element, depth)
            return
        if tag == "pre":
            yield Paragraph(element.text_content().strip("\n"), pre=True)
            return
        if tag == "img":
            yield from self._image(element)
        elif tag == "br":
            self._text.append("\n")
        elif tag == "input" and element.get("type", "text").lower() not in ("hidden", "password"):
            self._text.append(f" {element.get('value', '')} ")
        elif tag == "li":
            self._text.append(_mark(element))
        self._level = int(tag[1]) if re.fullmatch("h[1-6]", tag) else self._level
        deeper = tag in ("ul", "ol", "dd", "blockquote")
        self._indent += deeper
        self._text.append(_spaced(element.text))
        for child in element:
            yield from self._inside(child, depth + 1)
            self._text.append(_spaced(child.tail))
        if deeper:
            yield from self._flush()
        self._indent -= deeper

    def _image(self, element: "HtmlElement") -> Iterator[Block]:
        source = element.get("src", "")
        if _DATA_URI.match(source):
            yield from self._flush()
            try:
                yield Picture(base64.b64decode(source.partition(",")[2], validate=False))
            except binascii.Error:
                self._text.append("[a picture that is damaged]")
        else:
            self._text.append(f" {element.get('alt', '')} ")

    def _flush(self) -> Iterator[Block]:
        lines = [" ".join(line.split()) for line in "".join(self._text).split("\n")]
        text = "\n".join(lines).strip("\n")
        if text:
            yield Paragraph(text, self._level, self._indent)
        self._text, self._level = [], 0


def _spaced(text: str | None) -> str:
    """Line feeds of the source are spaces; only <br> ends a line."""
    return re.sub(r"\s+", " ", text or "")


def _hides(element: "HtmlElement") -> bool:
    style = re.sub(r"\s+|!important", "", element.get("style", "").lower())
    return "hidden" in element.attrib or bool(_HIDING.search(style))


def _mark(item: "HtmlElement") -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "• "
    begin = parent.get("start", "1")
    place = sum(1 for sibling in item.itersiblings("li", preceding=True)) + (int(begin) if begin.isdecimal() else 1)
    return f"{place}. "


def _table(table: "HtmlElement", depth: int) -> Iterator[Block]:
    rows = []
    for part in table:
        if not isinstance(part.tag, str) or part.tag == "tr":
            continue
        if part.tag not in ("thead", "tbody", "tfoot"):
            yield from _Walk().blocks(part)  # a caption, or what a parser left standing here
    own = partial(_belongs, table)
    for row in filter(own, table.iter("tr")):
        if _hides(row):
            yield Concealed(" ".join(row.text_content().split()))
            continue
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        rows.append([(_cell(cell, depth), _span(cell)) for cell in cells])
    yield from grid(rows)


def _belongs(table: "HtmlElement", row: "HtmlElement") -> bool:
    """Whether a row is the table's own, not that of a table inside."""
    return next(row.iterancestors("table"), None) is table


def _cell(cell: "HtmlElement", depth: int) -> list[Block]:
    blocks: list[Block] = [
        block for block in _CellWalk().cell(cell, depth) if not isinstance(block, Table) or block.rows
    ]
    return blocks


class _CellWalk(_Walk):
    def cell(self, element: "HtmlElement", depth: int) -> Iterator[Block]:
        """The blocks of a cell, as deep as it stands in the page."""
        yield from self._inside(element, depth + 1)
        yield from self._flush()


def _span(cell: "HtmlElement") -> int:
    span = cell.get("colspan", "1").strip()
    return min(max(int(span), 1), 100) if span.isdecimal() else 1
