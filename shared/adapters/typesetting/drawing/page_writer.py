"""Draw on the pages of a PDF that MuPDF writes: text in every script, rules, pictures."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from shared.adapters.typesetting.drawing.right_to_left import is_right_to_left, runs
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Picture

if TYPE_CHECKING:
    import pymupdf

Face = Literal["helv", "hebo", "cour"]
"""Helvetica, its bold, Courier; MuPDF has a Noto font for each script that they lack."""
LEADING = 1.25
"""Line height, in font sizes."""
ASCENT = 0.95
"""From the top of a line to its baseline, in font sizes."""
RULE_WIDTH, RULE_GREY = 0.4, 0.6
POINTS_PER_PIXEL = 0.75
"""A picture that does not say its size is shown at 96 dpi."""
SVG_ZOOM = 2
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!DOCTYPE[^>\[]*>\s*)?<svg\b", re.DOTALL)
RUN_GAP = 0.5
"""Between runs of different direction, in font sizes: MuPDF joins runs that are only a space apart."""


class PaperSize(NamedTuple):
    """A page's size in points; A4 upright unless a table needs more."""

    width: float = 595.0
    height: float = 842.0


A4 = PaperSize()
A4_WIDE = PaperSize(842.0, 595.0)
A3_WIDE = PaperSize(1191.0, 842.0)


class PdfPageWriter:
    """Writes pages one after the other to `target`. y grows downwards; sizes in points. Close it at the end."""

    def __init__(self, target: str, max_pages: int) -> None:
        import pymupdf

        self._writer: Any = pymupdf.DocumentWriter(target, "compress")
        self._max_pages = max_pages
        self._device: Any = None
        self._text: dict[bool, Any] = {}
        self._rules: Any = None
        self.pages = 0

    def begin(self, paper: PaperSize) -> None:
        """Begin a page; raises Unreadable (`too_large`) when there are too many."""
        import pymupdf
        from pymupdf import mupdf

        self.end()
        if self.pages >= self._max_pages:
            text = f"The file fills more pages than the limit (INTRAY_MAX_PAGES) of {self._max_pages}: split it."
            raise Unreadable("too_large", text)
        self.pages += 1
        self._device = self._writer.begin_page(pymupdf.Rect(0, 0, *paper))
        self._text = {visible: mupdf.FzText() for visible in (True, False)}
        self._rules = mupdf.FzPath()

    def end(self) -> None:
        """Write what was drawn on the page, when there is one."""
        from pymupdf import mupdf

        if self._device is None:
            return
        device, plain, colours = self._device.this, mupdf.FzMatrix(), mupdf.FzColorParams()
        grey = mupdf.fz_device_gray()
        stroke = mupdf.FzStrokeState()
        stroke.m_internal.linewidth = RULE_WIDTH
        mupdf.fz_stroke_path(device, self._rules, stroke, plain, grey, _rule_grey(), 1.0, colours)
        mupdf.fz_fill_text(device, self._text[True], plain, grey, [0.0], 1.0, colours)
        mupdf.fz_ignore_text(device, self._text[False], plain)
        self._writer.end_page()
        self._device = None

    def close(self) -> None:
        """End the last page and the file."""
        self.end()
        self._writer.close()

    def text(self, x: float, top: float, text: str, size: float, face: Face = "helv", *, visible: bool = True) -> None:
        """Write one line; not `visible`: it is in the file, but not shown (render mode 3)."""
        if not is_right_to_left(text):
            self._show(x, top, text, size, face, visible=visible)
            return
        text_runs = runs(text)
        widths = [advance(run.text, size, face) + RUN_GAP * size for run in text_runs]
        for index in sorted(range(len(text_runs)), key=lambda index: text_runs[index].order):
            self._show(x + sum(widths[:index]), top, f" {text_runs[index].text} ", size, face, visible=visible)

    def _show(self, x: float, top: float, text: str, size: float, face: Face, *, visible: bool) -> None:
        from pymupdf import mupdf

        place = mupdf.FzMatrix(size, 0, 0, -size, x, top + ASCENT * size)
        neutral, unset = mupdf.FZ_BIDI_NEUTRAL, mupdf.FZ_LANG_UNSET
        mupdf.fz_show_string(self._text[visible], _font(face), place, text, 0, 0, neutral, unset)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a thin grey line."""
        from pymupdf import mupdf

        mupdf.fz_moveto(self._rules, x0, y0)
        mupdf.fz_lineto(self._rules, x1, y1)

    def picture(self, image: "Image", x: float, y: float, width: float, height: float) -> None:
        """Draw a picture into a box."""
        from pymupdf import mupdf

        place = mupdf.FzMatrix(width, 0, 0, height, x, y)
        mupdf.fz_fill_image(self._device.this, image.decoded, place, 1.0, mupdf.FzColorParams())


class Image(NamedTuple):
    """A picture that MuPDF can draw, its size in pixels, and its size on the page in points."""

    decoded: Any
    pixels: tuple[int, int]
    width: float
    height: float


def image(picture: Picture, max_pixels: int) -> Image | None:
    """Return the picture, ready to be drawn; None when MuPDF does not know its format, or it has too many pixels."""
    import pymupdf
    from pymupdf import mupdf

    try:
        data = _draw_svg(picture.data, max_pixels) if _SVG.match(picture.data) else picture.data
        decoded = mupdf.fz_new_image_from_buffer(pymupdf.mupdf.fz_new_buffer_from_copied_data(data))
    except (RuntimeError, mupdf.FzErrorBase):
        return None
    pixels = decoded.w(), decoded.h()
    if min(pixels) < 1 or pixels[0] * pixels[1] > max_pixels:
        return None
    width = picture.width or pixels[0] * POINTS_PER_PIXEL
    return Image(decoded, pixels, width, picture.height or width * pixels[1] / pixels[0])


def _draw_svg(data: bytes, max_pixels: int) -> bytes:
    """Return a drawing as a PNG of SVG_ZOOM pixels a point; b"" when that were too many."""
    import pymupdf

    with pymupdf.open(stream=data, filetype="svg") as drawing:
        page = drawing[0]
        if page.rect.width * page.rect.height * SVG_ZOOM**2 > max_pixels:
            return b""
        encoded: bytes = page.get_pixmap(matrix=pymupdf.Matrix(SVG_ZOOM, SVG_ZOOM)).tobytes("png")
        return encoded


def is_decodable(image: Image) -> bool:
    """Return whether the bytes of a picture are whole. One that fails while it is drawn takes its page with it."""
    from pymupdf import mupdf

    try:
        image.decoded.fz_get_unscaled_pixmap_from_image()
    except mupdf.FzErrorBase:
        return False
    return True


def advance(text: str, size: float, face: Face = "helv") -> float:
    """Return how wide a line is, in points."""
    return size * sum(_width(letter, face) for letter in text)


@lru_cache(maxsize=1 << 14)
def _width(letter: str, face: Face) -> float:
    from pymupdf import mupdf

    neutral, unset = mupdf.FZ_BIDI_NEUTRAL, mupdf.FZ_LANG_UNSET
    return float(mupdf.fz_measure_string(_font(face), mupdf.FzMatrix(), letter, 0, 0, neutral, unset).e)


@lru_cache(maxsize=1)
def _rule_grey() -> Any:  # noqa: ANN401 - a C array of floats
    from pymupdf import mupdf

    colour = mupdf.new_floats(1)
    mupdf.floats_setitem(colour, 0, RULE_GREY)
    return colour


@lru_cache(maxsize=3)
def _font(face: Face) -> "pymupdf.mupdf.FzFont":
    import pymupdf

    return pymupdf.Font(face).this
