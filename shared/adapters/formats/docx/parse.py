"""From a DOCX to a flow: headers, the body with its lists, tables and boxes, footers, notes and comments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from shared.adapters.formats.docx.chunks import ChunkReader, keep_chunks_unparsed
from shared.adapters.formats.docx.equations import write_equation
from shared.adapters.formats.docx.inline import DELETED, read_pieces
from shared.adapters.formats.docx.names import MC, A, C, M, R, W, is_on, val
from shared.adapters.formats.docx.numbering import Numbering
from shared.adapters.formats.docx.pieces import Piece
from shared.adapters.formats.docx.sections import list_printed_edges
from shared.adapters.formats.docx.styles import Styles
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, Flow, NotRead, PageBreak, Paragraph
from shared.domain.content.grid import grid
from shared.ports.reading import Parser, SourceFile

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part
    from lxml.etree import _Element

MAX_DEPTH = 30
"""Tables in tables, boxes in boxes: deeper ones are an attack."""
_NOTES = (
    ("footnotes", f"{W}footnote", "Note"),
    ("endnotes", f"{W}endnote", "Note"),
    ("comments", f"{W}comment", "Comment"),
)
_WRAPPERS = frozenset({f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")})


NO_PARSERS: Mapping[str, Parser] = MappingProxyType({})


def parse_docx(file: SourceFile, chunk_parsers: Mapping[str, Parser] = NO_PARSERS) -> Flow:
    """Return what Word prints, then notes and comments. Hidden, white, deleted and struck text is Concealed.

    `chunk_parsers` (by HTML, RTF, text, DOCX) read the documents that are inserted at places of its text (w:altChunk);
    without one for its format such a document is NotRead. Raises Unreadable (`unreadable`).
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    keep_chunks_unparsed()
    try:
        document = docx.Document(str(file.path))
    except (PackageNotFoundError, KeyError, ValueError):
        text = "The file holds no Word document that can be opened: save it as a new DOCX file and upload that."
        raise Unreadable("unreadable", text) from None
    yield from _Walk(document, ChunkReader(chunk_parsers)).blocks()


