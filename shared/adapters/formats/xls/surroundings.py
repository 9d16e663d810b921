"""Read what stands around and over the cells of an old workbook: page headers, text boxes, controls, charts."""

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.adapters.formats.xls.pictures import list_pictures
from shared.adapters.formats.xls.records import (
    BIFF8,
    BOF,
    Record,
    SheetRecords,
    iter_records,
    list_worksheets,
    read_string,
)
from shared.domain.content.blocks import Block, Concealed, NotRead, Paragraph
from shared.domain.spreadsheets.sheet_headers import read_header

_HEADER, _FOOTER, _HEADERS_OF_PAGES = 0x0014, 0x0015, 0x089C
_OBJECT, _TEXT, _SERIES_TEXT = 0x005D, 0x01B6, 0x100D
_COMMON, _BOX_STATE, _LIST_STATE = 0x15, 0x12, 0x13
_CHECK_BOX, _OPTION, _LIST, _MENU, _PICTURE, _COMMENT = 0x0B, 0x0C, 0x12, 0x14, 0x08, 0x19
_SIGNS = {_CHECK_BOX: ("☐", "☒"), _OPTION: ("○", "◉")}
_DRAWN_BY_PROGRAM = 0x0100
"""An object that Excel puts there by itself, such as the arrow of a filter."""
_DIFFERENT_PAGES = 1
_DIFFERENT_FIRST = 2
_PAGES_TEXTS_AT = 38


class _Object(NamedTuple):
    object_type: int = 0
    sign: str = ""
    is_unread_choice: bool = False


class Surroundings(NamedTuple):
    """The content of one sheet outside its cells."""

    headers: Sequence[Block] = ()
    drawings: Sequence[Block] = ()
    footers: Sequence[Block] = ()


def read_surroundings(data: bytes, names: Sequence[str]) -> list[Surroundings]:
    """Return what belongs to each worksheet, in their order; the pictures with the first sheet that shows one."""
    pictures = list_pictures(data)
    read = []
    for sheet, name in zip(list_worksheets(data), names, strict=False):
        surroundings, has_pictures = _read_sheet(data, sheet, name)
        if has_pictures and sheet.is_visible:
            surroundings = surroundings._replace(drawings=[*surroundings.drawings, *pictures])
            pictures = []
        read.append(surroundings)
    return read


def _read_sheet(data: bytes, sheet: SheetRecords, name: str) -> tuple[Surroundings, bool]:
    headers: list[str] = []
    footers: list[str] = []
    drawings: list[Block] = []
    current, has_pictures, is_biff8 = _Object(), False, True
    for record in iter_records(data, sheet.offset):
        if record.number == BOF and record.depth == 1:
            is_biff8 = struct.unpack_from("<H", record.data.ljust(2, b"\0"))[0] == BIFF8
        elif record.number in (_HEADER, _FOOTER) and record.depth == 1:
            (headers if record.number == _HEADER else footers).append(_read_edge(record.data, is_biff8=is_biff8))
        elif record.number == _HEADERS_OF_PAGES:
            _read_edges_of_pages(record.data, headers, footers)
        elif record.number == _OBJECT and is_biff8:
            current = _read_object(record.data)
            has_pictures |= current.object_type == _PICTURE
            drawings += [NotRead("form_control")] * current.is_unread_choice
        elif record.number == _TEXT and record.depth == 1:
            drawings += _read_text(record, current)
        elif record.number == _SERIES_TEXT:
            title, _ = read_string(record.data[2:], wide_length=False)
            drawings += [Paragraph(title)] * (title.strip() != "" and Paragraph(title) not in drawings)
    return Surroundings(list(_edge_blocks(headers, name)), drawings, list(_edge_blocks(footers, name))), has_pictures


def _edge_blocks(codes: Sequence[str], name: str) -> Iterator[Block]:
    lines = dict.fromkeys(line for code in codes for line in read_header(code, name))
    for line in lines:
        yield Concealed(line.text, "struck") if line.is_struck else Paragraph(line.text)
    if any("&G" in code.upper().replace("&&", "") for code in codes):
        yield NotRead("page_header")


def _read_edge(data: bytes, *, is_biff8: bool) -> str:
    if not data:
        return ""
    if is_biff8:
        return read_string(data)[0]
    return data[1 : 1 + data[0]].decode("cp1252", "replace")


def _read_edges_of_pages(data: bytes, headers: list[str], footers: list[str]) -> None:
    """Add the headers and footers of even pages and of the first page, where those differ."""
    if len(data) < _PAGES_TEXTS_AT:
        return
    flags, *lengths = struct.unpack_from("<5H", data, 28)
    at = _PAGES_TEXTS_AT
    for index, length in enumerate(lengths):
        if not length:
            continue
        text, size = read_string(data[at:])
        at += size
        needed = _DIFFERENT_PAGES if index < len(lengths) // 2 else _DIFFERENT_FIRST
        if flags & needed:
            (footers if index % 2 else headers).append(text)


def _read_object(data: bytes) -> _Object:
    """Return what an object is, and whether it is ticked."""
    at, object_type, flags, sign, selected = 0, 0, 0, "", 0
    while at + 4 <= len(data):
        part, size = struct.unpack_from("<HH", data, at)
        body = data[at + 4 : at + 4 + size].ljust(8, b"\0")
        if part == _COMMON:
            object_type, _, flags = struct.unpack_from("<3H", body)
        elif part == _BOX_STATE and object_type in _SIGNS:
            sign = _SIGNS[object_type][body[0] == 1]
        elif part == _LIST_STATE:  # its size is no size: it is the last part
            rest = data[at + 4 :]
            formula = int.from_bytes(rest[:2], "little")
            selected = int.from_bytes(rest[4 + formula : 6 + formula], "little")
            break
        at += 4 + size
    is_choice = object_type in (_LIST, _MENU) and not flags & _DRAWN_BY_PROGRAM
    return _Object(object_type, sign, is_choice and selected > 0)


def _read_text(record: Record, owner: _Object) -> list[Block]:
    """Return the text of a box or a control; that of a comment is read with its cell."""
    length = int.from_bytes(record.data[10:12], "little")
    text = ""
    for piece in record.continued:
        if len(text) < length:
            text += read_string(piece, length=min(length - len(text), max(len(piece) - 1, 0)))[0]
    shown = f"{owner.sign} {text[:length]}".replace("\r", "\n").strip()
    return [Paragraph(shown)] if shown and owner.object_type != _COMMENT else []
