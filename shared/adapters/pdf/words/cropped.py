"""Text outside the part of a page that viewers show (its CropBox)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.adapters.pdf.words.runs import RawWord

if TYPE_CHECKING:
    import pymupdf

SLACK = 1.0
"""Points by which the shown part may be smaller than the page."""


def cropped_words(page: "pymupdf.Page") -> list[RawWord]:
    """Return the words whose middle is cut away, with boxes in points of the upright page, so outside it."""
    from pymupdf import mupdf

    own = mupdf.pdf_page_from_fz_page(page.this).obj()
    crop = mupdf.pdf_dict_get_inheritable(own, mupdf.PDF_ENUM_NAME_CropBox)
    if mupdf.pdf_is_null(crop):
        return []
    shown, whole = page.cropbox, page.mediabox
    if shown.width >= whole.width - SLACK and shown.height >= whole.height - SLACK:
        return []
    document, before = page.parent, page.parent.xref_get_key(page.xref, "CropBox")
    document.xref_set_key(page.xref, "CropBox", f"[{whole.x0} {whole.y0} {whole.x1} {whole.y1}]")
    try:
        left, top = shown.x0 - whole.x0, shown.y0
        return list(_outside(page, left, top, shown.width, shown.height))
    finally:
        document.xref_set_key(page.xref, "CropBox", "null" if before[0] == "null" else before[1])


def _outside(page: "pymupdf.Page", left: float, top: float, width: float, height: float) -> Iterator[RawWord]:
    """Yield the words of the whole page that do not stand in its shown part, which has this place and size."""
    import pymupdf

    turned = page.rotation_matrix
    for x0, y0, x1, y1, text, *_ in page.get_text("words", flags=pymupdf.TEXT_PRESERVE_WHITESPACE):
        x, y = (x0 + x1) / 2 - left, (y0 + y1) / 2 - top
        if not (0 <= x <= width and 0 <= y <= height):
            box = pymupdf.Rect(x0 - left, y0 - top, x1 - left, y1 - top) * turned
            yield RawWord(text, (box.x0, box.y0, box.x1, box.y1))
