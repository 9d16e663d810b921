"""Grounding: does a value stand on the page where the answer says it was read, and where exactly?"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from shared.domain.document_type import FieldSpec, Kind
from shared.domain.extraction import Evidence, Scalar
from shared.domain.page import Box, Line, Page
from shared.stages.line_index import MAX_WINDOW, LineIndex, LineIndexes
from shared.stages.text_index import HALF_A_CENT, MONTH_LANGUAGES, TextIndex, numbers, squeezed

__all__ = [
    "MAX_WINDOW",
    "MONTH_LANGUAGES",
    "Search",
    "grounded",
    "labelled",
    "locate",
    "numbers",
    "squeezed",
    "summed",
    "value_boxes",
]

SUMMANDS = range(2, 7)
"""How many cited lines may add up to a value that stands nowhere itself."""
MAX_SUMS = 1000
"""Sums that are tried; where lines hold so many numbers, one that fits would prove nothing."""
LABEL_MATCH = 85.0
"""Least partial similarity (0..100) at which a line counts as carrying a label."""


def grounded(kind: Kind, value: Scalar, text: str) -> bool:
    """Whether `text` states `value`, after normalising both by the field's kind."""
    return TextIndex(text).states(kind, value)


def summed(value: Scalar, texts: Sequence[str]) -> bool:
    """Whether numbers of at least two lines, one of each, add up to `value`, as the taxes of several rates do."""
    if not isinstance(value, float) or len(texts) not in SUMMANDS:
        return False
    sums = {(0, 0.0)}
    for text in texts:
        summands = numbers(text) - {0.0}
        if len(sums) * len(summands) > MAX_SUMS:
            return False
        sums |= {(count + 1, round(so_far + number, 2)) for count, so_far in sums for number in summands}
    return any(count > 1 and abs(total - abs(value)) < HALF_A_CENT for count, total in sums)


def locate(
    spec: FieldSpec, value: Scalar, lines: Sequence[tuple[Page, Line]], indexes: LineIndexes | None = None
) -> tuple[Evidence, ...]:
    """The places of a value in the cited lines, page by page: the boxes of its own words where they can be told."""
    known = indexes or LineIndexes()
    places: list[Evidence] = []
    for number in dict.fromkeys(page.number for page, _ in lines):
        cited = [known.of(line) for page, line in lines if page.number == number]
        exact = [(index, boxes) for index in cited if (boxes := index.boxes(spec.kind, value))]
        stating, boxes = ([exact[0][0]], exact[0][1]) if exact else (cited, tuple(index.box for index in cited))
        text = "\n".join(index.text for index in cited)
        kinds = [index.line.kind for index in stating]
        kind = next((kind for kind in kinds if kind != "text"), kinds[0])
        ids = tuple(index.line.id for index in cited)
        places.append(Evidence(page=number, lines=ids, boxes=boxes, text=text, kind=kind))
    return tuple(places)


def value_boxes(kind: Kind, value: Scalar, line: Line) -> tuple[Box, ...]:
    """The boxes of the shortest run of words that states the value; empty when the line does not."""
    return LineIndex(line).boxes(kind, value)


@dataclass
class Search:
    """Looks page by page for the one line that states a value.

    `hit` is None while no line does, and when several do. A currency stands beside every amount: there any line will
    do.
    """

    spec: FieldSpec
    value: Scalar
    hit: tuple[Page, Line] | None = None
    over: bool = False

    def look(self, page: Page, indexes: LineIndexes | None = None) -> None:
        """Look at the next page; `indexes` of its lines serve several searches."""
        known = indexes or LineIndexes()
        for line in page.lines:
            if self.over:
                return
            if known.of(line).states(self.spec.kind, self.value):
                self.over = self.spec.kind == "currency" or self.hit is not None
                self.hit = None if self.hit else (page, line)


def labelled(spec: FieldSpec, page: Page, line: Line, indexes: LineIndexes | None = None) -> bool:
    """Whether one of the field's labels stands in the line, left of it on its row, or right above it."""
    known = indexes or LineIndexes()
    box = known.of(line).box
    texts = (index.folded for index in map(known.of, page.lines) if index.line.id == line.id or _beside(index.box, box))
    text = " | ".join(texts)
    labels = (label.casefold() for label in (*spec.labels, spec.title))
    return any(fuzz.partial_ratio(label, text, score_cutoff=LABEL_MATCH) > 0 for label in labels)


def _beside(label: Box, value: Box) -> bool:
    height = value[3] - value[1]
    same_row = min(label[3], value[3]) - max(label[1], value[1]) > height / 2 and label[0] < value[0]
    above = 0 <= value[1] - label[3] < 2 * height and label[0] < value[2] and value[0] < label[2]
    return same_row or above
