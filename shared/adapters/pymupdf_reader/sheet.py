"""A PDF page, interpreted once and looked at in several ways: its words, what is painted, how it looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymupdf

type RawWords = list[tuple[float, float, float, float, str, int, int, int]]
"""As PyMuPDF gives words: x0, y0, x1, y1, text, block, line, number in the line."""

FLAT = 0.5
"""Points; fonts whose metrics make a word flatter than this are measured again the thorough way."""


class Sheet:
    """What a page draws, annotations and form fields included, in points of the upright page.

    What stands off the page, up to a page's size away, is there too. Interpreting a page costs a quarter of getting its
    words, so everything that looks at the page looks at this.
    """

    def __init__(self, page: "pymupdf.Page") -> None:
        from pymupdf import TEXT_CLIP, TEXT_PRESERVE_WHITESPACE, mupdf

        self.width: float = page.rect.width
        self.height: float = page.rect.height
        around = mupdf.FzRect(-self.width, -self.height, 2 * self.width, 2 * self.height)
        self._drawing = mupdf.FzDisplayList(around)
        recorder = mupdf.fz_new_list_device(self._drawing)
        mupdf.fz_run_page(page.this, recorder, mupdf.FzMatrix(), mupdf.FzCookie())
        mupdf.fz_close_device(recorder)
        flags = TEXT_PRESERVE_WHITESPACE | TEXT_CLIP  # ligatures as letters; nothing that is clipped away
        options = mupdf.FzStextOptions(flags)
        self._text = mupdf.FzStextPage(self._drawing, options)

    def words(self) -> RawWords:
        """The words in the order in which the producer drew them; those of one block and line follow each other.

        MuPDF's own boxes cost half of what PyMuPDF's corrected ones do, which differ only for fonts without height.
        """
        from pymupdf import extra

        with _uncorrected():
            words: RawWords = extra.extractWORDS(self._text, None)
        if min((word[3] - word[1] for word in words), default=FLAT) < FLAT:
            words = extra.extractWORDS(self._text, None)
        return words

    def lines(self) -> dict[tuple[int, int], dict[str, Any]]:
        """PyMuPDF's dictionary of each line, by block and line as `words` numbers them: direction, spans, colours."""
        from pymupdf import TextPage

        blocks = TextPage(self._text).extractDICT()["blocks"]
        return {(block["number"], at): line for block in blocks for at, line in enumerate(block.get("lines", ()))}

    def run(self, device: Any, scale: float = 1.0, cookie: Any = None) -> None:  # noqa: ANN401 - MuPDF's have no types
        """Draw the page on a MuPDF device, `scale` times as large; the device is closed."""
        from pymupdf import mupdf

        everything = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
        matrix = mupdf.FzMatrix(scale, 0, 0, scale, 0, 0)
        mupdf.fz_run_display_list(self._drawing, device, matrix, everything, cookie or mupdf.FzCookie())
        mupdf.fz_close_device(device)


def switched_off(document: "pymupdf.Document") -> list[int]:
    """The numbers of the document's layers (optional content groups) that are not shown."""
    from pymupdf import mupdf

    pdf = mupdf.pdf_document_from_fz_document(document.this)
    return [number for number in range(mupdf.pdf_count_layers(pdf)) if not mupdf.pdf_layer_is_enabled(pdf, number)]


@contextmanager
def shown(document: "pymupdf.Document", layers: list[int]) -> Iterator[None]:
    """The document with these layers switched on, for a while."""
    from pymupdf import mupdf

    pdf = mupdf.pdf_document_from_fz_document(document.this)
    for number in layers:
        mupdf.pdf_enable_layer(pdf, number, 1)
    try:
        yield
    finally:
        for number in layers:
            mupdf.pdf_enable_layer(pdf, number, 0)


@contextmanager
def _uncorrected() -> Iterator[None]:
    from pymupdf import TOOLS

    TOOLS.unset_quad_corrections(True)  # noqa: FBT003 - positional by PyMuPDF's signature
    try:
        yield
    finally:
        TOOLS.unset_quad_corrections(False)  # noqa: FBT003 - as above
