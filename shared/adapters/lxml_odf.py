"""Parses ODT and ODS with lxml: OpenDocument holds each cell's text as its program shows it."""

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Cell, Concealed, Flow, PageBreak, Paragraph, Picture, Table, header_row
from shared.domain.grid import grid
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from lxml.etree import _Element

DEEPEST = 60
MOST_CELLS = 3_000_000
MOST_REPEATS = 1000
"""A row or cell with text is hardly repeated this often; a spreadsheet repeats an empty one to fill its rest."""
_O = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, DRAW = (f"{{{_O}{name}:1.0}}" for name in ("office", "text", "table", "drawing"))
STYLE, FO = f"{{{_O}style:1.0}}", f"{{{_O}xsl-fo-compatible:1.0}}"
SVG, DC, XLINK = f"{{{_O}svg-compatible:1.0}}", "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/xlink}"
_UNITS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "px": 0.75}
_WRAPPERS = frozenset(
    {f"{TEXT}section", f"{TEXT}list-header", f"{TEXT}table-of-content", f"{TEXT}index-body", f"{TEXT}index-title"}
    | {f"{TEXT}{name}-index" for name in ("alphabetical", "illustration", "table", "object", "user")}
    | {f"{DRAW}frame", f"{DRAW}text-box", f"{DRAW}g", f"{DRAW}custom-shape", f"{DRAW}rect", f"{TEXT}bibliography"}
)
_NOTES = {f"{TEXT}note": "Note", f"{OFFICE}annotation": "Comment"}


class _Style(NamedTuple):
    hidden: bool = False
    breaks: bool = False


def parse_odt(file: SourceFile) -> Flow:
    """Headers, the text, footers; notes and comments follow their paragraph. Hidden and deleted text is Concealed.

    Raises Unreadable (`unreadable`, `password_required`).
    """
    yield from _Walk(file).document()


def parse_ods(file: SourceFile) -> Flow:
    """The sheets in order; hidden sheets, rows and columns are Concealed. Raises as `parse_odt`, and `too_large`."""
    yield from _Walk(file).sheets()


