"""Tell whether a picture may hold text: the side that runs in a child, because it decodes a picture.

A picture holds no text when all its ink is rules, the sides of boxes, filled bars and specks. Anything else may be
text, however faint or small: only a picture on which nothing can be read is spared OCR.
"""

import io
import math
from typing import TYPE_CHECKING

from shared.adapters.ocr.blank_check.components import Piece
from shared.adapters.ocr.blank_check.morphology import close_dark, dilate, open_bright
from shared.adapters.ocr.blank_check.pieces import sort_pieces

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

STROKE = 31
"""Pixels; what is narrower stands out from its ground as ink."""
REDUCTION = 4
"""Strokes of huge letters are looked for in a picture that is smaller by this factor."""
FINE = 9
"""Pixels; what is narrower is left out of that smaller picture: it was looked at in full size."""
MIN_CONTRAST = 5
"""Grey levels (of 255) between the faintest text and its ground, on a picture without grain."""
GRAIN_FACTOR = 13.0
"""Ink differs from the lightest ground around it by this many times the grain, which the ground itself hardly does."""
ECHO_SHARE, ECHO_REACH = 0.25, 11
"""JPEG blurs what surrounds ink: within so many pixels, other ink must have this share of its contrast."""
EDGE_BLUR = 4
"""Pixels at the edge of a bar in which it blends with its ground."""
LIGHTEST = 255
SMOOTHING = (1, 2, 1, 2, 4, 2, 1, 2, 1)
STEPS_A_LEVEL, MIDDLE = 4, 128
"""Local differences are counted in quarters of a grey level, from this value of a byte on."""
LOCAL_DIFFERENCE = (
    -0.16, -0.16, -0.16, -0.16, -0.16,
    -0.16,  0.09,  0.34,  0.09, -0.16,
    -0.16,  0.34,  0.84,  0.34, -0.16,
    -0.16,  0.09,  0.34,  0.09, -0.16,
    -0.16, -0.16, -0.16, -0.16, -0.16,
)  # fmt: skip
"""A pixel and its neighbours, smoothed, less the mean of the 5 by 5 pixels around them, in quarters of a grey level."""
MIN_PRINT = 12
"""Grey levels by which print on a bar differs from it."""


def may_hold_text(data: bytes) -> bool:
    """Return whether OCR may find text in an encoded picture; True for one that cannot be decoded: OCR says why."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("L", picture.size)
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True
    return _has_letters(grey) or _has_letters(_without_fine_ink(grey))


def _has_letters(grey: "Picture") -> bool:
    """Return whether dark ink on light ground, or light on dark, has pieces that may be letters."""
    from PIL import Image, ImageChops, ImageFilter

    least = max(MIN_CONTRAST, GRAIN_FACTOR * _grain(grey))
    smooth = _without_edge(grey.filter(ImageFilter.Kernel((3, 3), SMOOTHING)), 1)
    ground = close_dark(smooth, (STROKE, STROKE))
    dark = sort_pieces(_ink(ImageChops.difference(ground, smooth), least))
    if dark.has_letters or any(_has_print(smooth, bar, least) for bar in dark.bars):
        return True
    # Between the rules of a table its light cells would stand out: the rules are taken off first.
    unruled = Image.composite(ground, smooth, dark.frames)
    light = ImageChops.difference(unruled, open_bright(unruled, (STROKE, STROKE)))
    return sort_pieces(_ink(light, least)).has_letters


def _has_print(smooth: "Picture", bar: Piece, least: float) -> bool:
    """Return whether a filled bar is not of one colour inside its edges."""
    right, bottom = bar.x + bar.width - EDGE_BLUR, bar.y + bar.height - EDGE_BLUR
    if min(bar.width, bar.height) <= 2 * EDGE_BLUR:
        return False
    levels = smooth.crop((bar.x + EDGE_BLUR, bar.y + EDGE_BLUR, right, bottom)).histogram()
    present = [level for level, count in enumerate(levels) if count]
    return present[-1] - present[0] >= max(2 * least, MIN_PRINT)


def _without_fine_ink(grey: "Picture") -> "Picture":
    return open_bright(close_dark(grey, (FINE, FINE)), (FINE, FINE)).reduce(REDUCTION)


def _grain(grey: "Picture") -> float:
    """Return the standard deviation of the grain of the ground, smoothed, by the median of local differences."""
    from PIL import ImageFilter

    kernel = ImageFilter.Kernel((5, 5), LOCAL_DIFFERENCE, scale=1, offset=MIDDLE)
    counts = _without_edge(grey.filter(kernel), 2).histogram()
    half, seen = sum(counts) / 2, 0
    for steps in range(MIDDLE):
        count = counts[MIDDLE] if steps == 0 else counts[MIDDLE - steps] + counts[MIDDLE + steps]
        if seen + count >= half:
            return 1.4826 * max(0.0, steps - 0.5 + (half - seen) / count * (0.5 if steps == 0 else 1.0)) / STEPS_A_LEVEL
        seen += count
    return float(MIDDLE)


def _without_edge(filtered: "Picture", edge: int) -> "Picture":
    """Return a picture without the pixels that a filter of Pillow leaves as they are; a tiny one stays whole."""
    if min(filtered.size) <= 2 * edge:
        return filtered
    return filtered.crop((edge, edge, filtered.width - edge, filtered.height - edge))


def _ink(contrast: "Picture", least: float) -> "Picture":
    """Return a mask of what differs from its ground by `least` grey levels, by more beside stronger ink."""
    from PIL import Image, ImageChops

    if least > LIGHTEST:
        return Image.new("L", contrast.size)
    window = 2 * ECHO_REACH + 1
    thresholds = [math.ceil(max(ECHO_SHARE * level, least)) for level in range(LIGHTEST + 1)]
    needed = dilate(contrast, (window, window)).point(thresholds)
    marked = [0] + [LIGHTEST] * LIGHTEST
    return ImageChops.subtract(contrast, needed, scale=1, offset=1).point(marked)
