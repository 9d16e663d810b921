"""How every picture of ours is encoded: a JPEG, grey where colour carries nothing."""

import io
from typing import TYPE_CHECKING

from shared.domain.page import PageImage

if TYPE_CHECKING:
    from PIL import Image

_TINT = 60
"""A pixel whose strongest and weakest channel are further apart (of 255) is coloured; tinted paper is not."""
_COLOURED = 0.0002
"""A picture with a greater share of coloured pixels keeps its colour: a red figure of five digits says something."""
_STEP = 3


def as_jpeg(image: "Image.Image", quality: int) -> PageImage:
    """A grey or RGB image as a JPEG."""
    if image.mode == "RGB" and not _is_coloured(image):
        image = image.convert("L")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=image.width, height=image.height)


def _is_coloured(image: "Image.Image") -> bool:
    """Whether colour says something; every third pixel of every third row is looked at."""
    from PIL import Image, ImageChops

    sample = image.resize((max(1, image.width // _STEP), max(1, image.height // _STEP)), Image.Resampling.NEAREST)
    red, green, blue = sample.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    histogram = ImageChops.subtract(strongest, weakest).histogram()
    return sum(histogram[_TINT:]) > _COLOURED * sample.width * sample.height
