"""Parse Markdown with markdown-it-py; HTML in it stays text, nothing is fetched."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared.domain.content.blocks import Block, Cell, Concealed, Flow, Paragraph, Table, header_row, is_number

if TYPE_CHECKING:
    from markdown_it.token import Token

BULLET = "•"


def markdown(text: str) -> Flow:
    """Return the blocks of a Markdown text."""
    from markdown_it import MarkdownIt

    yield from _Walk(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).parse(text)).blocks()


class _Walk:
    """Goes through the tokens once."""

    def __init__(self, tokens: "Sequence[Token]") -> None:
        self._tokens = tokens
        self._lists: list[int | None] = []
        self._mark = ""

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, in order."""
        rows: list[list[Cell]] = []
        behind: list[Block] = []
        level = 0
        for token in self._tokens:
            self._enter(token)
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "tr_open":
                rows.append([])
            elif token.type == "table_close":
                yield Table(rows, header_row(rows))
                yield from behind
                rows, behind = [], []
            elif token.type == "inline" and rows:
                text, struck = _plain(token)
                rows[-1].append(Cell(text, is_number(text)))
                behind += struck
            elif token.type == "inline":
                text, struck = _plain(token)
                yield Paragraph(self._mark + text, level, len(self._lists))
                yield from struck
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


def _plain(token: "Token") -> tuple[str, list[Block]]:
    """Return the text of a run without its marks, pictures as their alternative text, and the struck text."""
    parts: list[str] = []
    struck: list[Block] = []
    target, depth = parts, 0
    for child in token.children or ():
        if child.type == "s_open":
            depth += 1
            target = [] if depth == 1 else target
        elif child.type == "s_close":
            depth -= 1
            if depth == 0:
                struck.append(Concealed("".join(target).strip(), "struck"))
                target = parts
        elif child.type in ("softbreak", "hardbreak"):
            target.append("\n" if child.type == "hardbreak" else " ")
        else:
            target.append(child.content)
    return "".join(parts).strip(), struck
