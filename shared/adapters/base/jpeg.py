"""How every picture of ours is encoded: a JPEG that holds what it shows alone, grey where colour carries nothing."""

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
    return coded(image, quality)


def coded(image: "Image.Image", quality: int) -> PageImage:
    """A grey or RGB image as a JPEG of its pixels alone: of its own accord Pillow writes a comment of the source on."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, comment=b"")
    return PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=image.width, height=image.height)


def bare(data: bytes) -> bytes | None:
    """A JPEG without what it does not show: EXIF, XMP, comments, colour profile, thumbnails, whatever follows its end.

    Its pixels stay as they were coded. None when its segments do not follow each other as they should (T.81, B.2).
    """
    if data[:2] != bytes((0xFF, _START)):
        return None
    kept, at = [data[:2]], 2
    while match := _MARKER.match(data, at):
        marker, start = match[1][0], match.end()
        if marker == _END:
            return b"".join((*kept, bytes((0xFF, _END))))
        end = start + int.from_bytes(data[start : start + 2])
        if marker == _SCAN:
            after = _MARKER.search(data, end)
            end = after.start() if after else len(data)
        if marker != _COMMENT and (marker not in _APPLICATION or marker in _NEEDED):
            kept.append(bytes((0xFF, marker)) + data[start:end])
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
