"""The stories of an RTF file: its text, and what stands apart from it, each as RTF with marks."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from shared.adapters.formats.rtf import marks
from shared.adapters.formats.rtf.marks import write_letters
from shared.domain.content.blocks import NotRead, Picture


class StoryKind(Enum):
    """Where a story stands."""

    BODY = auto()
    HEADER = auto()
    FOOTER = auto()
    NOTE = auto()
    COMMENT = auto()
    BOX = auto()


DESTINATIONS: Final = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), StoryKind.HEADER),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), StoryKind.FOOTER),
    "footnote": StoryKind.NOTE,
    "annotation": StoryKind.COMMENT,
    **dict.fromkeys(("shptxt", "dptxbxtext", "result"), StoryKind.BOX),
}
"""Kinds of stories by the control word that begins their group."""


@dataclass(slots=True)
class Story:
    """A story: RTF with marks, and what stands at its INSERTION marks in their order."""

    kind: StoryKind
    author: str = ""
    rtf: list[bytes] = field(default_factory=list)
    insertions: "list[Insertion]" = field(default_factory=list)


type Insertion = Picture | NotRead | Story


class StoryWriter:
    """Writes one story; knows which rows of tables and which span of text are open."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._span = ""
        self._in_table = False
        self._depth = 1
        self._row_is_open = False
        self._inner_row_is_open = False

    def write(self, rtf: bytes) -> None:
        """Write RTF as it is."""
        self._story.rtf.append(rtf)

    def begin_text(self, span: str) -> None:
        """Open the row that the next letters stand in, and the span that they belong to."""
        if self._in_table:
            self._open_row()
            if self._depth > 1:
                self._open_inner_row()
        if span != self._span:
            self.end_span()
            self._span = span
            self.write(write_letters(span))

    def end_span(self) -> None:
        """End the span of text that is struck through or hidden."""
        if self._span:
            self.write(write_letters(marks.END))
            self._span = ""

    def insert(self, item: Insertion | str, span: str) -> None:
        """Write letters or a mark; or that something else stands here."""
        if isinstance(item, str) and item in marks.STRUCTURE:
            self._mark(item)
            self._inner_row_is_open = False
        elif isinstance(item, str):
            self.begin_text(span)
            self.write(write_letters(item))
        else:
            self._story.insertions.append(item)
            self.write(write_letters(marks.INSERTION))

    def take_structure(self, word: str, number: int | None) -> bool:
        """Take a control word that begins or ends a paragraph, a row or a cell; return whether a mark replaces it."""
        match word:
            case "pard":
                self._in_table, self._depth = False, 1
            case "intbl":
                self._in_table = True
            case "itap":
                self._depth = number or 0
                self._in_table = self._in_table or self._depth > 0
            case "par" | "sect":
                self.end_span()
            case "line" | "page":
                self._mark(marks.LINE if word == "line" else marks.PAGE)
                return True
            case "trowd":
                self._open_row()
            case "cell" | "row" | "nestcell" | "nestrow":
                self._end_part(word)
                return True
        return False

    def _end_part(self, word: str) -> None:
        """End a cell or a row."""
        self._open_row()
        if word.startswith("nest"):
            self._open_inner_row()
        mark = {"cell": marks.CELL, "row": marks.ROW_END, "nestcell": marks.INNER_CELL, "nestrow": marks.INNER_ROW_END}
        self._mark(mark[word])
        self._row_is_open = word != "row"
        self._inner_row_is_open = word == "nestcell"

    def _open_row(self) -> None:
        if not self._row_is_open:
            self._row_is_open = True
            self._mark(marks.ROW)

    def _open_inner_row(self) -> None:
        if not self._inner_row_is_open:
            self._inner_row_is_open = True
            self._mark(marks.INNER_ROW)

    def _mark(self, mark: str) -> None:
        self.end_span()
        self.write(write_letters(mark))
