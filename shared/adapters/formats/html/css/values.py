"""Read the values of CSS properties: lengths in CSS pixels, colours, and the parts of shorthands that matter here."""

import re
from functools import lru_cache
from typing import NamedTuple

VIEWPORT_WIDTH, VIEWPORT_HEIGHT = 1280.0, 800.0
"""The screen for which a page is read, in CSS pixels."""
ROOT_FONT_SIZE = 16.0
_PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6}
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|[a-z]*)")
_FONT_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}
_IMAGE = re.compile(r"\burl\(|gradient\(|\bimage(?:-set)?\(|\bcross-fade\(|\belement\(")


class Colour(NamedTuple):
    """Red, green and blue from 0 to 255, and the alpha from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, ground: "Colour") -> "Colour":
        """Return the opaque colour that this one makes on an opaque `ground`."""
        share = self.alpha
        mixed = [share * top + (1 - share) * below for top, below in zip(self[:3], ground[:3], strict=True)]
        return Colour(*mixed)

    def distance(self, colour: "Colour") -> float:
        """Return the largest difference of a channel, from 0 to 255."""
        return max(abs(own - theirs) for own, theirs in zip(self[:3], colour[:3], strict=True))


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


@lru_cache(maxsize=1024)
def parse_colour(text: str) -> Colour | None:
    """Return the colour that a value names; None for `currentcolor` and for what is no colour of the sRGB space."""
    from tinycss2.color4 import parse_color

    colour = parse_color(text)
    if colour is None or isinstance(colour, str):
        return None
    try:
        red, green, blue = (255 * (part or 0.0) for part in colour.to("srgb").coordinates)
    except NotImplementedError:  # a colour space that tinycss2 does not convert
        return None
    return Colour(red, green, blue, 1.0 if colour.alpha is None else float(colour.alpha))


@lru_cache(maxsize=4096)
def parse_length(text: str, font_size: float, whole: float) -> float | None:
    """Return a length in CSS pixels; None for `auto`, `calc()` and the like. A percentage is one of `whole`."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None
    number, unit = float(match[1]), match[2]
    relative = {
        "%": whole / 100,
        "em": font_size,
        "ex": font_size / 2,
        "ch": font_size / 2,
        "rem": ROOT_FONT_SIZE,
        "vw": VIEWPORT_WIDTH / 100,
        "vh": VIEWPORT_HEIGHT / 100,
    }
    factor = _PIXELS.get(unit, relative.get(unit))
    if factor is None:
        return 0.0 if not number else None
    return number * factor


def parse_font_size(text: str, inherited: float) -> float:
    """Return a font size in CSS pixels; the inherited one when the value is none."""
    if text in _FONT_SIZES:
        return _FONT_SIZES[text]
    size = parse_length(text, inherited, inherited)
    return inherited if size is None or size < 0 else size


@lru_cache(maxsize=4096)
def expand_shorthand(name: str, value: str) -> list[tuple[str, str]]:
    """Return the properties that a declaration sets, of those that decide what is shown."""
    match name:
        case "background":
            colour = next((word for word in _split_words(value) if parse_colour(word)), "transparent")
            pairs = [("background-color", colour), ("background-image", _read_image(value))]
        case "background-image":
            pairs = [(name, _read_image(value))]
        case "font":
            sizes = [word for word in _split_words(value.partition("/")[0]) if _is_font_size(word)]
            pairs = [("font-size", size) for size in sizes[:1]]
        case "text-decoration":
            pairs = [("text-decoration-line", value)]
        case "inset":
            pairs = list(zip(("top", "right", "bottom", "left"), _four_sides(value), strict=True))
        case "margin":
            pairs = [("margin-left", _four_sides(value)[3])]
        case "overflow-x" | "overflow-y":
            pairs = [("overflow", value)]
        case _:
            pairs = [(name, value)]
    return pairs


def _read_image(value: str) -> str:
    return "image" if _IMAGE.search(value) else "none"


def _split_words(value: str) -> list[str]:
    """Return the words of a value; what stands in brackets is not split."""
    return re.findall(r"[^\s()]+\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s]+", value)


def _four_sides(value: str) -> list[str]:
    """Return the sides of a box: top, right, bottom, left."""
    sides = _split_words(value)[:4] or [""]
    top, right = sides[0], sides[min(1, len(sides) - 1)]
    return [top, right, sides[2] if len(sides) > 2 else top, sides[3] if len(sides) > 3 else right]  # noqa: PLR2004 - sides of a box


def _is_font_size(word: str) -> bool:
    unitless_weight = re.fullmatch(r"[1-9]\d{0,3}", word) is not None
    return word in _FONT_SIZES or (_LENGTH.fullmatch(word) is not None and not unitless_weight)
