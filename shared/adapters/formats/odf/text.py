"""Go through the text of an OpenDocument file: paragraphs, lists, tables, frames, notes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from shared.adapters.formats.odf.drawings import read_frame
from shared.adapters.formats.odf.forms import Controls, read_field_mark
from shared.adapters.formats.odf.parts.names import (
    DRAW,
    FIELD,
    NOTE_MARKS,
    OFFICE,
    STYLE,
    TABLE,
    TEXT,
    conceal,
    count_spanned,
    read_words,
)
from shared.adapters.formats.odf.parts.package import OdfDocument
from shared.adapters.formats.odf.parts.styles import PLAIN, Appearance
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, NotRead, PageBreak, Paragraph
from shared.domain.content.grid import grid
from shared.domain.content.table_spans import SpanningCell, lay_out_spans

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_DEPTH = 60
_WRAPPERS = frozenset(
    {f"{TEXT}section", f"{TEXT}list-header", f"{TEXT}table-of-content", f"{TEXT}index-body", f"{TEXT}index-title"}
    | {f"{TEXT}{name}-index" for name in ("alphabetical", "illustration", "table", "object", "user")}
    | {f"{TEXT}bibliography", f"{TEXT}numbered-paragraph"}
)
_NOTES = {f"{TEXT}note": "Note", f"{OFFICE}annotation": "Comment"}
_SIGNS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_ALWAYS_HIDDEN = (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph")
_ASIDE = (f"{TEXT}ruby-text", f"{OFFICE}forms")
"""What stands in a paragraph without being read with it: how a word is spoken, definitions of controls."""


class TextWalk:
    """Goes through the parts of a document once."""

    def __init__(self, document: OdfDocument) -> None:
        self.document = document
        self._controls = Controls(document.content)

    def open_nested(self, inside: OdfDocument) -> "TextWalk":
        """Return a walk through a document inside this one."""
        return TextWalk(inside)

    def read_document(self) -> Iterator[Block]:
        """Yield headers, the text, footers."""
        yield from self._edge("header")
        for body in self.document.content.iter(f"{OFFICE}text"):
            yield from self.read_blocks(body, 0, 0)
        yield from self._edge("footer")

    def _edge(self, edge_name: str) -> Iterator[Block]:
        """Yield headers or footers of all page styles, each text once."""
        read = set()
        tags = [f"{STYLE}{edge_name}{page}" for page in ("", "-left", "-first")]
        for edge in self.document.edges.iter(*tags) if self.document.edges is not None else ():
            words = read_words(edge)
            if words and words not in read:
                read.add(words)
                yield from self.read_blocks(edge, 0, 0)

    def read_blocks(
        self, parent: "Iterable[_Element]", indent: int, depth: int, appearance: Appearance = PLAIN
    ) -> Iterator[Block]:
        """Yield the blocks of an element's children; `appearance` is that of the element."""
        if depth > MAX_DEPTH:
            raise Unreadable("unreadable", "The document nests its parts too deep: upload a simpler one.")
        for child in parent:
            tag = child.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, indent, depth, appearance)
            elif tag == f"{TEXT}list":
                yield from self.read_blocks(child, indent + 1, depth + 1, appearance)
            elif tag == f"{TEXT}list-item":
                yield from _add_bullet(self.read_blocks(child, indent, depth + 1, appearance))
            elif tag == f"{TABLE}table":
                yield from self.read_table(child, depth, appearance)
            elif tag == f"{TEXT}tracked-changes":
                yield from (conceal(gone) for gone in child.iter(f"{TEXT}deletion") if read_words(gone))
            elif tag == f"{DRAW}control":
                yield from self._control(child)
            elif _is_wrapper(child):
                yield from self._read_wrapped(child, indent, depth, appearance)

    def _read_wrapped(self, element: "_Element", indent: int, depth: int, appearance: Appearance) -> Iterator[Block]:
        """Yield a section, an index, or something drawn."""
        if element.get(f"{TEXT}display") == "none":
            yield conceal(element)
            return
        inside = appearance.change(self.document.styles.find("graphic", element.get(f"{DRAW}style-name")))
        if element.tag == f"{DRAW}frame":
            yield from read_frame(self, element, depth + 1, inside)
        else:
            blocks = list(self.read_blocks(element, indent, depth + 1, inside))
            yield from blocks
            if not blocks and element.find(f"{TEXT}section-source") is not None:
                yield NotRead("linked_part")

    def _control(self, element: "_Element") -> Iterator[Block]:
        text = self._controls.read(element.get(f"{DRAW}control", ""))
        yield NotRead("form_control") if text is None else Paragraph(text)

    def _paragraph(self, element: "_Element", indent: int, depth: int, around: Appearance) -> Iterator[Block]:
        style = self.document.styles.find("paragraph", element.get(f"{TEXT}style-name"))
        if style.breaks:
            yield PageBreak()
        level = element.get(f"{TEXT}outline-level", "1") if element.tag == f"{TEXT}h" else "0"
        shown: list[str] = []
        behind: list[Block] = []
        self.read_inline(element, shown, behind, depth, around.change(style))
        yield Paragraph("".join(shown), min(int(level), 6) if level.isdecimal() else 1, indent)
        yield from behind

    def read_inline(
        self, element: "_Element", shown: list[str], behind: list[Block], depth: int, appearance: Appearance
    ) -> None:
        """Gather the text of a paragraph; what does not belong into its line goes `behind` it."""
        _add_text(element.text, shown, behind, appearance)
        for child in element:
            tag = child.tag
            if tag in _NOTES:
                note = " ".join(filter(None, (read_words(part) for part in child if part.tag not in NOTE_MARKS)))
                behind.append(Paragraph(f"{_NOTES[tag]}: {note}"))
            elif tag == f"{DRAW}control":
                text = self._controls.read(child.get(f"{DRAW}control", ""))
                _add_text(text, shown, behind, appearance)
                behind += [NotRead("form_control")] if text is None else []
            elif _is_wrapper(child):
                behind += self._read_wrapped(child, 0, depth, PLAIN)
            elif tag == f"{TEXT}s":
                count = child.get(f"{TEXT}c", "1")
                shown.append(" " * min(int(count) if count.isdecimal() else 1, 200))
            elif tag in _SIGNS:
                shown.append(_SIGNS[tag])
            elif isinstance(tag, str) and tag not in _ASIDE:
                self._span(child, shown, behind, depth, appearance)
            _add_text(child.tail, shown, behind, appearance)

    def _span(
        self, span: "_Element", shown: list[str], behind: list[Block], depth: int, appearance: Appearance
    ) -> None:
        if span.tag.startswith(f"{FIELD}fieldmark"):
            _add_text(read_field_mark(span), shown, behind, appearance)
            return
        inside = appearance.change(self.document.styles.find("text", span.get(f"{TEXT}style-name")))
        hides = inside.hidden or span.tag in _ALWAYS_HIDDEN
        self.read_inline(span, shown, behind, depth, inside._replace(hidden=hides))

    def read_table(self, table: "_Element", depth: int, appearance: Appearance = PLAIN) -> Iterator[Block]:
        """Yield the blocks of a table in a text."""
        rows = []
        for row in table.iter(f"{TABLE}table-row"):
            if next(row.iterancestors(f"{TABLE}table"), None) is table:
                cells = (cell for cell in row if cell.tag == f"{TABLE}table-cell")
                rows.append([self._span_cell(cell, depth, appearance) for cell in cells])
        yield from grid(lay_out_spans([rows], []))

    def _span_cell(self, cell: "_Element", depth: int, appearance: Appearance) -> SpanningCell[Sequence[Block]]:
        return SpanningCell(
            self._cell(cell, depth, appearance), count_spanned(cell, "columns"), count_spanned(cell, "rows")
        )

    def _cell(self, cell: "_Element", depth: int, appearance: Appearance) -> list[Block]:
        style = self.document.styles.find("table-cell", cell.get(f"{TABLE}style-name"))
        return list(self.read_blocks(cell, 0, depth + 1, appearance.change(style)))


def _is_wrapper(element: "_Element") -> bool:
    """Return whether blocks of an element are those of what is in it: a section, an index, a shape."""
    return element.tag in _WRAPPERS or (isinstance(element.tag, str) and element.tag.startswith(DRAW))


def _add_text(text: str | None, shown: list[str], behind: list[Block], appearance: Appearance) -> None:
    """Add a text to the shown text, or as Concealed to what is behind it; collapse runs of spaces."""
    if not text:
        return
    if not appearance.is_unseen and not appearance.struck:
        shown.append(" ".join(f"|{text}|".split())[1:-1])
    elif text.strip():
        behind.append(Concealed(text.strip(), "hidden" if appearance.is_unseen else "struck"))


def _add_bullet(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield a list's item: a bullet before its first text."""
    marked = False
    for block in blocks:
        if isinstance(block, Paragraph) and block.text.strip() and not marked:
            marked = True
            yield block._replace(text=f"• {block.text}")
        else:
            yield block
