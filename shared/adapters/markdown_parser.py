"""Parses Markdown with markdown-it-py; HTML in it stays text, nothing is fetched."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared.domain.flow import Block, Cell, Flow, Paragraph, Table, header_row, is_number

if TYPE_CHECKING:
    from markdown_it.token import Token

BULLET = "•"


def markdown(text: str) -> Flow:
    """The blocks of a Markdown text."""
    from markdown_it import MarkdownIt

    yield from _Walk(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)).blocks()


class _Walk:
    """Goes through the tokens once."""

    def __init__(self, tokens: "Sequence[Token]") -> None:
        self._tokens = tokens
        self._lists: list[int | None] = []
        self._mark = ""

    def blocks(self) -> Iterator[Block]:
        """The blocks, in order."""
        rows: list[list[Cell]] = []
        level = 0
        for token in self._tokens:
            self._enter(token)
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "tr_open":
                rows.append([])
            elif token.type == "table_close":
                yield Table(rows, header_row(rows))
                rows = []
            elif token.type == "inline" and rows:
                text = _plain(token)
                rows[-1].append(Cell(text, is_number(text)))
            elif token.type == "inline":
                yield Paragraph(self._mark + _plain(token), level, len(self._lists))
                self._mark, level = "", 0
            elif token.type in ("fence", "code_block", "html_block"):
                yield Paragraph(token.content.rstrip("\n"), pre=True)

    def _enter(self, token: "Token") -> None:
        """Keep count of lists and their items."""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            ordered = token.type == "ordered_list_open"
            self._lists.append(int(token.attrGet("start") or 1) if ordered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            number = self._lists[-1]
            self._mark = f"{BULLET} " if number is None else f"{number}. "
            self._lists[-1] = None if number is None else number + 1


def _plain(token: "Token") -> str:
    """What is read of a run of text: letters without their marks, the text that stands for a picture."""
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n" if child.type == "hardbreak" else " ")
        else:
            parts.append(child.content)
    return "".join(parts).strip()
