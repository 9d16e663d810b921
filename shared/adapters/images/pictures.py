"""Make pictures small enough for a model, with Pillow."""

import asyncio
import io
import math

from shared.adapters.base.jpeg import as_jpeg
from shared.domain.reading.ocr_need import Ceiling, scale_to_fit
from shared.domain.reading.page import Box, PageImage

QUALITY = 70
"""JPEG quality: text is safe at q75 and costs nothing measurable at q70 above 110 dpi."""
CROP_QUALITY = 90
"""JPEG quality of a part that OCR will read."""


class PillowPictures:
    """Pictures in a thread: Pillow gives the GIL up while it decodes, resizes and encodes."""

    async def shrink(self, picture: PageImage, ceiling: Ceiling, turns: int = 0) -> PageImage:
        """Return the picture within `ceiling`, upright after quarter `turns` anticlockwise, as a JPEG.

        It is grey where colour carries nothing. A fitting, upright JPEG is returned as it is.
        """
        fits = picture.media_type == "image/jpeg" and scale_to_fit(picture.width, picture.height, ceiling) == 1.0
        if fits and not turns:
            return picture
        return await asyncio.to_thread(_shrink, picture, ceiling, turns)

    async def crop(self, picture: PageImage, box: Box) -> PageImage:
        """Return the part of the picture in `box` (pixels, cut off at its edges), as a JPEG."""
        return await asyncio.to_thread(_crop, picture, box)


def _crop(picture: PageImage, box: Box) -> PageImage:
    from PIL import Image

    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(picture.width, math.ceil(box[2])), min(picture.height, math.ceil(box[3]))
    with Image.open(io.BytesIO(picture.data), formats=("JPEG", "PNG")) as image:
        part = image.convert("L" if image.mode in ("1", "L") else "RGB").crop((left, top, right, bottom))
    return as_jpeg(part, CROP_QUALITY)


def _shrink(picture: PageImage, ceiling: Ceiling, turns: int) -> PageImage:
    from PIL import Image

    scale = scale_to_fit(picture.width, picture.height, ceiling)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    with Image.open(io.BytesIO(picture.data), formats=("JPEG", "PNG")) as image:
        image.draft(image.mode, size)
        small = image.convert("L" if image.mode in ("1", "L") else "RGB").resize(size, Image.Resampling.LANCZOS)
    if turns:
        quarters = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
        small = small.transpose(quarters[turns - 1])
    return as_jpeg(small, QUALITY)
