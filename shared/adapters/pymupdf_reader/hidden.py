"""Which words of a page nobody sees: the page is pictured with and without its text, and they make no difference there.

That one question holds for text in the colour of its ground, under a picture, transparent, clipped away or not painted at
all, however it was done. Imports PyMuPDF; to be imported where it is used.
"""

from typing import Any

import pymupdf
from PIL import Image, ImageChops
from pymupdf import mupdf

from shared.adapters.pymupdf_reader.sheet import RawWords, Sheet
from shared.domain.page import Box, HiddenWhy

DPI = 100
MAX_SIDE = 1600
"""Pixels; a huge page is looked at more coarsely."""
VISIBLE = 16
"""Levels of 255 by which ink must differ from its ground for a person to see it."""
SOLID = 25
"""Alpha of 255 below which text is as good as not painted."""
_PAINTED = mupdf.FZ_STEXT_FILLED | mupdf.FZ_STEXT_STROKED


def hidden_words(sheet: Sheet, words: RawWords) -> dict[int, HiddenWhy]:
    """Why nobody sees a word of the page, by its index in `words`; words in sight, and those off the page, are not told."""
    scale = min(DPI / 72, MAX_SIDE / max(sheet.width, sheet.height))
    ground = _picture(sheet, scale, with_text=False)
    red, green, blue = ImageChops.difference(_picture(sheet, scale, with_text=True), ground).split()
    ink = ImageChops.lighter(ImageChops.lighter(red, green), blue).point([level > VISIBLE and 255 for level in range(256)])
    styles = _styles(sheet, words)
    found: dict[int, HiddenWhy] = {}
    for index, word in enumerate(words):
        color, alpha, painted = styles.get(index, (None, 255, True))
        area = tuple(int(edge * scale) + more for edge, more in zip(word[:4], (0, 0, 1, 1), strict=True))
        if not painted or alpha < SOLID:
            found[index] = "invisible"
        elif color is not None and _is_ground(ground.crop(area), color):
            found[index] = "colour"
        elif not ink.crop(area).getbbox():
            found[index] = "covered"
    return found


def _picture(sheet: Sheet, scale: float, *, with_text: bool) -> Image.Image:
    size = (max(1, round(sheet.width * scale)), max(1, round(sheet.height * scale)))
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, *size), 0)
    pixmap.clear_with(255)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(), pixmap.this)
    if not with_text:  # MuPDF passes over what a device has no function for
        device.m_internal.fill_text = device.m_internal.stroke_text = None
    sheet.run(device, scale)
    return Image.frombytes("RGB", size, bytes(pixmap.samples_mv))


type _Style = tuple[tuple[int, int, int] | None, int, bool]
"""Colour, alpha of 255, and whether the text is painted at all."""


def _styles(sheet: Sheet, words: RawWords) -> dict[int, _Style]:
    """How each word is painted, by its index: the style of the span that its middle stands in."""
    lines = sheet.lines()
    styles: dict[int, _Style] = {}
    for index, word in enumerate(words):
        x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
        spans: list[dict[str, Any]] = lines.get((word[5], word[6]), {}).get("spans", [])
        at = next((span for span in spans if word[4] in span["text"] and _inside(x, y, span["bbox"])), None)
        if at:
            color = at["color"]
            rgb = (color >> 16 & 255, color >> 8 & 255, color & 255)
            styles[index] = (rgb, at["alpha"], bool(at["char_flags"] & _PAINTED))
    return styles


def _is_ground(ground: Image.Image, color: tuple[int, int, int]) -> bool:
    """Whether what a word stands on has the word's colour all over."""
    bands = ground.getextrema()
    return all(
        low >= tint - VISIBLE and high <= tint + VISIBLE for (low, high), tint in zip(bands, color, strict=True)
    )


def _inside(x: float, y: float, box: Box) -> bool:
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1
