"""Pictures that are cut off, or larger than they look."""

import struct
import zlib
from io import BytesIO

from PIL import Image

BOMB_SIDE_PIXELS = 13_000
"""169 million pixels, of one bit each."""


def image_bomb() -> bytes:
    """Return a PNG of 21 kB with 169 million black pixels."""
    header = struct.pack(">IIBBBBB", BOMB_SIDE_PIXELS, BOMB_SIDE_PIXELS, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(BOMB_SIDE_PIXELS * (1 + BOMB_SIDE_PIXELS // 8)), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def cut_off_image() -> bytes:
    """Return a PNG of which only the first half was transferred."""
    buffer = BytesIO()
    Image.effect_mandelbrot((200, 200), (-2, -1.5, 1, 1.5), 100).save(buffer, "PNG")
    return buffer.getvalue()[: buffer.tell() // 2]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