class _Walk:
    """Goes through the parts of a file once."""

    def __init__(self, file: SourceFile) -> None:
        self._archive = zipfile.ZipFile(file.path)
        names = self._archive.namelist()
        if "META-INF/manifest.xml" in names and b"encryption-data" in self._archive.read("META-INF/manifest.xml"):
            raise Unreadable(
                "password_required",
                "The document is encrypted, which is not supported: upload a copy without a password.",
            )
        if "content.xml" not in names:
            raise Unreadable("unreadable", "The file holds no OpenDocument: save it anew, and upload it again.")
        self._content = self._part("content.xml")
        self._edges = self._part("styles.xml") if "styles.xml" in names else None
        roots = [root for root in (self._edges, self._content) if root is not None]
        self._styles = {
            style.get(f"{STYLE}name", ""): _style(style) for root in roots for style in root.iter(f"{STYLE}style")
        }

    def document(self) -> Iterator[Block]:
        """The blocks of a text document."""
        yield from self._edge("header")
        for body in self._content.iter(f"{OFFICE}text"):
            yield from self._blocks(body, 0, 0)
        yield from self._edge("footer")

    def sheets(self) -> Iterator[Block]:
        """The blocks of a spreadsheet."""
        tables = [table for body in self._content.iter(f"{OFFICE}spreadsheet") for table in body.iter(f"{TABLE}table")]
        visible = [table for table in tables if not self._is_off(table)]
        for table in visible:
            blocks = list(self._sheet(table))
            yield PageBreak()
            if blocks and len(visible) > 1:
                yield Paragraph(table.get(f"{TABLE}name", ""), level=2)
            yield from blocks
        yield from (_concealed(table) for table in tables if self._is_off(table) and _words(table))

    def _part(self, name: str) -> "_Element":
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            return etree.fromstring(self._archive.read(name), parser)
        except etree.XMLSyntaxError:
            text = f"The part {name} of the file is damaged: save the file anew, and upload it again."
            raise Unreadable("unreadable", text) from None

    def _edge(self, kind: str) -> Iterator[Block]:
        """Headers or footers of all page styles, each text once."""
        told = set()
        for edge in self._edges.iter(f"{STYLE}{kind}", f"{STYLE}{kind}-left") if self._edges is not None else ():
            words = _words(edge)
            if words and words not in told:
                told.add(words)
                yield from self._blocks(edge, 0, 0)

    def _blocks(self, parent: "_Element", indent: int, depth: int) -> Iterator[Block]:
        if depth > DEEPEST:
            raise Unreadable("unreadable", "The document nests its parts too deep: upload a simpler one.")
        number = 0
        for child in parent:
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, indent, depth)
            elif child.tag == f"{TEXT}list":
                yield from self._blocks(child, indent + 1, depth + 1)
            elif child.tag == f"{TEXT}list-item":
                number += 1
                yield from _marked(self._blocks(child, indent, depth + 1))
            elif child.tag == f"{TABLE}table":
                yield from self._text_table(child, depth)
            elif child.tag == f"{TEXT}tracked-changes":
                yield from (_concealed(gone) for gone in child.iter(f"{TEXT}deletion") if _words(gone))
            elif child.tag in _WRAPPERS:
                away = child.get(f"{TEXT}display") == "none"
                yield from [_concealed(child)] if away else self._blocks(child, indent, depth + 1)
            elif child.tag == f"{DRAW}image":
                yield from self._picture(child)

    def _paragraph(self, element: "_Element", indent: int, depth: int) -> Iterator[Block]:
        style = self._styles.get(element.get(f"{TEXT}style-name", ""), _Style())
        if style.breaks:
            yield PageBreak()
        level = element.get(f"{TEXT}outline-level", "1") if element.tag == f"{TEXT}h" else "0"
        shown: list[str] = []
        after: list[Block] = []
        self._inline(element, shown, after, depth, hidden=style.hidden)
        yield Paragraph("".join(shown), min(int(level), 6) if level.isdecimal() else 1, indent)
        yield from after

    def _inline(self, element: "_Element", shown: list[str], after: list[Block], depth: int, *, hidden: bool) -> None:
        """Gather the text of a paragraph; what does not belong into its line goes `after` it."""
        self._say(element.text, shown, after, hidden=hidden)
        for child in element:
            if child.tag in _NOTES:
                said = " ".join(filter(None, (_words(part) for part in child if part.tag not in _NOTE_MARKS)))
                after.append(Paragraph(f"{_NOTES[child.tag]}: {said}"))
            elif child.tag in _WRAPPERS:
                after += self._blocks(child, 0, depth + 1)
            elif child.tag == f"{TEXT}s":
                count = child.get(f"{TEXT}c", "1")
                shown.append(" " * min(int(count) if count.isdecimal() else 1, 200))
            elif child.tag in _SIGNS:
                shown.append(_SIGNS[child.tag])
            elif isinstance(child.tag, str):
                style = self._styles.get(child.get(f"{TEXT}style-name", ""), _Style())
                hides = hidden or style.hidden or child.tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph")
                self._inline(child, shown, after, depth, hidden=hides)
            self._say(child.tail, shown, after, hidden=hidden)

    @staticmethod
    def _say(text: str | None, shown: list[str], after: list[Block], *, hidden: bool) -> None:
        if hidden and text and text.strip():
            after.append(Concealed(text.strip()))
        elif text and not hidden:
            shown.append(" ".join(f"|{text}|".split())[1:-1])

    def _text_table(self, table: "_Element", depth: int) -> Iterator[Block]:
        rows = []
        for row in table.iter(f"{TABLE}table-row"):
            if next(row.iterancestors(f"{TABLE}table"), None) is table:
                cells = [cell for cell in row if cell.tag == f"{TABLE}table-cell"]
                rows.append([(list(self._blocks(cell, 0, depth + 1)), _spanned(cell)) for cell in cells])
        yield from grid(rows)

    def _sheet(self, table: "_Element") -> Iterator[Block]:
        away = self._hidden_columns(table)
        rows: list[list[tuple[int, Cell]]] = []
        after: list[Block] = []
        for row in table.iter(f"{TABLE}table-row"):
            if not len(row) or not _words(row):
                continue
            if row.get(f"{TABLE}visibility", "visible") != "visible":
                after.append(_concealed(row))
                continue
            cells = list(self._cells(row, away, after))
            rows += [cells] * min(_repeated(row, "rows"), MOST_REPEATS)
            if sum(map(len, rows)) > MOST_CELLS:
                raise Unreadable("too_large", f"The sheet has more than {MOST_CELLS} cells: split the file.")
        columns = sorted({column for row in rows for column, _ in row})
        if columns:
            full = [dict(row) for row in rows]
            aligned = [[row.get(column, Cell()) for column in columns] for row in full]
            yield Table(aligned, header_row(aligned))
        for frame in table.iter(f"{DRAW}frame"):
            yield from self._blocks(frame, 0, 0)
        yield from after

    def _cells(self, row: "_Element", away: set[int], after: list[Block]) -> Iterator[tuple[int, Cell]]:
        column = 0
        for cell in row:
            times = _repeated(cell, "columns")
            said = [part for part in cell if part.tag == f"{TEXT}p"]
            shown: list[str] = []
            for part in said:
                self._inline(part, shown, after, 0, hidden=False)
                shown.append("\n")
            text = "".join(shown).strip()
            for note in cell.iterfind(f"{OFFICE}annotation"):
                words = (_words(part) for part in note if part.tag not in _NOTE_MARKS)
                after += [Paragraph(f"Comment: {' '.join(words)}")]
            number = cell.get(f"{OFFICE}value-type", "string") not in ("string", "boolean")
            for at in range(column, column + min(times, MOST_REPEATS)) if text else ():
                if at in away:
                    after.append(Concealed(text))
                else:
                    yield at, Cell(text, number)
            column += times

    def _hidden_columns(self, table: "_Element") -> set[int]:
        away, at = set(), 0
        for column in table.iter(f"{TABLE}table-column"):
            times = _repeated(column, "columns")
            if column.get(f"{TABLE}visibility", "visible") != "visible":
                away |= set(range(at, at + min(times, 16_384)))
            at += times
        return away

    def _is_off(self, table: "_Element") -> bool:
        return self._styles.get(table.get(f"{TABLE}style-name", ""), _Style()).hidden

    def _picture(self, image: "_Element") -> Iterator[Block]:
        name, frame = image.get(f"{XLINK}href", "").removeprefix("./"), image.getparent()
        if name in self._archive.namelist() and not name.endswith("/"):
            width, height = (
                _points(frame.get(f"{SVG}{side}", "")) if frame is not None else 0.0 for side in ("width", "height")
            )
            yield Picture(self._archive.read(name), width, height)


