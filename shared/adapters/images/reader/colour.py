"""From what cameras, scanners and print shops store to grey or sRGB of 8 bits a channel, on white paper."""

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_CHANNEL_BITS = 8
_PROFILED = ("RGB", "CMYK", "LAB")


def eight_bits(image: "Image.Image") -> "Image.Image":
    """Return the image as L, RGB, CMYK or LAB: transparent parts on white, deep greys brought to 8 bits."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        deep = image.convert("I")
        extremes: Any = deep.getextrema()  # one band, so two numbers
        surplus = max(0, int(extremes[1]).bit_length() - _CHANNEL_BITS)  # scanners store 12 bits in 16
        return deep.point(lambda value: value * (1 / (1 << surplus))).convert("L")
    if image.mode in ("I", "F"):
        extremes = image.getextrema()
        low, span = extremes[0], max(extremes[1] - extremes[0], 1)
        return image.point(lambda value: value * (255 / span) - low * 255 / span).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    if image.mode in ("CMYK", "LAB"):
        return image
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def plain(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """Return an image of `eight_bits` as L or RGB, its colours by its ICC profile where it has a sound one."""
    from PIL import ImageCms

    if image.mode == "LAB" or (profile and image.mode in _PROFILED):
        try:
            source = ImageCms.createProfile("LAB") if image.mode == "LAB" else _profile(profile)
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except ImageCms.PyCMSError:
            converted = None  # a profile for another kind of image, or damaged: the usual conversion will do
        if converted is not None:
            return converted
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _profile(data: bytes | None) -> Any:  # noqa: ANN401 - the type that Pillow exports has no stub
    from PIL import ImageCms

    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(data or b""))
    except OSError as error:
        raise ImageCms.PyCMSError(error) from error
