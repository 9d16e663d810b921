"""A cheap scan of what a page paints, to tell whether any of its text may be hidden.

It compares the page with the plain case: dark text on white, or on something light that was painted first. Whatever
differs is only suspected. Imports PyMuPDF, so import it inside the functions that use it.
"""

import math
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from pymupdf import mupdf

from shared.adapters.pdf.page.colors import lightness
from shared.adapters.pdf.page.thin_lines import ThinLine, ThinLines
from shared.domain.reading.page import Box, union

type _RawPlace = tuple[float, float, float, float, *tuple[object, ...]]
type Opaque = Any
"""An object of MuPDF, whose bindings have no types."""

MIN_TONE_CONTRAST = 0.25
"""Text whose lightness (0..1) is nearer than this to what may lie under it is checked further."""
MIN_READABLE_ALPHA = 0.5
"""Text or a group less opaque than this is checked further."""
MIN_OPAQUE_ALPHA = 0.95
"""A cover more opaque than this makes what lies under it unreadable."""
MAX_RULE_HEIGHT_PT = 2.0
"""Points; rules and frames thinner than this hide no text."""
MAX_THIN_STROKE_PT = 4.0
"""Points; a stroke that is thicker is a ground, or hides what it crosses."""
MIN_PALE_TONE = 0.9
"""A line lighter than this, on white, is not seen."""
MAX_COVERS = 2000
"""A page with more covers than this is a drawing and is checked further."""
NOWHERE = (0.0, 0.0, 0.0, 0.0)
EVERYWHERE = (-math.inf, -math.inf, math.inf, math.inf)
_GRAY, _RGB, _CMYK = 1, 2, 4
"""MuPDF's enum fz_colorspace_type, which its bindings lack."""


class Cover(NamedTuple):
    """What may lie under or over text: its lightness, None where that varies, and how many texts were drawn before.

    `opaque`: nothing shows through it.
    """

    box: Box
    tone: float | None
    texts_before: int
    opaque: bool


class PaintSummary(NamedTuple):
    """What a page paints: the lightness of its text, what may lie under or over it, and its thin lines, pale ones too.

    `replacements`: the text that programs read in place of some glyphs (ActualText), and where those glyphs are. `odd`:
    the scan stopped early at something that needs a full check; then the page may also have pictures and clips.
    """

    tones: set[float]
    covers: list[Cover]
    pictures: bool
    clips: bool
    odd: bool
    lines: list[ThinLine]
    replacements: list[tuple[str, Box]]


def scan_painting(run: Callable[..., None]) -> PaintSummary:
    """Return what a page paints; `run` draws it on a MuPDF device, with a cookie."""
    cookie = mupdf.FzCookie()
    scan = _PaintScan(cookie)
    run(scan, cookie=cookie)
    odd = scan.odd or bool(cookie.m_internal.errors)
    line_scan = _scan_lines(run) if odd else scan
    lines, replacements = line_scan.lines.all(), line_scan.replacements
    return PaintSummary(scan.tones, scan.covers, scan.pictures or odd, scan.clips or odd, odd, lines, replacements)


def visible_lines(run: Callable[..., None]) -> list[ThinLine]:
    """Return the thin lines of a page that are not pale; reading their colours is most of the cost."""
    return _scan_lines(run).lines.all()


def _scan_lines(run: Callable[..., None]) -> "_PaintScan":
    scan = _PaintScan(mupdf.FzCookie(), only_lines=True)
    run(scan)
    return scan


def find_hiding_covers(run: Callable[..., None]) -> list[Box]:
    """Return the boxes of those covers under which there is text, or over which there is text of their own lightness.

    The order of drawing tells whether text lies under or over a cover. This needs a box around each text, so it runs
    only for pages whose covers leave a doubt.
    """
    scan = _PaintScan(mupdf.FzCookie(), with_boxes=True)
    run(scan)
    texts, hiding_boxes = scan.texts, list[Box]()
    for box, tone, before, _ in scan.covers:
        over = (place for place, own in texts[before:] if tone is None or are_tones_alike(tone, own))
        if any(do_boxes_overlap(box, place) for place in chain((place for place, _ in texts[:before]), over)):
            hiding_boxes.append(box)
    return hiding_boxes


