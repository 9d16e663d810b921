"""Makes pictures small enough for a model, with Pillow."""

import asyncio
import io

from shared.adapters.jpeg import as_jpeg
from shared.domain.page import PageImage
from shared.domain.reading import Ceiling, scale_to_fit

QUALITY = 70
"""JPEG quality: text is safe at q75 and costs nothing measurable at q70 above 110 dpi."""


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
    return as_jpeg(small, QUALITY)
