"""The pieces of ink on a picture, and which of them are no letters: rules, the sides of boxes, bars and specks."""

from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.ocr.blank_check.components import Piece, find_pieces
from shared.adapters.ocr.blank_check.morphology import dilate, open_bright

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

RULE_SHARE, MIN_RULE = 12, 60
"""A rule or bar is longer than the longer side of the picture divided by the first, and than the second in pixels."""
MAX_RULE_WIDTH = 8
"""Pixels; what is broader is a bar, which may have text on it, or the stroke of a huge letter."""
MAX_SIDE_WIDTH = 6
"""Pixels; the side of a box is at most this broad, and ends at a rule on both ends."""
SOLID, EDGE = 0.8, 2
"""A filled rectangle covers at least this share of its bounding box, and all of it but so many pixels at its edges."""
BLUR = 3
"""Pixels beside an edge in which ink and ground blend."""
MIN_STROKE = 2
"""Pixels; what is thinner, in a smoothed picture, is the rim of something that was left out."""
MIN_LETTER, SURE_LETTER = 5, 11
"""Pixels; nothing smaller than the first is a letter; what is smaller than the second is one only beside another."""
NEIGHBOUR_REACH = 3.0
"""Times its size that a small letter is at most away from the next."""


class Sorted(NamedTuple):
    """The ink of a picture: whether there are letters in it, its filled bars, and a mask of all that is no bar."""

    has_letters: bool
    bars: tuple[Piece, ...]
    frames: "Picture"


def sort_pieces(ink: "Picture") -> Sorted:
    """Tell letters from rules, boxes, bars and specks in a mask of ink."""
    from PIL import ImageChops, ImageDraw

    length = max(MIN_RULE, max(ink.size) // RULE_SHARE)
    near_rules = _grow(_find_rules(ink, length))
    small, bars = list[Piece](), list[Piece]()
    frames = ImageChops.lighter(near_rules, ink)
    draw = ImageDraw.Draw(frames)
    for piece in find_pieces(ImageChops.subtract(ink, near_rules)):
        if piece.size >= length and _is_solid(piece):
            bars.append(piece)
            for run in piece.runs:
                draw.line((run.start, run.y, run.end - 1, run.y), fill=0)
        elif _may_be_letter(piece) and not _is_side(piece, near_rules) and not _is_empty_box(piece):
            if piece.size >= SURE_LETTER:
                return Sorted(has_letters=True, bars=(), frames=frames)
            small.append(piece)
    return Sorted(_has_neighbours(small), tuple(bars), _grow(frames))


def _may_be_letter(piece: Piece) -> bool:
    """Return whether a piece is large enough for a letter."""
    return piece.size >= MIN_LETTER and min(piece.width, piece.height) >= MIN_STROKE


def _is_solid(piece: Piece) -> bool:
    """Return whether a piece is a filled rectangle."""
    whole = piece.width * piece.height
    return piece.area >= max(SOLID * whole, whole - EDGE * (piece.width + piece.height))


def _grow(mask: "Picture") -> "Picture":
    """Widen what a mask marks by as many pixels as the edges of ink are blurred."""
    return dilate(mask, (2 * BLUR + 1, 2 * BLUR + 1))


def _find_rules(ink: "Picture", length: int) -> "Picture":
    """Return a mask of the long thin lines, level and upright."""
    from PIL import ImageChops

    level, upright = open_bright(ink, (length, 1)), open_bright(ink, (1, length))
    return ImageChops.lighter(
        ImageChops.subtract(level, open_bright(level, (1, MAX_RULE_WIDTH))),
        ImageChops.subtract(upright, open_bright(upright, (MAX_RULE_WIDTH, 1))),
    )


def _is_side(piece: Piece, near_rules: "Picture") -> bool:
    """Return whether a piece is a thin straight line from rule to rule: the side of a box."""
    if min(piece.width, piece.height) > MAX_SIDE_WIDTH or not _is_solid(piece):
        return False
    if piece.height >= piece.width:
        ends = ((piece.x, piece.y - 1), (piece.x, piece.y + piece.height))
    else:
        ends = ((piece.x - 1, piece.y), (piece.x + piece.width, piece.y))
    width, height = near_rules.size
    return all(0 <= x < width and 0 <= y < height and near_rules.getpixel((x, y)) for x, y in ends)


def _is_empty_box(piece: Piece) -> bool:
    """Return whether a piece is the frame of an empty box: ink along all four edges, and none further in."""
    border = min(MAX_SIDE_WIDTH, piece.width // 4, piece.height // 4)
    if border < 1:
        return False
    left, right = piece.x + border, piece.x + piece.width - border
    top, bottom = piece.y + border, piece.y + piece.height - border
    if any(top <= run.y < bottom and run.start < right and run.end > left for run in piece.runs):
        return False
    above = {x for run in piece.runs if run.y < top for x in range(run.start, run.end)}
    below = {x for run in piece.runs if run.y >= bottom for x in range(run.start, run.end)}
    rows_left = {run.y for run in piece.runs if run.start < left}
    rows_right = {run.y for run in piece.runs if run.end > right}
    return len(above) == len(below) == piece.width and len(rows_left) == len(rows_right) == piece.height


def _has_neighbours(pieces: list[Piece]) -> bool:
    """Return whether two small pieces stand beside each other, as the letters of a word do."""
    pieces = sorted(pieces)
    for index, piece in enumerate(pieces):
        reach = NEIGHBOUR_REACH * piece.size
        for later in pieces[index + 1 :]:
            if later.x - piece.x - piece.width > reach:
                break
            if abs(later.y - piece.y) <= reach:
                return True
    return False
