"""A cheap first look at what a page paints: could any of its text not be seen?

It holds the page against the plain case, dark text painted on white or on something light that was there first. What
does not fit is only suspected (`doubts`). Imports PyMuPDF; to be imported where it is used.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from pymupdf import mupdf

from shared.adapters.pymupdf_reader.style import lightness
from shared.domain.page import Box

type Opaque = Any
"""An object of MuPDF, whose bindings have no types."""

FAINT = 0.5
"""Text or a group less opaque than this is looked at."""
THIN = 2.0
"""Points; rules and frames thinner than this hide no text."""
MAX_COVERS = 2000
"""More than this many are a drawing: it is looked at."""
_GRAY, _RGB, _CMYK = 1, 2, 4
"""MuPDF's enum fz_colorspace_type, which its bindings lack."""


class Seen(NamedTuple):
    """What a page paints: the lightness of its text, and what may lie under or over it.

    A cover has its lightness, or None when it may hide text of any colour. `odd` ended the look: something in the page
    needs a closer one anyway, and it may have pictures, and clip what it draws.
    """

    tones: set[float]
    covers: list[tuple[Box, float | None]]
    pictures: bool
    clips: bool
    odd: bool


def look(run: Callable[..., None]) -> Seen:
    """What a page paints that `run` draws on a MuPDF device, with a cookie."""
    cookie = mupdf.FzCookie()
    glance = _Glance(cookie)
    run(glance, cookie=cookie)
    odd = glance.odd or bool(cookie.m_internal.errors)
    return Seen(glance.tones, glance.covers, glance.pictures or odd, glance.clips or odd, odd)


class _Glance(mupdf.FzDevice2):  # type: ignore[misc]  # MuPDF has no types
    """A MuPDF device that notes what is Seen."""

    def __init__(self, cookie: Opaque) -> None:
        super().__init__()
        self._cookie = cookie
        self.odd = self.pictures = self.clips = False
        self.tones: set[float] = set()
        self.covers: list[tuple[Box, float | None]] = []
        for name in _NOTED:
            getattr(self, f"use_virtual_{name}")()

    def _give_up(self, *_: object) -> None:
        self.odd = True
        self._cookie.m_internal.abort = 1

    ignore_text = clip_text = clip_stroke_text = begin_mask = begin_tile = _give_up

    def fill_text(
        self, _ctx: Opaque, _text: Opaque, _ctm: Opaque, space: Opaque, color: Opaque, alpha: float, _params: Opaque
    ) -> None:
        self.tones.add(_tone(space, color))
        if alpha < FAINT:
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
        _alpha: float,
        _params: Opaque,
    ) -> None:
        box = _box(mupdf.ll_fz_bound_path(path, None, ctm))
        if box[2] - box[0] > THIN and box[3] - box[1] > THIN:
            self._cover(box, None if self.tones else _tone(space, color))

    def fill_shade(self, _ctx: Opaque, shade: Opaque, ctm: Opaque, _alpha: float, _params: Opaque) -> None:
        self._cover(_box(mupdf.ll_fz_bound_shade(shade, ctm)), None)

    def fill_image(self, _ctx: Opaque, _image: Opaque, ctm: Opaque, *_: object) -> None:
        self.pictures = True
        self._cover(_box(mupdf.ll_fz_transform_rect(mupdf.fz_unit_rect, ctm)), None)

    fill_image_mask = fill_image

    def clip_path(self, *_: object) -> None:
        self.clips = True
        self.use_virtual_clip_path(False)  # noqa: FBT003 - positional by MuPDF's signature; once is enough

    def clip_stroke_path(self, *_: object) -> None:
        self.clips = True

    clip_image_mask = clip_stroke_path

    def begin_group(
        self, _ctx: Opaque, _area: Opaque, _space: Opaque, _isolated: Opaque, _knockout: Opaque, mode: int, alpha: float
    ) -> None:
        if mode or alpha < FAINT:
            self._give_up()

    def _cover(self, box: Box, tone: float | None) -> None:
        self.covers.append((box, tone))
        if len(self.covers) > MAX_COVERS:
            self._give_up()


_NOTED = [name for name in vars(_Glance) if hasattr(mupdf.FzDevice2, f"use_virtual_{name}")]


def _tone(space: Opaque, color: Opaque) -> float:
    """The lightness of a colour, 0 (black) to 1 (white)."""
    if not space:
        return 0.0
    kind = mupdf.ll_fz_colorspace_type(space)
    if kind == _GRAY:
        return float(mupdf.floats_getitem(color, 0))
    if kind == _RGB:
        red, green, blue = (mupdf.floats_getitem(color, at) for at in range(3))
    elif kind == _CMYK:
        cyan, magenta, yellow, key = (mupdf.floats_getitem(color, at) for at in range(4))
        red, green, blue = (max(0.0, 1 - ink - key) for ink in (cyan, magenta, yellow))
    else:
        wanted, params = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_RGB), mupdf.FzColorParams()
        converted = mupdf.ll_fz_convert_color(space, color, wanted.m_internal, None, params.internal())
        red, green, blue = converted[:3]
    return lightness(red, green, blue)


def _box(rect: Opaque) -> Box:
    return (rect.x0, rect.y0, rect.x1, rect.y1)
