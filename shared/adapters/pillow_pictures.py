"""Makes pictures small enough for a model, with Pillow."""

import asyncio
import io
from typing import TYPE_CHECKING

from shared.domain.page import PageImage
from shared.domain.reading import Ceiling, scale_to_fit

if TYPE_CHECKING:
    from PIL import Image

QUALITY = 70
"""JPEG quality: text is safe at q75 and costs nothing measurable at q70 above 110 dpi."""
_TINT = 60
"""A pixel whose strongest and weakest channel are further apart (of 255) is coloured; tinted paper is not."""
_COLOURED = 0.0002
"""A picture with a greater share of coloured pixels keeps its colour: a red figure of five digits says something."""


class PillowPictures:
    """Pictures in a thread: Pillow gives the GIL up while it decodes, resizes and encodes."""

    async def shrink(self, picture: PageImage, ceiling: Ceiling) -> PageImage:
        """The picture within `ceiling`, as a JPEG; grey where colour carries nothing. A fitting JPEG as it is."""
        if picture.media_type == "image/jpeg" and scale_to_fit(picture.width, picture.height, ceiling) == 1.0:
            return picture
        return await asyncio.to_thread(_shrink, picture, ceiling)


def _shrink(picture: PageImage, ceiling: Ceiling) -> PageImage:
    from PIL import Image

    scale = scale_to_fit(picture.width, picture.height, ceiling)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    with Image.open(io.BytesIO(picture.data), formats=("JPEG", "PNG")) as image:
        image.draft(image.mode, size)
        small = image.convert("L" if image.mode in ("1", "L") else "RGB").resize(size, Image.Resampling.LANCZOS)
    if small.mode == "RGB" and not _is_coloured(small):
        small = small.convert("L")
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY)
    return PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=small.width, height=small.height)


def _is_coloured(image: "Image.Image") -> bool:
    from PIL import ImageChops

    red, green, blue = image.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    histogram = ImageChops.subtract(strongest, weakest).histogram()
    return sum(histogram[_TINT:]) > _COLOURED * image.width * image.height
