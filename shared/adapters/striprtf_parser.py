"""Parses RTF with striprtf: its text and the cells of its tables; its pictures by their own marks."""

import re
from collections.abc import Iterator

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Cell, Concealed, Flow, Paragraph, Picture, Table, header_row, is_number
from shared.ports.reading import SourceFile

_PICTURE = re.compile(rb"\\pict(?![a-z])")
_COPY = re.compile(rb"\{\\nonshppict\s*\{?$")
_WORDS = re.compile(rb"(?:\\[a-z]+-?\d*[ ]?|\\\*|[{}\s])+")
_BRACE = re.compile(rb"[{}]")
_KIND = re.compile(rb"\\(?:png|jpeg)blip")
_GOAL = re.compile(rb"\\pic([wh])goal(\d+)")
_HIDDEN = re.compile(rb"\{[^{}]*\\v(?![\w0])[^{}]*\}")
TWIPS = 20
"""Twentieths of a point."""


def parse_rtf(file: SourceFile) -> Flow:
    """Paragraphs and tables, then the pictures. Groups that are marked as hidden are Concealed.

    Raises Unreadable (`unreadable`).
    """
    data = file.path.read_bytes()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("unreadable", "The RTF does not begin as one: save it anew, and upload it again.")
    pictures = [_group(data, found.end()) for found in _PICTURE.finditer(data)]
    rest = _without(data, pictures)
    hidden = [_text(group) for group in _HIDDEN.findall(rest)]
    yield from _blocks(_text(_HIDDEN.sub(b"", rest)))
    yield from (Concealed(text) for text in hidden if text.strip())
    for begin, end in pictures:
        if not _COPY.search(data[max(0, begin - 40) : begin].removesuffix(b"\\pict")):
            yield _picture(data[begin:end])


def _text(data: bytes) -> str:
    """The text of RTF; letters beyond the 16-bit ones are written in halves, which are put together."""
    from striprtf.striprtf import rtf_to_text

    text: str = rtf_to_text(data.decode("latin-1"), errors="replace")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _group(data: bytes, begin: int) -> tuple[int, int]:
    """From `begin` to the brace that ends the group which it stands in."""
    depth = 0
    for brace in _BRACE.finditer(data, begin):
        depth += 1 if brace[0] == b"{" else -1
        if depth < 0:
            return begin, brace.start()
    return begin, len(data)


def _without(data: bytes, cuts: list[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for begin, end in cuts:
        if begin >= at:
            kept.append(data[at:begin])
            at = end
    return b"".join([*kept, data[at:]])


def _blocks(text: str) -> Iterator[Block]:
    """Lines with cells between bars are rows of a table; the others are paragraphs."""
    rows: list[list[Cell]] = []
    for line in text.splitlines():
        cells = (
            [part.strip() for part in line.rstrip().removesuffix("|").split("|")] if line.rstrip().endswith("|") else []
        )
        if cells:
            rows.append([Cell(cell, is_number(cell)) for cell in cells])
            continue
        if rows:
            yield Table(rows, header_row(rows))
            rows = []
        yield Paragraph(line.strip("\x0b"))
    if rows:
        yield Table(rows, header_row(rows))


def _picture(data: bytes) -> Picture:
    """The picture of a group; without data when it is of a kind that cannot be shown."""
    outside = _outside(data)
    goals = {name: int(value) / TWIPS for name, value in _GOAL.findall(outside)}
    digits = b"".join(_WORDS.sub(b" ", outside).split()) if _KIND.search(outside) else b""
    try:
        decoded = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        decoded = b""
    return Picture(decoded, goals.get(b"w", 0.0), goals.get(b"h", 0.0))


def _outside(data: bytes) -> bytes:
    """What of a group stands in no group inside it."""
    kept, at, depth = [], 0, 0
    for brace in _BRACE.finditer(data):
        if brace[0] == b"{":
            if depth == 0:
                kept.append(data[at : brace.start()])
            depth += 1
        else:
            depth -= 1
            at = brace.end()
    return b"".join([*kept, data[at:]])
