"""Make blocks of the decoded text of a story and of its marks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shared.adapters.formats.rtf import marks
from shared.adapters.formats.rtf.stories import Insertion
from shared.domain.content.blocks import Block, Concealed, PageBreak, Paragraph
from shared.domain.content.grid import grid
from shared.domain.content.nested_tables import CellBlocks

_MARK = re.compile("([\ufdd0-\ufddb\n])")
_NOT_SHOWN = {marks.STRUCK: "struck", marks.HIDDEN: "hidden"}


@dataclass(slots=True)
class _Table:
    """A table that is being read: its rows, the row and the cell that are open."""

    rows: list[list[CellBlocks]] = field(default_factory=list)
    row: list[CellBlocks] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)
    is_open: bool = False

    def end_cell(self) -> None:
        self.row.append((self.cell, 1))
        self.cell = []

    def end_row(self) -> None:
        """End the row; what follows its last cell is one more."""
        if self.cell:
            self.end_cell()
        self.rows.append(self.row)
        self.row, self.is_open = [], False


class BlockBuilder:
    """Builds the blocks of one story; `expand` makes blocks of what stands at an INSERTION mark."""

    def __init__(self, insertions: list[Insertion], expand: Callable[[Insertion], Iterator[Block]]) -> None:
        self._insertions = iter(insertions)
        self._expand = expand
        self._blocks: list[Block] = []
        self._outer, self._inner = _Table(), _Table()
        self._line: list[str] = []
        self._behind: list[Block] = []
        self._span = ""

    def build(self, text: str) -> list[Block]:
        """Return the blocks of a text with marks."""
        for piece in _MARK.split(text):
            if piece in _NOT_SHOWN:
                self._span = _NOT_SHOWN[piece]
            elif piece == marks.END:
                self._span = ""
            elif piece == marks.INSERTION:
                self._behind += self._expand(next(self._insertions))
            elif piece == marks.LINE:
                self._line.append("\n")
            elif piece in marks.STRUCTURE:
                self._take_structure(piece)
            elif piece == "\n":
                self._end_paragraph()
            elif piece:
                self._take_text(piece)
        self._finish()
        return self._blocks

    def _take_text(self, text: str) -> None:
        if not self._span:
            self._line.append(text)
        elif text.strip():
            self._behind.append(Concealed(text.strip(), "struck" if self._span == "struck" else "hidden"))

    def _take_structure(self, mark: str) -> None:
        """Take the end of a part of a table, or of a page."""
        if mark not in (marks.ROW, marks.INNER_ROW) or self._line or self._behind:
            self._end_paragraph(keeps_empty=False)
        match mark:
            case marks.PAGE:
                self._place().append(PageBreak())
            case marks.ROW:
                self._outer.is_open = True
            case marks.INNER_ROW:
                self._inner.is_open = True
            case marks.INNER_CELL:
                self._inner.end_cell()
            case marks.INNER_ROW_END:
                self._inner.end_row()
            case marks.CELL:
                self._close_inner()
                self._outer.end_cell()
            case marks.ROW_END:
                self._close_inner()
                self._outer.end_row()

    def _place(self) -> list[Block]:
        """Return where the next paragraph belongs; a table that is over is closed."""
        if self._inner.is_open:
            return self._inner.cell
        if self._outer.is_open:
            self._close_inner()
            return self._outer.cell
        self._close_outer()
        return self._blocks

    def _end_paragraph(self, *, keeps_empty: bool = True) -> None:
        text = "".join(self._line).strip("\x0b")
        if text.strip() or self._behind or keeps_empty:
            place = self._place()
            if text.strip() or keeps_empty:
                place.append(Paragraph(text))
            place += self._behind
        self._line, self._behind = [], []

    def _close_inner(self) -> None:
        if self._inner.row or self._inner.cell:
            self._inner.end_row()
        self._outer.cell += grid(self._inner.rows)
        self._inner = _Table()

    def _close_outer(self) -> None:
        self._blocks += grid(self._outer.rows)
        self._outer = _Table()

    def _finish(self) -> None:
        self._end_paragraph(keeps_empty=False)
        self._close_inner()
        if self._outer.row or self._outer.cell:
            self._outer.end_row()
        self._close_outer()
        for item in self._insertions:
            self._blocks += self._expand(item)
