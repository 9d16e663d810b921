"""The side of the reader that runs in a child: opens an image by its content, reads its frames one by one."""

import math
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from shared.adapters.base.jpeg import encode_jpeg, strip_metadata
from shared.adapters.images.reader.colour import eight_bits, plain
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling, scale_to_fit
from shared.domain.reading.page import PageImage

if TYPE_CHECKING:
    from PIL import Image, ImageFile

QUALITY = 90
"""JPEG quality of a picture that OCR will read; Pictures shrinks it for the model."""
MIN_STRIP_SIDE_PX = 8
"""A picture that is fewer pixels wide or high once it is brought under a ceiling is a strip: no letter fits."""
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIF", "AVIF", "JPEG2000")
MediaType = Literal["image/jpeg", "image/png"]
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    EOFError,
    LookupError,
    TypeError,
    ZeroDivisionError,
    RuntimeError,
)
"""What Pillow and its codecs raise on a damaged file."""


class Frame(NamedTuple):
    """One upright page: size of the original in pixels, its picture, or the problem that it has."""

    number: int
    width: int
    height: int
    picture: PageImage | None = None
    problem: str | None = None


def count_frames(path: str, max_pixels: int) -> int:
    """How many pages the file has; raises Unreadable. The further images of a phone's JPEG are previews, not pages."""
    with _open_image(path) as image:
        _check_size(image, max_pixels)
        return 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))


def read_frames(path: str, numbers: tuple[int, ...], ocr: Ceiling, max_pixels: int) -> list[Frame]:
    """Return the pages `numbers` (from 1); in a file of several pages a bad one has a `problem`. Raises Unreadable."""
    frames = []
    alone = count_frames(path, max_pixels) == 1
    for number in numbers:
        try:
            with _open_image(path) as image:
                image.seek(number - 1)
                _check_size(image, max_pixels)
                frames.append(_frame(image, number, ocr, path))
        except Unreadable as failure:
            if alone:
                raise
            frames.append(Frame(number, 0, 0, problem=str(failure)))
    return frames


@contextmanager
def _open_image(path: str) -> Iterator["ImageFile.ImageFile"]:
    """Yield the open image; whatever Pillow trips over while it is used is Unreadable."""
    from PIL import Image

    _know_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit also goes by the header; damage raises
            with Image.open(path, formats=FORMATS) as image:
                yield image
    except Image.DecompressionBombError:
        raise Unreadable("too_large", "The image has too many pixels: scan it at a lower resolution.") from None
    except _BROKEN:
        raise Unreadable("unreadable", "The image is damaged or cut off: scan or save it again.") from None


@cache
def _know_heif() -> None:
    """Have Pillow open HEIC. The package holds the decoder only; the larger one has a GPL encoder (ADR 13)."""
    import pi_heif

    pi_heif.register_heif_opener()


def _check_size(image: "Image.Image", max_pixels: int) -> None:
    if image.width * image.height > max_pixels:
        message = f"The image has {image.width} x {image.height} pixels, more than {max_pixels:,}"
        raise Unreadable("too_large", f"{message}: scan it at a lower resolution.")


def _frame(image: "ImageFile.ImageFile", number: int, ocr: Ceiling, path: str) -> Frame:
    from PIL import Image, ImageOps

    width, height = image.size
    scale = scale_to_fit(width, height, ocr)
    if scale < 1.0 and min(width, height) * scale < MIN_STRIP_SIDE_PX:
        message = f"The image has {width} x {height} pixels, a strip on which no text can be read"
        raise Unreadable("unreadable", f"{message}: upload the page itself.")
    target = (max(1, round(width * scale)), max(1, round(height * scale)))
    profile = image.info.get("icc_profile")
    _decode(image, target, scale)
    orientation = image.getexif().get(_ORIENTATION, 1)  # after decoding, which turns a TIFF by itself
    untouched = scale == 1.0 and orientation == 1 and image.format in ("JPEG", "PNG") and image.mode in ("L", "RGB")
    if orientation in _SIDEWAYS:
        width, height = height, width
    data = Path(path).read_bytes() if untouched and number == 1 and "transparency" not in image.info else None
    if data and image.format == "JPEG":
        data = strip_metadata(data)
    if data:
        media_type: MediaType = "image/jpeg" if image.format == "JPEG" else "image/png"
        return Frame(number, width, height, PageImage(media_type=media_type, data=data, width=width, height=height))
    small = plain(eight_bits(image).resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0), profile)
    small.getexif()[_ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(small)
    return Frame(number, width, height, encode_jpeg(upright, QUALITY))


def _decode(image: "ImageFile.ImageFile", target: tuple[int, int], scale: float) -> None:
    """Decode no more than is wanted: JPEG and JPEG 2000 do so at 1/2, 1/4 or 1/8 for a fraction of work and memory."""
    image.draft(image.mode, target)
    if image.format == "JPEG2000":
        image.reduce = math.floor(-math.log2(scale))  # type: ignore[assignment,method-assign]  # a setting there
    image.load()
