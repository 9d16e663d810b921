"""Read the MAPI properties of a TNEF attribute ([MS-OXTNEF] 2.1.3.4)."""

import struct

from shared.adapters.base.charsets import decode_text

type MapiValues = dict[int, bytes | str]
"""Texts and bytes by the number of their property; others do not matter here."""

_NUMBER = struct.Struct("<I")
_TAG = struct.Struct("<HH")
_NAMED_FROM = 0x8000
_MANY = 0x1000
_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
"""Bytes of a value by its type, filled up to four."""
_OBJECT, _STRING, _UNICODE, _BINARY = 0x000D, 0x001E, 0x001F, 0x0102
_GUID = 16


class _Cursor:
    """A place in bytes that moves on as they are read; raises struct.error at their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def read_number(self) -> int:
        (value,) = _NUMBER.unpack_from(self._data, self._place)
        self._place += _NUMBER.size
        return int(value)

    def read_tag(self) -> tuple[int, int]:
        field_type, number = _TAG.unpack_from(self._data, self._place)
        self._place += _TAG.size
        return int(field_type), int(number)

    def read_bytes(self, size: int) -> bytes:
        """Read `size` bytes, and what fills them up to four."""
        if size > len(self._data) - self._place:
            raise struct.error("a value reaches beyond the end")
        value = self._data[self._place : self._place + size]
        self._place += size + -size % 4
        return value


def read_properties(data: bytes, code_page: str) -> MapiValues:
    """Return the texts and bytes of a list of properties; raises struct.error or ValueError when it is damaged."""
    cursor = _Cursor(data)
    values: MapiValues = {}
    for _ in range(cursor.read_number()):
        field_type, number = cursor.read_tag()
        if number >= _NAMED_FROM:
            _skip_name(cursor)
        for value in _read_values(cursor, field_type, code_page):
            values.setdefault(number, value)
    return values


def _read_values(cursor: _Cursor, field_type: int, code_page: str) -> list[bytes | str]:
    single = field_type & ~_MANY
    if single in _FIXED:
        for _ in range(cursor.read_number() if field_type & _MANY else 1):
            cursor.read_bytes(_FIXED[single])
        return []
    if single not in (_OBJECT, _STRING, _UNICODE, _BINARY):
        raise ValueError(f"a property has the unknown type {single:#x}")
    raw = [cursor.read_bytes(cursor.read_number()) for _ in range(cursor.read_number())]
    if single == _UNICODE:
        return [value.decode("utf-16-le", "replace").rstrip("\0") for value in raw]
    if single == _STRING:
        return [decode_text(value.rstrip(b"\0"), code_page).text for value in raw]
    return list(raw)


def _skip_name(cursor: _Cursor) -> None:
    cursor.read_bytes(_GUID)
    is_text = cursor.read_number() == 1
    size = cursor.read_number()
    if is_text:
        cursor.read_bytes(size)
