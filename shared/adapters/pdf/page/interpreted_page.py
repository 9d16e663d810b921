"""A PDF page, interpreted once for all of its uses: its words, what it paints, how it renders."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymupdf

type RawWords = list[tuple[float, float, float, float, str, int, int, int]]
"""As PyMuPDF gives words: x0, y0, x1, y1, text, block, line, number in the line."""


class InterpretedPage:
    """What a page draws, annotations and form fields included, in points of the upright page.

    Content off the page, up to a page's size away, is included. Interpreting a page costs a quarter of getting its
    words, so it is done once. `paint` summarises what it paints; `words` are in the order in which the producer drew
    them, those of one block and line one after the other.
    """

    def __init__(self, page: "pymupdf.Page") -> None:
        from pymupdf import mupdf

        from shared.adapters.pdf.page.paint_scan import scan_painting

        bound = mupdf.fz_bound_page(page.this)  # what `page.rect` is, which costs as much as a line of text
        self.width: float = bound.x1 - bound.x0
        self.height: float = bound.y1 - bound.y0
        around = mupdf.FzRect(-self.width, -self.height, 2 * self.width, 2 * self.height)
        self._drawing = mupdf.FzDisplayList(around)
        recorder = mupdf.fz_new_list_device(self._drawing)
        mupdf.fz_run_page(page.this, recorder, mupdf.FzMatrix(), mupdf.FzCookie())
        mupdf.fz_close_device(recorder)
        self.paint = scan_painting(self.run)
        self._text = self._read_glyphs()
        self.words: RawWords = self._read_words()

    def is_beyond_page(self, index: int, *, pages: int = 0) -> bool:
        """Return whether a word lies outside the page, or further away than so many of its sizes."""
        x0, y0, x1, y1, *_ = self.words[index]
        aside, above = pages * self.width, pages * self.height
        return x1 <= -aside or y1 <= -above or x0 >= self.width + aside or y0 >= self.height + above

    def drop_far_words(self) -> None:
        """Drop words more than a page's size away, as MuPDF does where clips are checked."""
        self.words = [word for index, word in enumerate(self.words) if not self.is_beyond_page(index, pages=1)]

    def measure_again(self) -> None:
        """Take PyMuPDF's corrected boxes, for fonts without height."""
        self.words = self._read_words(corrected=True)

    def _read_glyphs(self) -> Any:  # noqa: ANN401 - MuPDF's have no types
        """Return MuPDF's text page: glyphs as they are drawn, ligatures as letters, without what is clipped away.

        Checking whether a glyph is clipped costs as much as reading it, so it is done only where the page clips.
        """
        from pymupdf import TEXT_CLIP, TEXT_IGNORE_ACTUALTEXT, TEXT_PRESERVE_WHITESPACE, mupdf

        flags = TEXT_PRESERVE_WHITESPACE | TEXT_IGNORE_ACTUALTEXT | (TEXT_CLIP if self.paint.clips else 0)
        return mupdf.FzStextPage(self._drawing, mupdf.FzStextOptions(flags))

    def _read_words(self, *, corrected: bool = False) -> RawWords:
        """MuPDF's own boxes cost half of what PyMuPDF's corrected ones do, which differ for fonts without height."""
        from pymupdf import TOOLS, extra

        TOOLS.unset_quad_corrections(not corrected)
        try:
            words: RawWords = extra.extractWORDS(self._text, None)
        finally:
            TOOLS.unset_quad_corrections(False)  # noqa: FBT003 - positional by PyMuPDF's signature
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
    """Return the numbers of the document's layers (optional content groups) that are not shown."""
    from pymupdf import mupdf

    pdf = mupdf.pdf_document_from_fz_document(document.this)
    return [number for number in range(mupdf.pdf_count_layers(pdf)) if not mupdf.pdf_layer_is_enabled(pdf, number)]


@contextmanager
def switch_on(document: "pymupdf.Document", layers: Sequence[int]) -> Iterator[None]:
    """Yield the document with these layers switched on, for a while."""
    from pymupdf import mupdf

    pdf = mupdf.pdf_document_from_fz_document(document.this)
    for number in layers:
        mupdf.pdf_enable_layer(pdf, number, 1)
    try:
        yield
    finally:
        for number in layers:
            mupdf.pdf_enable_layer(pdf, number, 0)
