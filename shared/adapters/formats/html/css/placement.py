"""Decide whether a box of CSS is moved off the page, clipped away or shrunk to nothing."""

import re
from collections.abc import Mapping

from shared.adapters.formats.html.css.values import VIEWPORT_HEIGHT, VIEWPORT_WIDTH, parse_length

FAR_OFF = 200.0
"""Moved this far to the left or up, a box is off the page, in CSS pixels."""
FAR_RIGHT = 5000.0
"""Moved this far to the right or down, too."""
MAX_CLIPPED_SIDE = 1.0
"""A box that is not wider or higher than this shows no letter, in CSS pixels."""
HALF = 50.0
_TRANSLATION = re.compile(r"translate(?:x|y|3d)?\(([^()]*)\)")
_NO_SCALE = re.compile(r"(?:^|\s)scale(?:x|y|3d)?\(\s*0?\.?0*\s*[,)]|matrix\(\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*,")


def is_out_of_sight(values: Mapping[str, str], font_size: float) -> bool:
    """Return whether an element with these values is placed out of sight with all its content."""
    return (
        _is_moved_off(values, font_size)
        or _is_shrunk(values, font_size)
        or _is_clipped(values)
        or values.get("scale", "").split()[:1] == ["0"]
        or _NO_SCALE.search(values.get("transform", "")) is not None
    )


def _is_moved_off(values: Mapping[str, str], font_size: float) -> bool:
    moved = []
    if values.get("position", "static") in ("absolute", "fixed", "relative"):
        for name, whole in (("left", VIEWPORT_WIDTH), ("top", VIEWPORT_HEIGHT), ("right", VIEWPORT_WIDTH)):
            length = parse_length(values.get(name, ""), font_size, whole)
            moved.append(length or 0.0)
    moved += [
        parse_length(values.get(name, ""), font_size, VIEWPORT_WIDTH) or 0.0 for name in ("text-indent", "margin-left")
    ]
    for translation in _TRANSLATION.findall(values.get("transform", "")):
        # A percentage is of the box itself, whose size is not known: such a box is moved by its own width at most.
        moved += [parse_length(part.strip(), font_size, 100.0) or 0.0 for part in translation.split(",")]
    return any(length <= -FAR_OFF or length >= FAR_RIGHT for length in moved)


def _is_shrunk(values: Mapping[str, str], font_size: float) -> bool:
    if values.get("overflow", "visible").split()[:1] not in (["hidden"], ["clip"]):
        return False
    sides = [
        parse_length(values.get(name, ""), font_size, 0.0 if values.get(name) == "0%" else FAR_RIGHT)
        for name in ("width", "height", "max-width", "max-height")
    ]
    return any(side is not None and side <= MAX_CLIPPED_SIDE for side in sides)


def _is_clipped(values: Mapping[str, str]) -> bool:
    path = values.get("clip-path", "")
    inset = re.match(r"inset\(\s*([\d.]+)(%?)", path)
    if inset and inset[2] and float(inset[1] or 0) >= HALF:
        return True
    if re.match(r"circle\(\s*0", path) or re.match(r"polygon\(\s*(?:0\S*\s+0\S*\s*,?\s*)+\)", path):
        return True
    clip = re.match(r"rect\(([^()]*)\)", values.get("clip", ""))
    if clip is None or values.get("position") not in ("absolute", "fixed"):
        return False
    sides = [parse_length(side, 16.0, 0.0) for side in re.split(r"[\s,]+", clip[1].strip())]
    if len(sides) != 4 or None in sides:  # noqa: PLR2004 - the sides of a box
        return False
    top, right, bottom, left = (side or 0.0 for side in sides)
    return bottom - top <= MAX_CLIPPED_SIDE or right - left <= MAX_CLIPPED_SIDE