class _Walk:
    """Goes through the parts of a document once."""

    def __init__(self, document: "Document", chunks: ChunkReader) -> None:
        parts = {relation.reltype.rpartition("/")[2]: relation for relation in document.part.rels.values()}
        self._document = document
        self._chunks = chunks
        self._parts = {name: rel.target_part for name, rel in parts.items() if not rel.is_external}
        self._styles = Styles(_root(self._parts.get("styles")))
        self._numbering = Numbering(_root(self._parts.get("numbering")))

    def blocks(self) -> Iterator[Block]:
        """Headers, body, footers, notes, comments."""
        body, part = self._document.element.body, self._document.part
        yield from self._edges("header")
        yield from self._content(body, part, 0)
        yield from self._edges("footer")
        for name, tag, title in _NOTES:
            root = _root(self._parts.get(name))
            for note in root.iter(tag) if root is not None else ():
                if note.get(f"{W}type", "normal") == "normal":
                    author = note.get(f"{W}author")
                    heading = f"{title} ({author}):" if author else f"{title}:"
                    yield from _prepend_title(heading, list(self._content(note, self._parts[name], 0)))

    def _edges(self, edge_type: str) -> Iterator[Block]:
        """Headers or footers that are printed, each once: of first, even and other pages of all sections."""
        read: list[list[Block]] = []
        settings = _root(self._parts.get("settings"))
        for reference in list_printed_edges(self._document.element.body, settings, edge_type):
            part = self._document.part.related_parts.get(reference)
            blocks = list(self._content(_root(part), part, 0)) if part is not None else []
            blocks = [block for block in blocks if not isinstance(block, Paragraph) or block.text.strip()]
            if blocks not in read:
                read.append(blocks)
                yield from blocks

    def _content(self, parent: "_Element | None", part: "Part", depth: int) -> Iterator[Block]:
        if depth > MAX_DEPTH:
            raise Unreadable("unreadable", "The document nests tables too deep: upload a simpler one.")
        for child in () if parent is None else parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, part, depth)
            elif child.tag == f"{W}tbl":
                yield from self._table(child, part, depth)
            elif child.tag in _WRAPPERS:
                yield from self._content(child, part, depth + 1)
            elif child.tag == f"{MC}AlternateContent":
                for choice in (child.findall(f"{MC}Choice") or child.findall(f"{MC}Fallback"))[:1]:
                    yield from self._content(choice, part, depth + 1)
            else:
                yield from self._rare_content(child, part)

    def _rare_content(self, child: "_Element", part: "Part") -> Iterator[Block]:
        """Yield what seldom stands between paragraphs: deletions, documents inside, equations."""
        if child.tag in DELETED:
            yield from _conceal("".join(child.itertext()))
        elif child.tag == f"{W}altChunk":
            yield from self._chunks.read(part, child.get(f"{R}id", ""))
        elif child.tag == f"{W}subDoc":
            yield NotRead("linked_part")
        elif child.tag == f"{M}oMathPara":
            yield Paragraph(write_equation(child))

    def _paragraph(self, paragraph: "_Element", part: "Part", depth: int) -> Iterator[Block]:
        properties = paragraph.find(f"{W}pPr")
        style = self._styles.of(val(properties, "pStyle"))
        if is_on(properties, "pageBreakBefore"):
            yield PageBreak()
        mark, indent = self._mark(properties, style.number)
        shown, unseen, struck, after = "", "", "", list[Block]()
        for piece in read_pieces(paragraph, part, self._styles, style):
            shown += piece.shown
            unseen += piece.concealed
            struck += piece.struck
            if piece.mark == "page":
                yield Paragraph(mark + shown if shown.strip() else "", style.level, indent)
                yield PageBreak()
                shown, mark = "", ""
            else:
                after += self._beside(piece, part, depth)
        yield Paragraph(mark + shown if shown.strip() else "", style.level, indent)
        yield from _conceal(struck, "struck")
        yield from _conceal(unseen)
        yield from after
        section = properties.find(f"{W}sectPr") if properties is not None else None
        if section is not None and val(section, "type") != "continuous":
            yield PageBreak()

    def _beside(self, piece: Piece, part: "Part", depth: int) -> Iterator[Block]:
        """Yield the blocks of a piece that is no text of the line."""
        if piece.picture is not None:
            yield piece.picture
        elif piece.box is not None:
            yield from self._content(piece.box, part, depth + 1)
        elif piece.related is not None:
            yield from _drawn_text(piece.related)
        elif piece.aside:
            yield Paragraph(piece.aside)
        elif piece.unread:
            yield NotRead(piece.unread)

    def _mark(self, properties: "_Element | None", styled: tuple[str, int] | None) -> tuple[str, int]:
        """Return the number or bullet of a paragraph, and how far it is indented."""
        number, level = val(properties, "numPr/numId"), val(properties, "numPr/ilvl")
        if number or styled:
            list_id, default = styled or ("", 0)
            at = int(level) if level.isdecimal() else default
            mark = self._numbering.mark(number or list_id, at)
            return mark, at + 1 if mark else 0
        return "", 0

    def _table(self, table: "_Element", part: "Part", depth: int) -> Iterator[Block]:
        rows: list[Sequence[tuple[list[Block], int]]] = []
        for row in _below(table, "tr"):
            cells = [self._cell(cell, part, depth) for cell in _below(row, "tc")]
            deleted = row.find(f"{W}trPr/{W}del") is not None or is_on(row.find(f"{W}trPr"), "hidden")
            if deleted:
                yield from _conceal(_join_texts(block for blocks, _ in cells for block in blocks))
            else:
                skipped = val(row, "trPr/gridBefore")
                rows.append([*([([], int(skipped))] if skipped.isdecimal() and skipped != "0" else []), *cells])
        yield from grid(rows)

    def _cell(self, cell: "_Element", part: "Part", depth: int) -> tuple[list[Block], int]:
        span = val(cell, "tcPr/gridSpan")
        inside = self._content(cell, part, depth + 1)
        blocks: list[Block] = [block for block in inside if not isinstance(block, PageBreak)]
        if cell.find(f"{W}tcPr/{W}cellDel") is not None:
            blocks = list(_conceal(_join_texts(blocks)))
        return blocks, min(max(int(span), 1), 100) if span.isdecimal() else 1


def _below(parent: "_Element", name: str) -> "Iterator[_Element]":
    """Yield the rows of a table or the cells of a row, also inside content controls."""
    for child in parent:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _below(child, name)


def _join_texts(blocks: Iterable[Block]) -> str:
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph | Concealed))


def _prepend_title(title: str, blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks of a note, the title before its first text."""
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph) and block.text.strip():
            yield block._replace(text=f"{title} {block.text.strip()}")
            yield from blocks[index + 1 :]
            return
        yield block


def _conceal(text: str, why: Literal["hidden", "struck"] = "hidden") -> Iterator[Block]:
    if text.strip():
        yield Concealed(" ".join(text.split()), why)


def _drawn_text(part: "Part") -> Iterator[Block]:
    """Yield the words of a diagram or a chart, each a paragraph."""
    root = _root(part)
    for paragraph in root.iter(f"{A}p", f"{C}v") if root is not None else ():
        text = "".join(run.text or "" for run in paragraph.iter(f"{A}t")) or (paragraph.text or "").strip()
        if text:
            yield Paragraph(text)


def _root(part: "Part | None") -> "_Element | None":
    """Return the root element of a part that holds XML."""
    if part is None:
        return None
    element = getattr(part, "element", None)
    if element is not None:
        return element
    from docx.oxml.parser import parse_xml

    return parse_xml(part.blob)
