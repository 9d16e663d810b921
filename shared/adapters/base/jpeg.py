"""Encode pictures as JPEGs that hold only their pixels, in grey where colour carries no information."""

import io
import re
from typing import TYPE_CHECKING

from shared.domain.reading.page import PageImage

if TYPE_CHECKING:
    from PIL import Image

_TINT = 60
"""A pixel whose strongest and weakest channel are further apart (of 255) is coloured; tinted paper is not."""
_COLOURED = 0.0002
"""A picture with a greater share of coloured pixels keeps its colour: a red figure of five digits says something."""
_STEP = 3
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPLICATION = frozenset(range(0xE0, 0xF0))
_NEEDED = frozenset({0xE0, 0xEE})
"""Application segments that say how pixels are to be understood: JFIF, and Adobe's colour transform."""
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
"""A marker within what is coded: neither a stuffed byte nor one of the restarts (ITU-T T.81, B.1.1)."""


def as_jpeg(image: "Image.Image", quality: int) -> PageImage:
    """Return a grey or RGB image as a JPEG, grey where its colour carries nothing."""
    if image.mode == "RGB" and not _is_coloured(image):
        image = image.convert("L")
    return encode_jpeg(image, quality)


def encode_jpeg(image: "Image.Image", quality: int) -> PageImage:
    """Encode a grey or RGB image as a JPEG of its pixels alone; by default Pillow copies the source's comment."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, comment=b"")
    return PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=image.width, height=image.height)


def strip_metadata(data: bytes) -> bytes | None:
    """Return a JPEG without EXIF, XMP, comments, colour profile, thumbnails and whatever follows its end.

    Its pixels stay as they were coded. None when the order of its segments is not valid (T.81, B.2).
    """
    if data[:2] != bytes((0xFF, _START)):
        return None
    segments, at = [data[:2]], 2
    while match := _MARKER.match(data, at):
        marker, start = match[1][0], match.end()
        if marker == _END:
            return b"".join((*segments, bytes((0xFF, _END))))
        end = start + int.from_bytes(data[start : start + 2])
        if marker == _SCAN:
            after = _MARKER.search(data, end)
            end = after.start() if after else len(data)
        if marker != _COMMENT and (marker not in _APPLICATION or marker in _NEEDED):
            segments.append(bytes((0xFF, marker)) + data[start:end])
        at = end
    return None


def _is_coloured(image: "Image.Image") -> bool:
    """Return whether colour says something; every third pixel of every third row is looked at."""
    from PIL import Image, ImageChops

    sample = image.resize((max(1, image.width // _STEP), max(1, image.height // _STEP)), Image.Resampling.NEAREST)
    red, green, blue = sample.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    histogram = ImageChops.subtract(strongest, weakest).histogram()
    return sum(histogram[_TINT:]) > _COLOURED * sample.width * sample.height
