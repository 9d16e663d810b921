"""The pieces of ink on a picture, and which of them are no letters: rules, the sides of boxes, bars and specks."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

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


class Piece(NamedTuple):
    """A connected piece of ink: its place and size in pixels, and how many of them are ink."""

    x: int
    y: int
    width: int
    height: int
    area: int

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.width, self.height)

    @property
    def may_be_letter(self) -> bool:
        """Whether it is large enough for a letter."""
        return self.size >= MIN_LETTER and min(self.width, self.height) >= MIN_STROKE

    @property
    def is_solid(self) -> bool:
        """Whether it is a filled rectangle."""
        whole = self.width * self.height
        return self.area >= max(SOLID * whole, whole - EDGE * (self.width + self.height))


class Sorted(NamedTuple):
    """The ink of a picture: whether there are letters in it, its filled bars, and a mask of all that is no bar."""

    has_letters: bool
    bars: tuple[Piece, ...]
    frames: "Mask"


def sort_pieces(ink: "Mask") -> Sorted:
    """Tell letters from rules, boxes, bars and specks in a mask of ink."""
    import cv2

    length = max(MIN_RULE, max(ink.shape) // RULE_SHARE)
    near_rules = _grow(_find_rules(ink, length))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink & ~near_rules & 1, connectivity=8)
    small, bars = list[Piece](), list[Piece]()
    frames = near_rules | ink
    for label, box in enumerate(boxes[1:].tolist(), 1):
        piece = Piece(*box)
        if piece.size >= length and piece.is_solid:
            bars.append(piece)
            rows, columns = slice(piece.y, piece.y + piece.height), slice(piece.x, piece.x + piece.width)
            frames[rows, columns][labels[rows, columns] == label] = 0
        elif piece.may_be_letter and not _is_side(piece, near_rules) and not _is_empty_box(piece, labels, label):
            if piece.size >= SURE_LETTER:
                return Sorted(has_letters=True, bars=(), frames=frames)
            small.append(piece)
    return Sorted(_has_neighbours(small), tuple(bars), _grow(frames))


def _grow(mask: "Mask") -> "Mask":
    """Widen what a mask marks by as many pixels as the edges of ink are blurred."""
    import cv2
    import numpy as np

    return cv2.dilate(mask, np.ones((2 * BLUR + 1, 2 * BLUR + 1), np.uint8)).astype(np.uint8, copy=False)


def _find_rules(ink: "Mask", length: int) -> "Mask":
    """Return a mask of the long thin lines, level and upright."""
    import cv2
    import numpy as np

    rules: Mask = np.zeros_like(ink)
    for line, cut in (((1, length), (MAX_RULE_WIDTH, 1)), ((length, 1), (1, MAX_RULE_WIDTH))):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(line, np.uint8))
        broad = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones(cut, np.uint8))
        rules |= cv2.subtract(lines, broad).astype(np.uint8, copy=False)
    return rules


def _is_side(piece: Piece, near_rules: "Mask") -> bool:
    """Return whether a piece is a thin straight line from rule to rule: the side of a box."""
    if min(piece.width, piece.height) > MAX_SIDE_WIDTH or not piece.is_solid:
        return False
    if piece.height >= piece.width:
        ends = ((piece.y - 1, piece.x), (piece.y + piece.height, piece.x))
    else:
        ends = ((piece.y, piece.x - 1), (piece.y, piece.x + piece.width))
    rows, columns = near_rules.shape
    return all(0 <= row < rows and 0 <= column < columns and near_rules[row, column] for row, column in ends)


def _is_empty_box(piece: Piece, labels: Any, label: int) -> bool:  # noqa: ANN401 - a numpy array
    """Return whether a piece is the frame of an empty box: ink along all four edges, and none further in."""
    border = min(MAX_SIDE_WIDTH, piece.width // 4, piece.height // 4)
    own = labels[piece.y : piece.y + piece.height, piece.x : piece.x + piece.width] == label
    if border < 1 or own[border:-border, border:-border].any():
        return False
    edges = (own[:border].any(0), own[-border:].any(0), own[:, :border].any(1), own[:, -border:].any(1))
    return all(edge.all() for edge in edges)


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
