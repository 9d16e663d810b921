"""A picture of a PDF page, and how much of the page is pictures."""

from typing import TYPE_CHECKING

from shared.adapters.base.jpeg import as_jpeg
from shared.domain.reading.ocr_need import Ceiling, scale_to_fit
from shared.domain.reading.page import PageImage

if TYPE_CHECKING:
    import pymupdf

POINTS_PER_INCH = 72
MAX_DPI = 200
"""Finer than this shows a reader nothing more, however far the page is below the ceiling."""
QUALITY = 75
"""JPEG quality that costs no text at 110 dpi and more (FACTS: q75 is safe)."""
_GRID = 64
_BLANK_SIDE = 200


def render(page: "pymupdf.Page", ceiling: Ceiling) -> PageImage | None:
    """Return the page within `ceiling`, as a JPEG; None for a page without area, or a ceiling of 0.

    Pillow encodes the pixmap: four times faster than MuPDF's encoder.
    """
    if ceiling.side <= 0:
        return None
    import pymupdf
    from PIL import Image

    finest = MAX_DPI / POINTS_PER_INCH
    width, height = page.rect.width * finest, page.rect.height * finest
    if width <= 0 or height <= 0:
        return None
    zoom = finest * scale_to_fit(width, height, ceiling)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False)
    size = (pixmap.width, pixmap.height)
    return as_jpeg(Image.frombuffer("RGB", size, pixmap.samples_mv, "raw", "RGB", pixmap.stride, 1), QUALITY)


def is_blank(page: "pymupdf.Page") -> bool:
    """Return whether the page shows nothing at all."""
    import pymupdf

    zoom = _BLANK_SIDE / max(page.rect.width, page.rect.height)
    return bool(page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False).is_unicolor)


def image_share(page: "pymupdf.Page") -> float:
    """Return the share of the page (0..1) under pictures: cells of a 64 x 64 grid whose middle a picture covers."""
    area = page.rect * page.derotation_matrix
    step_x, step_y = area.width / _GRID, area.height / _GRID
    if step_x <= 0 or step_y <= 0:
        return 0.0
    boxes = [info["bbox"] for info in page.get_image_info()]
    covered = sum(
        any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)
        for x in (area.x0 + (column + 0.5) * step_x for column in range(_GRID))
        for y in (area.y0 + (row + 0.5) * step_y for row in range(_GRID))
    )
    return covered / _GRID**2
