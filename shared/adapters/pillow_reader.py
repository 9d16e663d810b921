"""Reads scans and photos (JPEG, PNG, multi-page TIFF) with Pillow: upright, on white, 8 bits a channel."""

import io
import struct
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from shared.domain.errors import Unreadable
from shared.domain.page import Page, PageImage
from shared.domain.reading import Ceiling, scale_to_fit
from shared.ports.isolation import Isolation
from shared.ports.reading import SourceFile, SourcePage

if TYPE_CHECKING:
    from PIL import Image, ImageFile

QUALITY = 90
"""JPEG quality of a picture that OCR will read; Pictures shrinks it for the model."""
MediaType = Literal["image/jpeg", "image/png"]
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_BROKEN = (OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError, KeyError, TypeError, ZeroDivisionError)
"""What Pillow raises on a damaged file (its plugins parse hostile bytes)."""


class PillowReader:
    """A Reader of JPEG, PNG and TIFF. A page of more than `max_pixels` is refused by its header, before decoding.

    Decoding runs in `isolation`, `group` pages a call.
    """

    def __init__(self, isolation: Isolation, max_pixels: int = 80_000_000, group: int = 4) -> None:
        self._isolation = isolation
        self._max_pixels = max_pixels
        self._group = group

    async def count(self, file: SourceFile) -> int:
        """How many pages the file has: the frames of a TIFF, else 1; raises Unreadable (`unreadable`, `too_large`)."""
        return await self._isolation.run(count_frames, str(file.path), self._max_pixels)

    async def pages(
        self,
        file: SourceFile,
        numbers: Sequence[int],
        model: Ceiling,  # noqa: ARG002 - the port's; a page without text layer gets a picture for OCR
        ocr: Ceiling,
    ) -> AsyncIterator[SourcePage]:
        """The pages `numbers`, in that order, upright; sizes in pixels of the original. All of them want OCR."""
        for group in batched(numbers, self._group, strict=False):
            for frame in await self._isolation.run(read_frames, str(file.path), group, ocr, self._max_pixels):
                page = Page(
                    number=frame.number,
                    width=frame.width,
                    height=frame.height,
                    unit="px",
                    source="none",
                    has_image=frame.picture is not None,
                    problem=frame.problem,
                )
                yield SourcePage(page, wants_ocr=frame.picture is not None, picture=frame.picture)


class Frame(NamedTuple):
    """One upright page: size of the original in pixels, its picture, or the problem that it has."""

    number: int
    width: int
    height: int
    picture: PageImage | None = None
    problem: str | None = None


def count_frames(path: str, max_pixels: int) -> int:
    """How many pages the file has; raises Unreadable."""
    with _opened(path) as image:
        _check_size(image, max_pixels)
        frames: int = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        return frames


def read_frames(path: str, numbers: tuple[int, ...], ocr: Ceiling, max_pixels: int) -> list[Frame]:
    """The pages `numbers` (from 1); in a file of several pages a bad one has a `problem`. Raises Unreadable."""
    frames = []
    alone = count_frames(path, max_pixels) == 1
    for number in numbers:
        try:
            with _opened(path) as image:
                image.seek(number - 1)
                _check_size(image, max_pixels)
                frames.append(_frame(image, number, ocr, path))
        except Unreadable as failure:
            if alone:
                raise
            frames.append(Frame(number, 0, 0, problem=str(failure)))
    return frames


@contextmanager
def _opened(path: str) -> Iterator["ImageFile.ImageFile"]:
    """The open image; whatever Pillow trips over while it is used is Unreadable."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is by header too; damage is told by what fails
            with Image.open(path, formats=("JPEG", "PNG", "TIFF")) as image:
                yield image
    except Image.DecompressionBombError:
        raise Unreadable("too_large", "The image has too many pixels: scan it at a lower resolution.") from None
    except _BROKEN:
        raise Unreadable("unreadable", "The image is damaged or cut off: scan or save it again.") from None


def _check_size(image: "Image.Image", max_pixels: int) -> None:
    if image.width * image.height > max_pixels:
        message = f"The image has {image.width} x {image.height} pixels, more than {max_pixels:,}"
        raise Unreadable("too_large", f"{message}: scan it at a lower resolution.")


def _frame(image: "ImageFile.ImageFile", number: int, ocr: Ceiling, path: str) -> Frame:
    from PIL import Image, ImageOps

    width, height = image.size
    scale = scale_to_fit(width, height, ocr)
    orientation = image.getexif().get(_ORIENTATION, 1)
    untouched = scale == 1.0 and orientation == 1 and image.format in ("JPEG", "PNG") and image.mode in ("L", "RGB")
    target = (max(1, round(width * scale)), max(1, round(height * scale)))
    image.draft(image.mode, target)  # a JPEG decodes at 1/2, 1/4 or 1/8 for a fraction of the work
    image.load()
    if orientation in _SIDEWAYS:
        width, height = height, width
    if untouched and "transparency" not in image.info:
        data = Path(path).read_bytes()
        media_type: MediaType = "image/jpeg" if image.format == "JPEG" else "image/png"
        return Frame(number, width, height, PageImage(media_type=media_type, data=data, width=width, height=height))
    plain = _plain(image).resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
    plain.getexif()[_ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(plain)
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=QUALITY)
    picture = PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=upright.width, height=upright.height)
    return Frame(number, width, height, picture)


def _plain(image: "Image.Image") -> "Image.Image":
    """The image as L or RGB: transparent parts on white, deep greys brought to 8 bits."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("I", "F"):
        extremes: Any = image.getextrema()  # one band, so two numbers
        low, span = extremes[0], max(extremes[1] - extremes[0], 1)
        return image.point(lambda value: value * (255 / span) - low * 255 / span).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