def covers_between_texts(run: Callable[..., None]) -> Iterator[tuple[Box, list[Box], list[Box]]]:
    """Yield the opaque covers that lie over a text and under a later one, with the boxes of both."""
    scan = _PaintScan(mupdf.FzCookie(), with_boxes=True)
    run(scan)
    for cover in scan.covers:
        if cover.opaque and cover.texts_before:
            below = [place for place, _ in scan.texts[: cover.texts_before] if do_boxes_overlap(cover.box, place)]
            above = [place for place, _ in scan.texts[cover.texts_before :] if do_boxes_overlap(cover.box, place)]
            if below and above:
                yield cover.box, below, above


class _PaintScan(mupdf.FzDevice2):  # type: ignore[misc]  # MuPDF has no types
    """A MuPDF device that collects a PaintSummary."""

    def __init__(self, cookie: Opaque, *, with_boxes: bool = False, only_lines: bool = False) -> None:
        super().__init__()
        self._cookie = cookie
        self._with_boxes = with_boxes
        self._only_lines = only_lines
        self.lines = ThinLines()
        self._count = 0
        self.texts: list[tuple[Box, float]] = []
        self.odd = self.pictures = self.clips = self._is_replacing = False
        self.replacements: list[tuple[str, Box]] = []
        self.tones: set[float] = set()
        self.covers: list[Cover] = []
        for name in _LINES if only_lines else _NOTED:
            getattr(self, f"use_virtual_{name}")()

    def _give_up(self, *_: object) -> None:
        self.odd = True
        self._cookie.m_internal.abort = 1

    ignore_text = clip_text = clip_stroke_text = begin_mask = begin_tile = _give_up

    def fill_text(
        self, _ctx: Opaque, text: Opaque, ctm: Opaque, space: Opaque, color: Opaque, alpha: float, _params: Opaque
    ) -> None:
        tone = _tone(space, color)
        self._count += 1
        self.tones.add(tone)
        if self._with_boxes:
            self.texts.append((_place(text, ctm), tone))
        if self._is_replacing:
            replacing, place = self.replacements[-1]
            own = _box(mupdf.ll_fz_bound_text(text, None, ctm))
            self.replacements[-1] = (replacing, own if place == NOWHERE else union((place, own)))
        if alpha < MIN_READABLE_ALPHA:
            self._give_up()

    def stroke_text(self, ctx: Opaque, text: Opaque, _stroke: Opaque, *paint: Opaque) -> None:
        self.fill_text(ctx, text, *paint)

    def fill_path(
        self,
        _ctx: Opaque,
        path: Opaque,
        _rule: Opaque,
        ctm: Opaque,
        space: Opaque,
        color: Opaque,
        alpha: float,
        _params: Opaque,
    ) -> None:
        box = _box(mupdf.ll_fz_bound_path(path, None, ctm))
        if box[3] - box[1] <= MAX_RULE_HEIGHT_PT:
            if not self._only_lines or (alpha >= MIN_READABLE_ALPHA and _tone(space, color) < MIN_PALE_TONE):
                self.lines.add_box(box)
        elif box[2] - box[0] > MAX_RULE_HEIGHT_PT and not self._only_lines:
            self._cover(box, _tone(space, color), alpha)

    def stroke_path(
        self,
        _ctx: Opaque,
        path: Opaque,
        stroke: Opaque,
        ctm: Opaque,
        space: Opaque,
        color: Opaque,
        alpha: float,
        _params: Opaque,
    ) -> None:
        if stroke.linewidth * mupdf.ll_fz_matrix_expansion(ctm) > MAX_THIN_STROKE_PT:
            if not self._only_lines:
                box = _box(mupdf.ll_fz_bound_path(path, stroke, ctm))
                self._cover(box, _tone(space, color), alpha)
        elif not self._only_lines or (alpha >= MIN_READABLE_ALPHA and _tone(space, color) < MIN_PALE_TONE):
            self.lines.add_stroke(path, ctm)
        if self.lines.overflow:
            self.use_virtual_stroke_path(False)  # noqa: FBT003 - as above

    def fill_shade(self, _ctx: Opaque, shade: Opaque, ctm: Opaque, alpha: float, _params: Opaque) -> None:
        self._cover(_box(mupdf.ll_fz_bound_shade(shade, ctm)), None, alpha)

    def fill_image(self, _ctx: Opaque, image: Opaque, ctm: Opaque, alpha: float, _params: Opaque) -> None:
        self.pictures = True
        self._cover(_box(mupdf.ll_fz_transform_rect(mupdf.fz_unit_rect, ctm)), None, 0.0 if image.mask else alpha)

    def fill_image_mask(self, _ctx: Opaque, _image: Opaque, ctm: Opaque, *_: object) -> None:
        self.pictures = True
        self._cover(_box(mupdf.ll_fz_transform_rect(mupdf.fz_unit_rect, ctm)), None, 0.0)

    def clip_path(self, *_: object) -> None:
        self.clips = True
        self.use_virtual_clip_path(False)  # noqa: FBT003 - positional by MuPDF's signature; once is enough

    def clip_stroke_path(self, *_: object) -> None:
        self.clips = True

    clip_image_mask = clip_stroke_path

    def begin_group(
        self, _ctx: Opaque, _area: Opaque, _space: Opaque, _isolated: Opaque, _knockout: Opaque, mode: int, alpha: float
    ) -> None:
        if mode or alpha < MIN_READABLE_ALPHA:
            self._give_up()

    def begin_metatext(self, _ctx: Opaque, metatext: int, text: str) -> None:
        if metatext == mupdf.FZ_METATEXT_ACTUALTEXT:
            self._is_replacing = True
            self.replacements.append((text, NOWHERE))

    def end_metatext(self, *_: object) -> None:
        self._is_replacing = False

    def _cover(self, box: Box, tone: float | None, alpha: float) -> None:
        self.covers.append(Cover(box, tone, self._count, alpha >= MIN_OPAQUE_ALPHA))
        if len(self.covers) > MAX_COVERS:
            self._give_up()


