"""When a page needs OCR, and how large a picture of it may be."""

import math
from typing import NamedTuple

LARGE_IMAGE_SHARE = 0.5
"""Pages whose pictures cover at least this share are scans when they carry next to no text."""
FEW_CHARACTERS = 25
"""Fewer characters than this under a large picture are a stamp or a page number, not the page's text."""
GARBAGE_SHARE = 0.2
"""A text layer with more unmapped characters than this cannot be trusted."""


class TextLayer(NamedTuple):
    """Figures of a page's text layer: characters, share of unmapped ones, share of the page under pictures (0..1)."""

    characters: int
    garbage_share: float
    image_share: float


class Ceiling(NamedTuple):
    """The largest useful picture: pixels of the longer side, and (0 = no bound) of the whole picture."""

    side: int
    pixels: int = 0


def needs_ocr(layer: TextLayer) -> bool:
    """Tell whether the text layer does not stand for what a person sees on the page."""
    if layer.characters and layer.garbage_share > GARBAGE_SHARE:
        return True
    return layer.characters < FEW_CHARACTERS and layer.image_share >= LARGE_IMAGE_SHARE


def scale_to_fit(width: float, height: float, ceiling: Ceiling) -> float:
    """The factor (at most 1.0) that brings a picture of `width` x `height` pixels under `ceiling`."""
    factor = min(1.0, ceiling.side / max(width, height))
    if ceiling.pixels:
        factor = min(factor, math.sqrt(ceiling.pixels / (width * height)))
    return factor
