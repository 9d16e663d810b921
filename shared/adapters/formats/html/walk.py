"""Go through the elements of a page once, gathering what is inline until a block begins."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from shared.adapters.formats.html.controls import show_input, shown_options
from shared.adapters.formats.html.embedded import embedded_page, is_unread_drawing, is_unread_object
from shared.adapters.formats.html.styled_tables import StyledRow, list_styled_rows
from shared.adapters.formats.html.tables import iter_outside_rows, read_row_groups, span_cell
from shared.adapters.formats.html.text_style import Styles, TextStyle
from shared.domain.content.blocks import Block, Concealed, NotRead, Paragraph, Picture, Table
from shared.domain.content.grid import grid
from shared.domain.content.table_spans import SpanningCell, lay_out_spans

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_DEPTH = 250
"""libxml2 stops at 256 levels; elements below that are read as text of this one."""
_NEVER_SHOWN = frozenset(
    {"script", "style", "base", "noscript", "template", "title", "meta", "link", "datalist", "param", "rp"}
    | {"audio", "video", "noembed", "noframes", "progress", "meter", "desc", "metadata", "defs"}
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
    | {"html", "legend", "li", "main", "nav", "ol", "optgroup", "p", "pre", "listing", "xmp", "search", "section"}
    | {"summary", "svg", "table", "tr", "ul", "iframe", "object", "text"}
)
_INDENTED = frozenset({"ul", "ol", "dd", "blockquote"})
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)


class Walk:
    """One pass over a page, or over a part of it that is read by itself (a cell, a page in a frame)."""

    def __init__(self, styles: Styles, frames: int = 0) -> None:
        self._styles = styles
        self._frames = frames
        self._text: list[str] = []
        self._concealed: list[tuple[Literal["hidden", "struck"], str]] = []
        self._level = 0
        self._indent = 0
        self._preformatted = False

    def blocks(self, element: "HtmlElement", parent: TextStyle, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of an element inside one of the style `parent`, and of all below it."""
        yield from self._inside(element, parent, depth)
        yield from self._flush()

    def _inside(self, element: "HtmlElement", parent: TextStyle, depth: int) -> Iterator[Block]:
        tag = element.tag
        if not isinstance(tag, str) or tag in _NEVER_SHOWN:
            return
        style = self._styles.compute(element, parent)
        if not style.rendered:
            self._concealed.append(("hidden", " ".join(_iter_texts(element))))
            return
        if depth >= MAX_DEPTH:
            self._add(" ".join(_iter_texts(element)), style)
            return
        is_block = tag in _BLOCKS if style.layout in ("default", "floating") else style.layout == "block"
        is_block = is_block or parent.separates_children
        if is_block or style.preformatted != self._preformatted:
            yield from self._flush()
        self._preformatted = style.preformatted
        gap = " " if style.layout == "apart" or (style.layout == "floating" and not is_block) else ""
        self._text.append(gap)
        yield from self._element(element, tag, style, depth)
        self._text.append(gap)
        if is_block or style.preformatted != parent.preformatted:
            yield from self._flush()
        self._preformatted = parent.preformatted

    def _element(self, element: "HtmlElement", tag: str, style: TextStyle, depth: int) -> Iterator[Block]:
        if tag == "table":
            yield from self._table(element, style, depth)
        elif tag in ("iframe", "object", "embed"):
            yield from self._read_embedded(element, style, depth)
        elif tag == "canvas" or (tag == "svg" and is_unread_drawing(element)):
            yield from (NotRead("drawing") for _ in range(style.visible and is_unread_drawing(element)))
        elif tag == "img":
            yield from self._image(element, style)
        elif tag == "select":
            self._add(f" {' '.join(shown_options(element))} ", style)
        elif tag == "input":
            self._add(f" {show_input(element)} ", style)
        elif tag == "br":
            self._text.append("\n")
        elif tag == "textarea":
            yield from self._text_area(element, style)
        elif rows := list_styled_rows(element, style, self._styles.compute):
            yield from self._styled_table(rows, depth)
        else:
            yield from self._children(element, tag, style, depth)

    def _styled_table(self, rows: list[StyledRow], depth: int) -> Iterator[Block]:
        """Yield a table that is one by its style; rows whose cells are more than a line each only lay out."""
        yield from self._flush()
        cells: list[list[SpanningCell[Sequence[Block]]]] = []
        for row, style in rows:
            if style.rendered:
                inside = [part for part in row if isinstance(part.tag, str)]
                cells.append([SpanningCell(self._cell(part, style, depth)) for part in inside])
            else:
                yield from _conceal(" ".join(_iter_texts(row)))
        blocks = [block for row in cells for cell in row for block in cell.content]
        if any(isinstance(block, Table | Picture) or "\n" in getattr(block, "text", "") for block in blocks):
            yield from blocks
        else:
            yield from grid(lay_out_spans([cells], []))

    def _children(self, element: "HtmlElement", tag: str, style: TextStyle, depth: int) -> Iterator[Block]:
        if tag == "li":
            self._add(_list_mark(element), style)
        self._level = int(tag[1]) if re.fullmatch("h[1-6]", tag) else self._level
        deeper = tag in _INDENTED
        self._indent += deeper
        self._add(self._styles.generated_text(element, "before", style), style)
        is_closed = tag == "details" and "open" not in element.attrib
        summary = next(element.iterchildren("summary"), None) if is_closed else None
        text_style = style._replace(rendered=not is_closed)
        self._add(element.text, text_style)
        for child in element:
            yield from self._inside(child, style if child is summary else text_style, depth + 1)
            if style.separates_children:
                yield from self._flush()
            self._add(child.tail, text_style)
        self._add(self._styles.generated_text(element, "after", style), style)
        if deeper:
            yield from self._flush()
        self._indent -= deeper

    def _text_area(self, element: "HtmlElement", style: TextStyle) -> Iterator[Block]:
        yield from self._flush()
        self._preformatted = True
        self._add(element.text, style)
        yield from self._flush()

    def _image(self, element: "HtmlElement", style: TextStyle) -> Iterator[Block]:
        source = element.get("src", "").strip()
        if not _DATA_URI.match(source):
            self._add(f" {element.get('alt', '')} ", style)
        elif style.visible:
            yield from self._flush()
            try:
                yield Picture(base64.b64decode(source.partition(",")[2], validate=False))
            except binascii.Error:
                self._text.append("[a picture that is damaged]")

    def _read_embedded(self, element: "HtmlElement", style: TextStyle, depth: int) -> Iterator[Block]:
        """Yield a page that stands in a frame; say so where a frame or an object shows something else."""
        page = embedded_page(element, self._frames)
        if page is not None:
            yield from Walk(Styles(page), self._frames + 1).blocks(page, style, depth)
        elif style.visible and is_unread_object(element):
            yield NotRead("embedded_object")
        elif element.tag == "object":
            yield from self._children(element, "object", style, depth)
        if element.tag == "embed":  # which has no content, but libxml2 lets it hold what follows
            yield from self._children(element, "embed", style, depth)

    def _table(self, table: "HtmlElement", style: TextStyle, depth: int) -> Iterator[Block]:
        for part in iter_outside_rows(table):
            yield from Walk(self._styles, self._frames).blocks(part, style, depth + 1)
        computed = {table: style}
        groups: list[list[list[SpanningCell[Sequence[Block]]]]] = []
        for group in read_row_groups(table):
            rows: list[list[SpanningCell[Sequence[Block]]]] = []
            for row in group:
                row_style = self._style_within(row, computed)
                if not row_style.rendered:
                    yield from _conceal(" ".join(_iter_texts(row)))
                    continue
                cells = (cell for cell in row if cell.tag in ("td", "th"))
                rows.append([span_cell(cell, self._cell(cell, row_style, depth)) for cell in cells])
            groups.append(rows)
        yield from grid(lay_out_spans(groups, []))

    def _style_within(self, element: "HtmlElement", computed: "dict[HtmlElement, TextStyle]") -> TextStyle:
        """Return the style of an element below a table whose style is `computed` already."""
        path = []
        while element not in computed:
            path.append(element)
            element = element.getparent()
        for step in reversed(path):
            computed[step] = self._styles.compute(step, computed[step.getparent()])
        return computed[path[0]] if path else computed[element]

    def _cell(self, cell: "HtmlElement", style: TextStyle, depth: int) -> Sequence[Block]:
        blocks = Walk(self._styles, self._frames).blocks(cell, style, depth + 1)
        return [block for block in blocks if not isinstance(block, Table) or block.rows]

    def _add(self, text: str | None, style: TextStyle) -> None:
        """Gather a text of an element of this style."""
        if not text:
            return
        if text.strip() and (style.is_hidden or not style.rendered):
            self._concealed.append(("hidden", text))
        elif text.strip() and style.struck:
            self._concealed.append(("struck", text))
            self._text.append(" ")
        else:
            self._text.append(text if style.preformatted or self._preformatted else _collapse_spaces(text))

    def _flush(self) -> Iterator[Block]:
        text = "".join(self._text)
        if self._preformatted:
            shown = text.replace("\r\n", "\n").strip("\n")
        else:
            shown = "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")
        if shown.strip():
            yield Paragraph(shown, self._level, self._indent, self._preformatted)
        reason: Literal["hidden", "struck"]
        for reason in ("hidden", "struck"):
            yield from _conceal(" ".join(part for why, part in self._concealed if why == reason), reason)
        self._text, self._level, self._concealed = [], 0, []


def _conceal(text: str, why: Literal["hidden", "struck"] = "hidden") -> Iterator[Concealed]:
    words = " ".join(text.split())
    if words:
        yield Concealed(words, why)


def _collapse_spaces(text: str) -> str:
    """Return the text with spaces for the line feeds of the source; only <br> ends a line."""
    return re.sub(r"\s+", " ", text)


def _iter_texts(element: "HtmlElement") -> Iterator[str]:
    """Yield the texts of an element, without those of scripts and the like."""
    from lxml import etree

    never_shown = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            never_shown += node.tag in _NEVER_SHOWN
            text = node.text
        else:
            never_shown -= event == "end" and node.tag in _NEVER_SHOWN
            text = node.tail if node is not element else None
        if text and not never_shown:
            yield text


def _list_mark(item: "HtmlElement") -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "• "
    begin = parent.get("start", "1")
    place = sum(1 for sibling in item.itersiblings("li", preceding=True)) + (int(begin) if begin.isdecimal() else 1)
    return f"{place}. "
