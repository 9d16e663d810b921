"""The text inside a paragraph, separated from text that Word does not print or strikes through."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from shared.adapters.formats.docx.drawings import read_drawing
from shared.adapters.formats.docx.equations import write_equation
from shared.adapters.formats.docx.fields import Field, open_field, read_check_box, read_result
from shared.adapters.formats.docx.names import MC, M, W, val
from shared.adapters.formats.docx.pieces import Piece
from shared.adapters.formats.docx.styles import Appearance, Style, Styles, read_appearance, read_font
from shared.domain.content.symbol_fonts import read_symbols

if TYPE_CHECKING:
    from docx.opc.part import Part
    from lxml.etree import _Element

DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_SILENT = frozenset({f"{W}instrText", f"{W}delInstrText", f"{W}rPr", f"{W}pPr", f"{W}sdtPr", f"{W}sdtEndPr"})
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}


def read_pieces(paragraph: "_Element", part: "Part", styles: Styles, style: Style) -> Iterator[Piece]:
    """Yield the pieces of a paragraph of this style, in order."""
    yield from _Inline(part, styles, style).read(paragraph)


class _Inline:
    """Goes through one paragraph; knows which fields are open."""

    def __init__(self, part: "Part", styles: Styles, style: Style) -> None:
        self._part = part
        self._styles = styles
        self._style = style
        self._fields: list[Field] = []

    def read(self, paragraph: "_Element") -> Iterator[Piece]:
        """Yield the pieces; a form field that never ends is drawn at the end."""
        yield from self._walk(paragraph, deleted=False)
        yield from (Piece(shown=field.drawn) for field in self._fields if field.drawn and not field.has_result)

    def _walk(self, element: "Iterable[_Element]", *, deleted: bool) -> Iterator[Piece]:
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                yield from self._run(child, deleted=deleted)
            elif tag == f"{W}delText":
                yield Piece(concealed=child.text or "")
            elif tag == f"{MC}AlternateContent":
                yield from _choose(child, partial(self._walk, deleted=deleted))
            elif tag in (f"{M}oMath", f"{M}oMathPara"):
                yield from self._show(_sort(write_equation(child), Appearance(hidden=deleted)))
            elif tag == f"{W}sdt":
                yield from self._control(child, deleted=deleted)
            elif tag == f"{W}fldSimple":
                yield from self._simple_field(child, deleted=deleted)
            elif tag == f"{W}subDoc":
                yield Piece(unread="linked_part")
            elif tag not in _SILENT:
                yield from self._walk(child, deleted=deleted or tag in DELETED)

    def _control(self, control: "_Element", *, deleted: bool) -> Iterator[Piece]:
        """Yield a content control: what it shows; the state of a check box that shows nothing."""
        pieces = list(self._walk(control, deleted=deleted))
        yield from pieces
        if all(piece.is_empty for piece in pieces):
            yield from self._show(Piece(shown=read_check_box(control.find(f"{W}sdtPr"))))

    def _simple_field(self, element: "_Element", *, deleted: bool) -> Iterator[Piece]:
        pieces = [piece for piece in self._walk(element, deleted=deleted) if not piece.is_empty]
        field = Field(instruction=element.get(f"{W}instr", ""), has_result=bool(pieces))
        yield from pieces
        yield from self._close(field)

    def _run(self, run: "_Element", *, deleted: bool) -> Iterator[Piece]:
        properties = run.find(f"{W}rPr")
        named = self._styles.of(val(properties, "rStyle"))
        appearance = read_appearance(properties, self._style.appearance.inherited_by(named.appearance))
        font = read_font(properties) or named.font or self._style.font
        for child in run:
            yield from self._inside(child, appearance._replace(hidden=appearance.hidden or deleted), font)

    def _inside(self, child: "_Element", appearance: Appearance, font: str) -> Iterator[Piece]:
        tag = child.tag
        if tag in (f"{W}t", f"{W}delText"):
            deleted = appearance._replace(hidden=appearance.hidden or tag == f"{W}delText")
            yield from self._show(_sort(read_symbols(child.text or "", font), deleted))
        elif tag == f"{W}br" and child.get(f"{W}type") == "page":
            yield Piece(mark="page")
        elif tag in _SIGNS:
            yield Piece(shown=_SIGNS[tag])
        elif tag == f"{W}sym":
            yield from self._show(_sort(_read_sign(child), appearance))
        elif tag == f"{W}fldChar":
            yield from self._turn(child)
        elif tag == f"{W}instrText":
            self._instruct(child.text or "")
        else:
            yield from self._beside(child, appearance, font)

    def _beside(self, child: "_Element", appearance: Appearance, font: str) -> Iterator[Piece]:
        """Yield what else stands in a run: readings of signs, notes, drawings."""
        tag = child.tag
        if tag == f"{W}ruby":
            yield from self._walk(child.findall(f"{W}rubyBase"), deleted=appearance.hidden)
        elif tag == f"{MC}AlternateContent":
            yield from _choose(child, lambda parts: (p for part in parts for p in self._inside(part, appearance, font)))
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            yield from self._show_all(read_drawing(child, self._part))
        elif tag == f"{W}contentPart":
            yield Piece(unread="drawing")

    def _instruct(self, text: str) -> None:
        if self._fields:
            self._fields[-1].instruction += text

    def _turn(self, mark: "_Element") -> Iterator[Piece]:
        """Begin a field, go on to its result, or end it."""
        turn = mark.get(f"{W}fldCharType")
        if turn == "begin":
            self._fields.append(open_field(mark))
        elif turn == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif turn == "end" and self._fields:
            yield from self._close(self._fields.pop())

    def _close(self, field: Field) -> Iterator[Piece]:
        shown, unread = read_result(field)
        yield from self._show(Piece(shown=shown))
        if unread:
            yield Piece(unread=unread)

    def _show(self, piece: Piece) -> Iterator[Piece]:
        """Yield a piece unless it is a part of the instruction of a field around its own: Word computes with that."""
        if piece.is_empty or any(not field.in_result for field in self._fields[:-1]):
            return
        for field in self._fields:
            field.has_result = field.has_result or field.in_result
        yield piece

    def _show_all(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            yield from self._show(piece)


def _sort(text: str, appearance: Appearance) -> Piece:
    """Return the piece of a text by its appearance."""
    if appearance.hidden or appearance.white:
        return Piece(concealed=text)
    return Piece(struck=text) if appearance.struck else Piece(shown=text)


def _read_sign(sign: "_Element") -> str:
    code = sign.get(f"{W}char", "")
    letter = chr(int(code, 16)) if 0 < len(code) <= 4 else ""  # noqa: PLR2004 - ST_ShortHexNumber
    return read_symbols(letter, sign.get(f"{W}font", ""))


def _choose(alternatives: "_Element", read: "Callable[[Iterable[_Element]], Iterable[Piece]]") -> Iterator[Piece]:
    """Yield the first alternative that is read completely; else the first with content."""
    elements = [*alternatives.findall(f"{MC}Choice"), *alternatives.findall(f"{MC}Fallback")]
    readings = [[piece for piece in read(element) if not piece.is_empty] for element in elements]
    with_content = [pieces for pieces in readings if pieces]
    whole = (pieces for pieces in with_content if not any(piece.unread for piece in pieces))
    yield from next(whole, with_content[0] if with_content else [])
