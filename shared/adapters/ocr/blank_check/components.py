"""Find the connected pieces of a mask, row by row, so that the first that matters ends the search."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MARKED = re.compile(rb"[^\0]+")


class Run(NamedTuple):
    """Pixels of one row that are marked: columns `start` to before `end`."""

    y: int
    start: int
    end: int


class Piece(NamedTuple):
    """A connected piece of ink: its place and size in pixels, and its runs."""

    x: int
    y: int
    width: int
    height: int
    runs: tuple[Run, ...]

    @property
    def area(self) -> int:
        """How many pixels are ink."""
        return sum(run.end - run.start for run in self.runs)

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.width, self.height)


class _Growing:
    """A piece while rows are added to it; `joined` is the piece that has taken it up."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.joined: _Growing | None = None

    def whole(self) -> "_Growing":
        """Return the piece that this one is a part of by now."""
        piece = self
        while piece.joined is not None:
            piece = piece.joined
        return piece

    def join(self, other: "_Growing") -> "_Growing":
        """Return both as one piece: the one of more runs takes the other up."""
        if self is other:
            return self
        larger, smaller = (self, other) if len(self.runs) >= len(other.runs) else (other, self)
        larger.runs += smaller.runs
        smaller.joined, smaller.runs = larger, []
        return larger

    def piece(self) -> Piece:
        """Return it as it is."""
        x, y = min(run.start for run in self.runs), min(run.y for run in self.runs)
        right, bottom = max(run.end for run in self.runs), max(run.y for run in self.runs) + 1
        return Piece(x, y, right - x, bottom - y, tuple(self.runs))


def find_pieces(mask: "Picture") -> Iterator[Piece]:
    """Yield the pieces of a mask, diagonal neighbours connected, each as soon as its last row has been seen."""
    bounds = mask.getbbox()
    if bounds is None:
        return
    width, data = mask.width, mask.tobytes()
    above: list[tuple[Run, _Growing]] = []
    for y in range(bounds[1], bounds[3] + 1):
        at = y * width
        row = [
            Run(y, match.start() - at, match.end() - at)
            for match in _MARKED.finditer(data, at, min(at + width, len(data)))
        ]
        if not row and not above:
            continue
        current = _connect(row, above)
        continued = {id(growing.whole()) for _, growing in current}
        ended = {id(whole): whole for _, growing in above if id(whole := growing.whole()) not in continued}
        yield from (growing.piece() for growing in ended.values())
        above = current


def _connect(row: list[Run], above: list[tuple[Run, _Growing]]) -> list[tuple[Run, _Growing]]:
    """Add each run of a row to the piece of the runs that it touches in the row above."""
    current, first = list[tuple[Run, _Growing]](), 0
    for run in row:
        while first < len(above) and above[first][0].end < run.start:
            first += 1
        piece, index = _Growing(), first
        while index < len(above) and above[index][0].start <= run.end:
            piece = piece.join(above[index][1].whole())
            index += 1
        piece.runs.append(run)
        current.append((run, piece))
    return current
