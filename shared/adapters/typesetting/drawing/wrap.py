"""Break text into lines that fit a width."""

import re

from shared.adapters.typesetting.drawing.page_writer import Face, advance

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters, halves of letters, and marks of the direction of writing; none is visible."""
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
"""MuPDF writes only 16 bits of a letter into a PDF: emoji and historic scripts would come back as other letters."""
_UNIT = re.compile(
    r"(\s*)([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+)"
)
"""What stays together: a word, or one sign of a script that has no spaces; and the space before it."""


def printable(text: str) -> str:
    """Remove unprintable characters; replace tabs by spaces, and letters that MuPDF cannot write by U+FFFD."""
    return _BEYOND.sub("\ufffd", _UNPRINTABLE.sub("", text)).replace("\t", "    ")


def wrap(text: str, width: float, size: float, face: Face = "helv") -> list[str]:
    """Break a text into lines of at most `width` points; line feeds are kept, a word that is wider is cut."""
    lines: list[str] = []
    for part in text.split("\n"):
        plain = " ".join(part.split())
        if advance(plain, size, face) <= width:
            lines.append(plain)
        else:
            lines += _break_line(plain, width, size, face)
    return lines


def wrap_preformatted(text: str, columns: int) -> list[str]:
    """Return the lines of a text whose spaces count, each of at most `columns` characters."""
    lines: list[str] = []
    for part in text.split("\n"):
        rest = part.rstrip()
        while len(rest) > columns:
            at = rest.rfind(" ", columns // 2, columns + 1)
            cut = at if at > 0 else columns
            lines.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip() if at > 0 else rest[cut:]
        lines.append(rest)
    return lines


def longest_word(text: str, size: float, face: Face = "helv") -> float:
    """Return the width in points of the widest unit that stays together."""
    return max((advance(unit[2], size, face) for unit in _UNIT.finditer(text)), default=0.0)


def _break_line(text: str, width: float, size: float, face: Face) -> list[str]:
    lines, line, used = [], "", 0.0
    for unit in _UNIT.finditer(text):
        space = " " if unit[1] and line else ""
        for piece in _pieces(unit[2], width, size, face):
            wide = advance(space + piece, size, face)
            if line and used + wide > width:
                lines.append(line)
                line, used, space = "", 0.0, ""
                wide = advance(piece, size, face)
            line, used, space = line + space + piece, used + wide, ""
    return [*lines, line]


def _pieces(word: str, width: float, size: float, face: Face) -> list[str]:
    """Return the word, cut where it is wider than a whole line."""
    if advance(word, size, face) <= width:
        return [word]
    pieces, piece, used = [], "", 0.0
    for letter in word:
        wide = advance(letter, size, face)
        if piece and used + wide > width:
            pieces.append(piece)
            piece, used = "", 0.0
        piece, used = piece + letter, used + wide
    return [*pieces, piece]
