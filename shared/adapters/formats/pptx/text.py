"""The paragraphs of a text frame or a cell: what is shown, and apart from it what is struck through or not read."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.adapters.formats.pptx.names import MC, A, M
from shared.domain.content.blocks import Block, Concealed, NotRead, Paragraph
from shared.domain.content.symbol_fonts import PRIVATE_USE, is_symbol_font, read_symbols

if TYPE_CHECKING:
    from lxml.etree import _Element

_STRUCK = ("sngStrike", "dblStrike")


class ParagraphText(NamedTuple):
    """The text of a paragraph, and what follows it."""

    shown: str
    behind: list[Block]


def read_paragraph(paragraph: "_Element") -> ParagraphText:
    """Return a paragraph's text; struck text and equations stand behind it."""
    shown, struck, behind = "", "", list[Block]()
    inherits = _strikes(_default_properties(paragraph), inherited=False)
    for run in paragraph:
        if run.tag == f"{A}br":
            shown += "\n"
            continue
        if next(run.iter(f"{M}oMath"), None) is not None:
            behind.append(NotRead("equation"))
            continue
        properties = run.find(f"{A}rPr")
        text = _translate("".join(text.text or "" for text in run.iter(f"{A}t")), properties)
        if _strikes(properties, inherited=inherits):
            struck += text
        elif run.tag != f"{MC}AlternateContent":
            shown += text
    if struck.strip():
        behind.insert(0, Concealed(struck.strip(), "struck"))
    return ParagraphText(shown.strip(), behind)


def read_cell(paragraphs: Iterable[Any]) -> ParagraphText:
    """Return the text of a table's cell, and what follows the table."""
    texts = [read_paragraph(paragraph._p) for paragraph in paragraphs]  # noqa: SLF001 - its fields are runs, too
    return ParagraphText(
        "\n".join(text.shown for text in texts).strip(), [block for text in texts for block in text.behind]
    )


def read_frame(paragraphs: Iterable[Any], *, is_title: bool) -> Iterator[Block]:
    """Yield the paragraphs of a shape."""
    for paragraph in paragraphs:
        text = read_paragraph(paragraph._p)  # noqa: SLF001 - its fields are runs, too
        yield Paragraph(text.shown, 1 if is_title else 0, paragraph.level)
        yield from text.behind


def _default_properties(paragraph: "_Element") -> "_Element | None":
    """Return what the list style of the text says about the runs of this paragraph's level."""
    properties, body = paragraph.find(f"{A}pPr"), paragraph.getparent()
    level = int(properties.get("lvl", "0")) + 1 if properties is not None else 1
    return body.find(f"{A}lstStyle/{A}lvl{level}pPr/{A}defRPr") if body is not None else None


def _strikes(properties: "_Element | None", *, inherited: bool) -> bool:
    strike = properties.get("strike") if properties is not None else None
    return inherited if strike is None else strike in _STRUCK


def _translate(text: str, properties: "_Element | None") -> str:
    """Return the text with the signs of symbol fonts as they are seen."""
    if properties is None:
        return text
    fonts = {child.tag: child.get("typeface", "") for child in properties if child.tag in (f"{A}latin", f"{A}sym")}
    if is_symbol_font(fonts.get(f"{A}latin", "")):
        return read_symbols(text, fonts[f"{A}latin"])
    sign_font = fonts.get(f"{A}sym", "")
    return "".join(read_symbols(letter, sign_font) if ord(letter) >= PRIVATE_USE else letter for letter in text)
