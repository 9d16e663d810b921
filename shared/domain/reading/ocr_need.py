"""When a page needs OCR, and how large a picture of it may be."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.domain.reading.page import Box

LARGE_IMAGE_SHARE = 0.5
"""Pages whose pictures cover at least this share are scans when they carry next to no text."""
FEW_CHARACTERS = 25
"""Fewer characters than this under a large picture are a stamp or a page number, not the page's text."""
GARBAGE_SHARE = 0.2
"""A text layer with more unmapped characters than this cannot be trusted."""
LARGE_AREA_SHARE = 0.1
"""Smaller pictures on a page with text are logos and signatures (at most 0.08 of the page on 650 pages of contracts and
invoices); larger ones may be scans of text."""
CHARACTERS_PER_PAGE = 200
"""Fewer characters than this on a picture of a page's size (in proportion on a smaller one), beside FEW_CHARACTERS, are
a stamp on it; more are the text layer of a scan, or text on a ground."""


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


def areas_for_ocr(pictures: Iterable[Box], words: Sequence[tuple[Box, int]], page_area: float) -> tuple[Box, ...]:
    """Those `pictures` on a page with a sound text layer that may hold text of their own.

    `words` are the boxes of the text layer's words, with their numbers of characters; `page_area` is in square units.
    """
    chosen = []
    for box in pictures:
        share = (box[2] - box[0]) * (box[3] - box[1]) / page_area
        characters_inside = sum(characters for word, characters in words if _within(word, box))
        if share >= LARGE_AREA_SHARE and characters_inside < FEW_CHARACTERS + CHARACTERS_PER_PAGE * share:
            chosen.append(box)
    return tuple(chosen)


def _within(word: Box, box: Box) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def scale_to_fit(width: float, height: float, ceiling: Ceiling) -> float:
    """Return the factor (at most 1.0) that brings a picture of `width` x `height` pixels under `ceiling`."""
    factor = min(1.0, ceiling.side / max(width, height))
    if ceiling.pixels:
        factor = min(factor, math.sqrt(ceiling.pixels / (width * height)))
    return factor