_LINES = ("fill_path", "stroke_path", "fill_text", "begin_metatext", "end_metatext")
_NOTED = [name for name in vars(_PaintScan) if hasattr(mupdf.FzDevice2, f"use_virtual_{name}")]


def _tone(space: Opaque, color: Opaque) -> float:
    """Return the lightness of a colour, 0 (black) to 1 (white)."""
    if not space:
        return 0.0
    color_space = mupdf.ll_fz_colorspace_type(space)
    if color_space == _GRAY:
        return float(mupdf.floats_getitem(color, 0))
    if color_space == _RGB:  # in full, without a loop: this is asked for each text
        part = mupdf.floats_getitem
        return lightness(part(color, 0), part(color, 1), part(color, 2))
    if color_space == _CMYK:
        cyan, magenta, yellow, key = (mupdf.floats_getitem(color, at) for at in range(4))
        red, green, blue = (max(0.0, 1 - ink - key) for ink in (cyan, magenta, yellow))
    else:
        rgb, params = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_RGB), mupdf.FzColorParams()
        converted = mupdf.ll_fz_convert_color(space, color, rgb.m_internal, None, params.internal())
        red, green, blue = converted[:3]
    return lightness(red, green, blue)


def are_tones_alike(tone: float, ground: float) -> bool:
    """Return whether two lightnesses are too near each other to read one on the other."""
    return abs(tone - ground) < MIN_TONE_CONTRAST


def do_boxes_overlap(first: Box, second: _RawPlace) -> bool:
    """Return whether two boxes overlap."""
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _place(text: Opaque, ctm: Opaque) -> Box:
    """Return where a text stands; anywhere, when a font of it defines its own glyph sizes (Type 3)."""
    span = text.head
    while span:
        if mupdf.ll_fz_font_t3_procs(span.font):
            return EVERYWHERE
        span = span.next
    return _box(mupdf.ll_fz_bound_text(text, None, ctm))


def _box(rect: Opaque) -> Box:
    return (rect.x0, rect.y0, rect.x1, rect.y1)
