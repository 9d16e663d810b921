"""Writes TNEF files as Outlook does, for tests."""

import struct
from collections.abc import Sequence

SUBJECT, BODY, CODE_PAGE, MESSAGE_PROPERTIES = 0x00018004, 0x0002800C, 0x00069007, 0x00069003
RENDERING, ATTACHED_DATA, TITLE, ATTACHMENT_PROPERTIES = 0x00069002, 0x0006800F, 0x00018010, 0x00069005
IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")

type Property = tuple[int, int, bytes]
"""The type of a property, its number, and its value."""


def tnef(*attributes: bytes) -> bytes:
    """A file of these attributes."""
    return b"\x78\x9f\x3e\x22" + b"\x01\x00" + b"".join(attributes)


def attribute(level: int, number: int, data: bytes) -> bytes:
    """An attribute of the message (1) or of an attachment (2), with its checksum."""
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def attachment(title: bytes, data: bytes, *properties: Property) -> bytes:
    """An attachment by its attributes."""
    return (
        attribute(2, RENDERING, bytes(14))
        + attribute(2, ATTACHED_DATA, data)
        + attribute(2, TITLE, title + b"\0")
        + (attribute(2, ATTACHMENT_PROPERTIES, property_list(properties)) if properties else b"")
    )


def property_list(properties: Sequence[Property]) -> bytes:
    """MAPI properties: numbers of four bytes, and values of any length; a number from 8000 on has a name."""
    written = struct.pack("<I", len(properties))
    for field_type, number, value in properties:
        written += struct.pack("<HH", field_type, number)
        if number >= 0x8000:
            name = "Keywords\0".encode("utf-16-le")
            written += bytes(16) + struct.pack("<II", 1, len(name)) + name + bytes(-len(name) % 4)
        if field_type in (0x0002, 0x0003):
            written += value.ljust(4, b"\0")
        else:
            written += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    return written