_SIGNS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_NOTE_MARKS = frozenset({f"{TEXT}note-citation", f"{DC}creator", f"{DC}date", f"{_O}meta:1.0date-string"})


def _style(style: "_Element") -> _Style:
    """What a style hides: text, or a table; whether a page begins before it."""
    text, table = style.find(f"{STYLE}text-properties"), style.find(f"{STYLE}table-properties")
    paragraph = style.find(f"{STYLE}paragraph-properties")
    white = (
        text is not None and text.get(f"{FO}color", "").lower() == "#ffffff" and not text.get(f"{FO}background-color")
    )
    off = table is not None and table.get(f"{TABLE}display") == "false"
    hidden = text is not None and text.get(f"{TEXT}display") == "none"
    return _Style(hidden or white or off, paragraph is not None and paragraph.get(f"{FO}break-before") == "page")


def _marked(blocks: Iterator[Block]) -> Iterator[Block]:
    """A list's item: a bullet before its first text."""
    marked = False
    for block in blocks:
        if isinstance(block, Paragraph) and block.text.strip() and not marked:
            marked = True
            yield block._replace(text=f"• {block.text}")
        else:
            yield block


def _repeated(element: "_Element", what: str) -> int:
    times = element.get(f"{TABLE}number-{what}-repeated", "1")
    return int(times) if times.isdecimal() else 1


def _spanned(cell: "_Element") -> int:
    times = cell.get(f"{TABLE}number-columns-spanned", "1")
    return min(int(times), 100) if times.isdecimal() else 1


def _words(element: "_Element") -> str:
    return " ".join("".join(element.itertext()).split())


def _concealed(element: "_Element") -> Block:
    return Concealed(" ".join(filter(None, (" ".join(text.split()) for text in element.itertext()))))


def _points(length: str) -> float:
    """A length such as 4.2cm in points; 0 when it cannot be told."""
    try:
        return float(length[:-2]) * _UNITS.get(length[-2:], 0.0)
    except ValueError:
        return 0.0
