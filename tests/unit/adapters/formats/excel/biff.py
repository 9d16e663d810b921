"""Writes small workbooks of Excel 97 to 2003, record by record ([MS-XLS])."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
HEADER, FOOTER, OBJECT, TEXT = 0x0014, 0x0015, 0x005D, 0x01B6
STRUCK, WHITE = 1, 2
"""Fonts of a cell, beside the plain one (0)."""


class Sheet(NamedTuple):
    """A sheet: its rows of texts and numbers, a font and a number format for each place, further records."""

    name: str
    rows: Sequence[Sequence[str | float]]
    fonts: dict[tuple[int, int], int] = {}
    formatted: Sequence[tuple[int, int]] = ()
    records: bytes = b""


def record(number: int, data: bytes = b"") -> bytes:
    """Return a record."""
    return struct.pack("<HH", number, len(data)) + data


def text(value: str, *, wide_length: bool = True) -> bytes:
    """Return a text behind its length and its flag."""
    return struct.pack("<HB" if wide_length else "<BB", len(value), 1) + value.encode("utf-16-le")


def text_box(value: str, object_type: int = 6, state: bytes = b"", flags: int = 0) -> bytes:
    """Return an object with its text."""
    common = struct.pack("<HHHHH", 0x15, 18, object_type, 1, flags) + bytes(12)
    body = struct.pack("<HHHHHH", 0, 0, 0, 0, 0, len(value)) + bytes(6)
    piece = record(CONTINUE, b"\1" + value.encode("utf-16-le"))
    return record(OBJECT, common + state + bytes(4)) + record(TEXT, body) + piece


def chart(title: str) -> bytes:
    """Return a chart with a title, which is a part of its sheet."""
    series = record(0x100D, bytes(2) + text(title, wide_length=False))
    return record(BOF, struct.pack("<HH", 0x0600, 0x0020) + bytes(12)) + series + record(EOF)


def workbook(sheets: Sequence[Sheet], number_format: str = "#,##0.00") -> bytes:
    """Return the stream of a workbook; it is also a file that xlrd opens."""
    bodies = [_sheet(sheet) for sheet in sheets]
    fonts = b"".join(_font(flags, colour) for flags, colour in ((0, 0x7FFF), (8, 0x7FFF), (0, 9), (0, 0x7FFF)))
    formats = record(0x041E, struct.pack("<H", 164) + text(number_format))
    xfs = b"".join(_cell_format(font, code) for font, code in ((0, 0), (1, 0), (2, 0), (0, 164)))
    head = record(BOF, struct.pack("<HH", 0x0600, 0x0005) + bytes(12)) + record(0x0042, struct.pack("<H", 1200)) + fonts
    head += formats + xfs
    size = len(head) + len(record(EOF))
    size += sum(len(record(0x0085, bytes(6) + text(sheet.name, wide_length=False))) for sheet in sheets)
    bounds, at = b"", size
    for sheet, body in zip(sheets, bodies, strict=True):
        bounds += record(0x0085, struct.pack("<IBB", at, 0, 0) + text(sheet.name, wide_length=False))
        at += len(body)
    return head + bounds + record(EOF) + b"".join(bodies)


def _font(flags: int, colour: int) -> bytes:
    return record(0x0031, struct.pack("<5H", 200, flags, colour, 400, 0) + bytes(4) + text("Arial", wide_length=False))


def _cell_format(font: int, code: int) -> bytes:
    return record(0x00E0, struct.pack("<HHHBB", font, code, 0, 0x20, 0) + bytes(10) + struct.pack("<H", 0x20C0))


def _sheet(sheet: Sheet) -> bytes:
    cells = b""
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            xf = 3 if (row, column) in sheet.formatted else sheet.fonts.get((row, column), 0)
            place = struct.pack("<HHH", row, column, xf)
            is_text = isinstance(value, str)
            cells += (
                record(0x0204, place + text(str(value)))
                if is_text
                else record(0x0203, place + struct.pack("<d", value))
            )
    head = record(BOF, struct.pack("<HH", 0x0600, 0x0010) + bytes(12))
    return head + sheet.records + cells + record(EOF)
