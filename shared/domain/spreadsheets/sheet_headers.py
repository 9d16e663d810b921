"""What a sheet prints at the head and the foot of its pages: the codes of Excel's headers (ECMA-376, 18.3.1.46)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SECTION = re.compile(r"&([LCR])")
_CODE = re.compile(r'&(?:"[^"]*"|\d{1,3}|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|.)', re.DOTALL)
_PAGE_CODES = re.compile("&[PN]")
_STRIKE = "&S"


class PrintedText(NamedTuple):
    """A line of a header or a footer; `is_struck`: it is struck through."""

    text: str
    is_struck: bool = False


def read_header(text: str, sheet_name: str) -> Iterator[PrintedText]:
    """Yield the lines of a header or footer, from its left, middle and right.

    The sheet's name is filled in; page numbers, dates and names of files are known to the printing program only. A line
    of a page number and no other digits is left out.
    """
    first, *rest = _SECTION.split(text.replace("&&", "\0"))
    parts = [("C", first), *zip(rest[::2], rest[1::2], strict=True)]
    for _, part in sorted(parts, key=lambda pair: "LCR".index(pair[0])):
        yield from _read_part(part, sheet_name)


def _read_part(part: str, sheet_name: str) -> Iterator[PrintedText]:
    is_struck = False
    for line in re.split(r"_x000D_\n?|\r\n?|\n", part):
        for struck, piece in _split_struck(line, starts_struck=is_struck):
            is_struck = struck
            shown = _CODE.sub(lambda code: sheet_name if code[0].upper() == "&A" else "", piece)
            shown = " ".join(shown.replace("\0", "&").split())
            counts_pages = _PAGE_CODES.search(piece.upper()) is not None
            if any(letter.isalnum() for letter in shown) and not is_page_counter(shown, counts_pages=counts_pages):
                yield PrintedText(shown, struck)


def is_page_counter(text: str, *, counts_pages: bool) -> bool:
    """Return whether a line with a page number says nothing else, such as "Page 1 of 3" without its numbers."""
    return counts_pages and not any(letter.isdigit() for letter in text) and len(text.split()) <= 3  # noqa: PLR2004 - Seite von


def _split_struck(line: str, *, starts_struck: bool) -> Iterator[tuple[bool, str]]:
    """Yield the pieces of a line; each `&S` turns striking through on or off."""
    struck = starts_struck
    for index, piece in enumerate(line.split(_STRIKE)):
        if index:
            struck = not struck
        yield struck, piece
