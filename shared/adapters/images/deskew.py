"""Straighten scans before they are read: of a tilted table, OCR loses the rows (FACTS: 4 of 40 cells against 39)."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from shared.adapters.base.jpeg import encode_jpeg
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage
from shared.ports.reading import Reader, SourceFile, SourcePage

if TYPE_CHECKING:
    from PIL import Image

MAX_TILT = 8.0
"""Degrees; further than this no feeder pulls a sheet, and other structure is mistaken for lines."""
MIN_TILT = 0.2
"""Degrees; less moves the end of a line by less than half its height."""
QUALITY = 90
_SIDE = 800
_CLEARER = 1.05
"""Rows must stand out by this factor more than in the untouched picture."""


class DeskewingReader:
    """The Reader `inner`, whose pages for OCR come straight: what OCR reads, a model sees and a person marks."""

    def __init__(self, inner: Reader) -> None:
        self._inner = inner

    async def count(self, file: SourceFile) -> int:
        """As `inner` counts."""
        return await self._inner.count(file)

    async def pages(
        self, file: SourceFile, numbers: Sequence[int], model: Ceiling, ocr: Ceiling
    ) -> AsyncIterator[SourcePage]:
        """Yield the pages of `inner`; a picture for OCR is turned by its tilt about its middle and keeps its size."""
        async for source in self._inner.pages(file, numbers, model, ocr):
            if source.wants_ocr and source.picture is not None:
                yield source._replace(picture=await asyncio.to_thread(straighten, source.picture))
            else:
                yield source


def straighten(picture: PageImage) -> PageImage:
    """Return the picture without its tilt, as a JPEG; the unchanged picture when it is straight enough."""
    from PIL import Image

    with Image.open(io.BytesIO(picture.data), formats=("JPEG", "PNG")) as image:
        angle = measure_tilt(image)
        if abs(angle) < MIN_TILT:
            return picture
        plain = image.convert("L" if image.mode in ("1", "L") else "RGB")
    straight = plain.rotate(-angle, Image.Resampling.BICUBIC, fillcolor="white")
    return encode_jpeg(straight, QUALITY)


def measure_tilt(image: "Image.Image") -> float:
    """Degrees (anticlockwise) by which the lines of a page are tilted, to 0.1; 0 when no tilt makes rows clearer.

    Projection profile: the sums of the pixel rows differ most from row to row when the lines lie level. Columns are
    looked at too, so that a page on its side keeps its straight lines.
    """
    from PIL import Image, ImageOps

    small = image.convert("L")
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    ink = ImageOps.invert(ImageOps.autocontrast(small, cutoff=1))

    half = ink.reduce(2)
    coarse = max(
        (step / 2 for step in range(-int(2 * MAX_TILT), int(2 * MAX_TILT) + 1)),
        key=lambda angle: _clearness(half, angle),
    )
    fine = max((coarse + step / 10 for step in range(-4, 5)), key=lambda angle: _clearness(ink, angle))
    return round(fine, 1) if _clearness(ink, fine) > _CLEARER * _clearness(ink, 0.0) else 0.0


def _clearness(ink: "Image.Image", angle: float) -> float:
    from PIL import Image

    ink = ink.rotate(-angle, Image.Resampling.BILINEAR)
    profiles = (ink.resize((1, ink.height), Image.Resampling.BOX), ink.resize((ink.width, 1), Image.Resampling.BOX))
    return max(_roughness(profile.tobytes()) for profile in profiles)


def _roughness(profile: bytes) -> float:
    return sum((first - second) ** 2 for first, second in pairwise(profile))
