"""Split a workbook of Excel 97 to 2003 into its records ([MS-XLS], 2.1.4), sheet by sheet."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BOF, EOF, BOUNDSHEET, CONTINUE = 0x0809, 0x000A, 0x0085, 0x003C
BIFF8 = 0x0600
WORKSHEET = 0
MAX_RECORDS = 5_000_000
_STREAMS = ("Workbook", "Book")


class Record(NamedTuple):
    """A record with the pieces that continue it; `depth` 2: it belongs to a chart inside the sheet."""

    number: int
    data: bytes
    continued: tuple[bytes, ...] = ()
    depth: int = 1


class SheetRecords(NamedTuple):
    """Where the records of a worksheet begin."""

    offset: int
    is_visible: bool


def read_stream(path: Path) -> bytes:
    """Return the workbook's own stream; the file itself when it is no compound file. Empty when there is none."""
    import olefile

    if not olefile.isOleFile(str(path)):
        return path.read_bytes()
    with olefile.OleFileIO(str(path)) as compound:
        name = next((name for name in _STREAMS if compound.exists(name)), None)
        return compound.openstream(name).read() if name else b""


def list_worksheets(data: bytes) -> list[SheetRecords]:
    """Return the worksheets in their order."""
    sheets = []
    for record in iter_records(data, 0):
        if record.number == BOUNDSHEET and len(record.data) > 6:  # noqa: PLR2004 - offset, state, type
            offset, state, sheet_type = struct.unpack_from("<IBB", record.data)
            if sheet_type == WORKSHEET:
                sheets.append(SheetRecords(offset, state & 3 == 0))
    return sheets


def iter_records(data: bytes, offset: int) -> Iterator[Record]:
    """Yield the records from a BOF to its EOF, those of charts inside included; ends early where bytes are damaged."""
    depth, pending = 0, Record(0, b"")
    for _ in range(MAX_RECORDS):
        if offset + 4 > len(data):
            break
        number, length = struct.unpack_from("<HH", data, offset)
        body = data[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if number == CONTINUE:
            pending = pending._replace(continued=(*pending.continued, body))
            continue
        if pending.number:
            yield pending
        depth += number == BOF
        pending = Record(number, body, depth=depth)
        depth -= number == EOF
        if depth <= 0:
            break
    if pending.number:
        yield pending


def read_string(data: bytes, *, wide_length: bool = True, length: int | None = None) -> tuple[str, int]:
    """Return a text that its length and a flag precede, and how many bytes it takes; the length may be known."""
    at = 0
    if length is None:
        length = int.from_bytes(data[: 2 if wide_length else 1], "little")
        at = 2 if wide_length else 1
    is_wide = bool(data[at] & 1) if at < len(data) else False
    size = length * (2 if is_wide else 1)
    text = data[at + 1 : at + 1 + size].decode("utf-16-le" if is_wide else "latin-1", "replace")
    return text, at + 1 + size
