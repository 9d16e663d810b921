"""Find the pictures of an old workbook in its drawing records ([MS-ODRAW], 2.2.20 to 2.2.32)."""

import re
import struct
from collections.abc import Iterator

from shared.adapters.formats.xls.records import iter_records
from shared.domain.content.blocks import Block, NotRead, Picture

_DRAWING_GROUP = 0x00EB
_CONTAINERS = frozenset({0xF000, 0xF001})
_STORE_ENTRY = 0xF007
_STORE_ENTRY_HEAD = 36
_BITMAPS = frozenset({0xF01D, 0xF01E, 0xF02A})
_METAFILES = frozenset({0xF01A, 0xF01B, 0xF01C, 0xF01F, 0xF029})
_SIGNATURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n")
_LONGEST_HEAD = 64
"""A picture's bytes begin within this many bytes of its record."""
MAX_PICTURES = 200


def list_pictures(data: bytes) -> list[Block]:
    """Return the pictures of a workbook, each once; those in formats of drawings are reported."""
    groups = [record for record in iter_records(data, 0) if record.number == _DRAWING_GROUP]
    pictures: list[Block] = []
    for picture_type, body in _iter_pictures(b"".join(b"".join((group.data, *group.continued)) for group in groups)):
        start = _SIGNATURE.search(body[:_LONGEST_HEAD]) if picture_type in _BITMAPS else None
        pictures.append(Picture(body[start.start() :]) if start else NotRead("drawing"))
    return pictures[:MAX_PICTURES]


def _iter_pictures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the type and the bytes of each picture's record."""
    stack = [(0, len(data))]
    while stack:
        at, end = stack.pop()
        if at + 8 > end:
            continue
        _, number, length = struct.unpack_from("<HHI", data, at)
        inside, after = at + 8, at + 8 + length
        stack.append((after, end))
        if number in _CONTAINERS:
            stack.append((inside, min(after, end)))
        elif number == _STORE_ENTRY:
            stack.append((inside + _STORE_ENTRY_HEAD, min(after, end)))
        elif number in _BITMAPS or number in _METAFILES:
            yield number, data[inside : min(after, end)]
