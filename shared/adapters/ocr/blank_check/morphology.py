"""Widen and narrow what is bright on a grey picture, by Pillow's comparisons of whole pictures.

A window of n pixels takes log2(n) comparisons for each direction. Pixels beyond the edge of the picture do not count.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

type Window = tuple[int, int]
"""Columns and rows."""


def dilate(picture: "Picture", window: Window) -> "Picture":
    """Return for each pixel the brightest of the window around it."""
    from PIL import ImageChops

    columns, rows = window
    wide = _slide_columns(picture, columns, columns // 2, ImageChops.lighter, 0)
    return _slide_rows(wide, rows, rows // 2, ImageChops.lighter, 0)


def erode(picture: "Picture", window: Window) -> "Picture":
    """Return for each pixel the darkest of the window around it; an even window lies opposite to that of `dilate`."""
    from PIL import ImageChops

    columns, rows = window
    wide = _slide_columns(picture, columns, (columns - 1) // 2, ImageChops.darker, 255)
    return _slide_rows(wide, rows, (rows - 1) // 2, ImageChops.darker, 255)


def open_bright(picture: "Picture", window: Window) -> "Picture":
    """Return the picture without what is bright and smaller than the window."""
    return dilate(erode(picture, window), window)


def close_dark(picture: "Picture", window: Window) -> "Picture":
    """Return the picture without what is dark and smaller than the window."""
    return erode(dilate(picture, window), window)


type _Combine = Callable[["Picture", "Picture"], "Picture"]


def _slide_columns(picture: "Picture", size: int, before: int, combine: _Combine, beyond: int) -> "Picture":
    """Combine each pixel with those of a window of `size` columns that begins `before` columns before it."""
    from PIL import Image

    canvas = Image.new("L", (picture.width + size - 1, picture.height), beyond)
    canvas.paste(picture, (before, 0))
    for step in _steps(size):
        width = canvas.width - step
        canvas = combine(canvas.crop((0, 0, width, canvas.height)), canvas.crop((step, 0, step + width, canvas.height)))
    return canvas


def _slide_rows(picture: "Picture", size: int, before: int, combine: _Combine, beyond: int) -> "Picture":
    from PIL import Image

    canvas = Image.new("L", (picture.width, picture.height + size - 1), beyond)
    canvas.paste(picture, (0, before))
    for step in _steps(size):
        height = canvas.height - step
        canvas = combine(canvas.crop((0, 0, canvas.width, height)), canvas.crop((0, step, canvas.width, step + height)))
    return canvas


def _steps(size: int) -> list[int]:
    """Return by how many pixels to shift a picture, time after time, until each pixel has seen `size` of them."""
    steps, seen = list[int](), 1
    while seen < size:
        steps.append(min(seen, size - seen))
        seen += steps[-1]
    return steps
