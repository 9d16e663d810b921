"""Parses RTF with striprtf: its text and the cells of its tables; its pictures by their own marks."""

import re
from collections.abc import Iterator

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Cell, Concealed, Flow, Paragraph, Picture, Table, header_row, is_number
from shared.ports.reading import SourceFile

_PICTURE = re.compile(rb"\\pict(?=[\\{\s])(?P<words>(?:[^{}]|\{[^{}]*\}){0,4096}?)(?P<hex>[0-9a-fA-F\s]{64,})\}")
_KIND = re.compile(rb"\\(?:png|jpeg)blip")
_GOAL = re.compile(rb"\\pic([wh])goal(\d+)")
_HIDDEN = re.compile(rb"\{[^{}]*\\v(?![\w0])[^{}]*\}")
TWIPS = 20
"""Twentieths of a point."""


def parse_rtf(file: SourceFile) -> Flow:
    """Paragraphs and tables, then the pictures. Groups marked as hidden (`\\v`) are Concealed.

    Raises Unreadable (`unreadable`).
    """
    from striprtf.striprtf import rtf_to_text

    data = file.path.read_bytes()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("unreadable", "The RTF does not begin as one: save it anew, and upload it again.")
    hidden = [rtf_to_text(group.decode("latin-1"), errors="replace").strip() for group in _HIDDEN.findall(data)]
    shown = _HIDDEN.sub(b"", _PICTURE.sub(b"}", data))
    yield from _blocks(rtf_to_text(shown.decode("latin-1"), errors="replace"))
    yield from (Concealed(text) for text in hidden if text)
    yield from _pictures(data)


def _blocks(text: str) -> Iterator[Block]:
    """Lines with cells between bars are rows of a table; the others are paragraphs."""
    rows: list[list[Cell]] = []
    for line in text.splitlines():
        cells = [part.strip() for part in line.rstrip().removesuffix("|").split("|")] if line.rstrip().endswith("|") else []
        if cells:
            rows.append([Cell(cell, is_number(cell)) for cell in cells])
            continue
        if rows:
            yield Table(rows, header_row(rows))
            rows = []
        yield Paragraph(line.strip("\x0b"))
    if rows:
        yield Table(rows, header_row(rows))


def _pictures(data: bytes) -> Iterator[Picture]:
    for found in _PICTURE.finditer(data):
        if not _KIND.search(found["words"]):
            yield Picture(b"")  # a metafile, which is told as a picture that cannot be shown
            continue
        goals = {name: int(value) / TWIPS for name, value in _GOAL.findall(found["words"])}
        digits = b"".join(found["hex"].split())
        yield Picture(bytes.fromhex(digits[: len(digits) // 2 * 2].decode()), goals.get(b"w", 0), goals.get(b"h", 0))
