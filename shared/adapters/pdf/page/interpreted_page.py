"""A PDF page, interpreted once and looked at in several ways: its words, what is painted, how it looks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymupdf

type RawWords = list[tuple[float, float, float, float, str, int, int, int]]
"""As PyMuPDF gives words: x0, y0, x1, y1, text, block, line, number in the line."""


class Sheet:
    """What a page draws, annotations and form fields included, in points of the upright page.

    What stands off the page, up to a page's size away, is there too. Interpreting a page costs a quarter of getting its
    words, so everything that looks at the page looks at this. `seen` is what a glance shows of it, `words` are in the
    order in which the producer drew them, those of one block and line one after the other.
    """

    def __init__(self, page: "pymupdf.Page") -> None:
        from pymupdf import mupdf

        from shared.adapters.pdf.page.painting import look

        bound = mupdf.fz_bound_page(page.this)  # what `page.rect` is, which costs as much as a line of text
        self.width: float = bound.x1 - bound.x0
        self.height: float = bound.y1 - bound.y0
        around = mupdf.FzRect(-self.width, -self.height, 2 * self.width, 2 * self.height)
        self._drawing = mupdf.FzDisplayList(around)
        recorder = mupdf.fz_new_list_device(self._drawing)
        mupdf.fz_run_page(page.this, recorder, mupdf.FzMatrix(), mupdf.FzCookie())
        mupdf.fz_close_device(recorder)
        self.seen = look(self.run)
        self._text = self._interpreted()
        self.words: RawWords = self._words()

    def beyond(self, index: int, *, pages: int = 0) -> bool:
        """Return whether a word lies outside the page, or further away than so many of its sizes."""
        x0, y0, x1, y1, *_ = self.words[index]
        aside, above = pages * self.width, pages * self.height
        return x1 <= -aside or y1 <= -above or x0 >= self.width + aside or y0 >= self.height + above

    def drop_far_words(self) -> None:
        """Leave out what stands more than a page away, as is done where clips are looked at."""
        self.words = [word for index, word in enumerate(self.words) if not self.beyond(index, pages=1)]

    def measure_again(self) -> None:
        """Take PyMuPDF's corrected boxes, for fonts without height."""
        self.words = self._words(corrected=True)

    def _interpreted(self) -> Any:  # noqa: ANN401 - MuPDF's have no types
        """Return what MuPDF makes of the glyphs: ligatures as letters, nothing that is clipped away, as they are drawn.

        To look whether a glyph is clipped costs as much as to read it, so it is done where anything clips.
        """
        from pymupdf import TEXT_CLIP, TEXT_IGNORE_ACTUALTEXT, TEXT_PRESERVE_WHITESPACE, mupdf

        flags = TEXT_PRESERVE_WHITESPACE | TEXT_IGNORE_ACTUALTEXT | (TEXT_CLIP if self.seen.clips else 0)
        return mupdf.FzStextPage(self._drawing, mupdf.FzStextOptions(flags))

    def _words(self, *, corrected: bool = False) -> RawWords:
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
def shown(document: "pymupdf.Document", layers: Sequence[int]) -> Iterator[None]:
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
