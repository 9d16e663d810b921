"""Find the hidden words of a page: rendered with and without text, the page does not differ at their place.

One comparison covers text in the colour of its ground, under a picture, transparent or not painted. Imports PyMuPDF, so
import it inside the functions that use it.
"""

from collections.abc import Sequence
from typing import Any

import pymupdf
from PIL import Image, ImageChops
from pymupdf import mupdf

from shared.adapters.pdf.page.interpreted_page import InterpretedPage
from shared.adapters.pdf.page.style import Style, styles_of_words
from shared.domain.reading.page import Box, HiddenWhy, union

DPI = 100
MAX_SIDE = 1600
"""Pixels; a huge page is rendered more coarsely."""
VISIBLE = 16
"""Levels of 255 by which ink must differ from its ground for a person to see it."""
SOLID = 25
"""Alpha of 255 below which text is as good as not painted."""
_CONTRAST = [255 if level > VISIBLE else 0 for level in range(256)]


def hidden_words(interpreted: InterpretedPage, doubtful: Sequence[int]) -> dict[int, HiddenWhy]:
    """Return why a word is not visible, for those of the `doubtful` words that are not."""
    words = interpreted.words
    scale = min(DPI / 72, MAX_SIDE / max(interpreted.width, interpreted.height))
    left, top, right, bottom = _pixels(union(tuple(words[index][:4] for index in doubtful)), scale)
    window = pymupdf.IRect(max(left, 0), max(top, 0), right, bottom) & pymupdf.IRect(
        0, 0, int(interpreted.width * scale) + 1, int(interpreted.height * scale) + 1
    )
    if window.is_empty:
        return {}
    ground = _picture(interpreted, scale, window, with_text=False)
    red, green, blue = ImageChops.difference(_picture(interpreted, scale, window, with_text=True), ground).split()
    ink = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(_CONTRAST)
    painted = styles_of_words(interpreted)
    reasons: dict[int, HiddenWhy] = {}
    for index in doubtful:
        x0, y0, x1, y1 = _pixels(words[index][:4], scale)
        area = (x0 - window.x0, y0 - window.y0, x1 - window.x0, y1 - window.y0)
        why = _reason_hidden(painted.get(index), ground.crop(area), ink.crop(area))
        if why:
            reasons[index] = why
    return reasons


def _reason_hidden(style: Style | None, ground: Image.Image, ink: Image.Image) -> HiddenWhy | None:
    if style and (not style.painted or style.alpha < SOLID):
        return "invisible"
    if style and _is_all_over(ground, style.color):
        return "colour"
    return None if ink.getbbox() else "covered"


def _picture(interpreted: InterpretedPage, scale: float, window: Any, *, with_text: bool) -> Image.Image:  # noqa: ANN401 - an IRect
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, window, 0)
    pixmap.clear_with(255)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(), pixmap.this)
    if not with_text:  # MuPDF passes over what a device has no function for
        device.m_internal.fill_text = device.m_internal.stroke_text = None
    interpreted.run(device, scale)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), bytes(pixmap.samples_mv))


def _is_all_over(ground: Image.Image, color: tuple[int, int, int]) -> bool:
    """Return whether what a word stands on has the word's colour all over."""
    bands: Any = ground.getextrema()
    return all(low >= tint - VISIBLE and high <= tint + VISIBLE for (low, high), tint in zip(bands, color, strict=True))


def _pixels(box: Box, scale: float) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return (int(x0 * scale), int(y0 * scale), int(x1 * scale) + 1, int(y1 * scale) + 1)
