"""Ground values: find whether, and where exactly, the cited lines of a page state a value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shared.domain.documents.extraction import Evidence, Scalar
from shared.domain.judging.grounding.line_index import MAX_WINDOW, LineIndex, LineIndexes
from shared.domain.judging.grounding.printed_readings import number_key
from shared.domain.judging.grounding.text_index import TextIndex, numbers
from shared.domain.reading.page import Box, Line, Page
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.domain.values.conventions import Conventions
from shared.domain.values.detection.detect import detect_conventions
from shared.domain.values.matching import compact_for_match, most_similar, normalize_for_match

__all__ = [
    "MAX_WINDOW",
    "Search",
    "ground_on_pages",
    "is_grounded",
    "is_labelled",
    "is_sum_of_lines",
    "locate",
    "numbers",
    "value_boxes",
]

SUMMANDS = range(2, 7)
"""How many cited lines may add up to a value that stands nowhere itself."""
MAX_SUMS = 1000
"""Sums that are tried; where lines hold so many numbers, one that fits would prove nothing."""
LABEL_MATCH = 85.0
"""Least similarity (0..100) of as many words of a line as a label has, at which the line counts as carrying it."""
MIN_FUZZY_LETTERS = 6
"""Letters of a label that may be misread on the page; a shorter one must stand there exactly."""


def is_grounded(field_type: FieldType, value: Scalar, text: str) -> bool:
    """Return whether `text` can be read as stating `value`, after normalising both by the field's type."""
    return TextIndex.of_text(text).states(field_type, value)


def ground_on_pages(pages: Sequence[Page]) -> Callable[[FieldType, Scalar], float]:
    """Return the grounding (0..1) of values anywhere on the pages of one document, for evaluations."""
    indexes = LineIndexes(detect_conventions(line.text for page in pages for line in page.lines))
    texts = [indexes.join(page.lines) for page in pages if page.lines]
    return lambda field_type, value: max((text.ground(field_type, value).certainty for text in texts), default=0.0)


def is_sum_of_lines(value: Scalar, texts: Sequence[str], conventions: Conventions | None = None) -> bool:
    """Return whether numbers of at least two lines, one of each, add up to `value`, as taxes of several rates do."""
    if not isinstance(value, Decimal) or len(texts) not in SUMMANDS:
        return False
    sums = {(0, Decimal())}
    for text in texts:
        summands = {
            number_key(reading.value)
            for number in TextIndex(text, conventions).numbers
            for reading in number.readings[: 1 if number.is_settled else None]
            if reading.value
        }
        if len(sums) * len(summands) > MAX_SUMS:
            return False
        sums |= {(count + 1, so_far + number) for count, so_far in sums for number in summands}
    return any(count > 1 and total == number_key(value) for count, total in sums)


def locate(
    spec: FieldSpec, value: Scalar, lines: Sequence[tuple[Page, Line]], indexes: LineIndexes | None = None
) -> tuple[Evidence, ...]:
    """Return the places of a value in the cited lines, page by page: the boxes of its own words where known."""
    indexes_by_line = indexes or LineIndexes()
    places: list[Evidence] = []
    for number in dict.fromkeys(page.number for page, _ in lines):
        cited = [indexes_by_line.of(line) for page, line in lines if page.number == number]
        best = max((index.ground(spec.field_type, value).certainty for index in cited), default=0.0)
        stated = (index for index in cited if best and index.ground(spec.field_type, value).certainty == best)
        exact = [(index, boxes) for index in stated if (boxes := index.boxes(spec.field_type, value))]
        stating, boxes = ([exact[0][0]], exact[0][1]) if exact else (cited, tuple(index.box for index in cited))
        text = "\n".join(index.text for index in cited)
        line_types = [index.line.kind for index in stating]
        line_type = next((line_type for line_type in line_types if line_type != "text"), line_types[0])
        ids = tuple(index.line.id for index in cited)
        places.append(Evidence(page=number, lines=ids, boxes=boxes, text=text, kind=line_type))
    return tuple(places)


def value_boxes(field_type: FieldType, value: Scalar, line: Line) -> tuple[Box, ...]:
    """Return the boxes of the shortest run of words that states the value; empty when the line does not."""
    return LineIndex(line).boxes(field_type, value)


@dataclass
class Search:
    """Search page by page for the one line that states a value.

    `hit` is None while no line does, and when several do. A currency stands beside every amount: there any line will
    do.
    """

    spec: FieldSpec
    value: Scalar
    hit: tuple[Page, Line] | None = None
    over: bool = False

    def search_page(self, page: Page, indexes: LineIndexes | None = None) -> None:
        """Search the next page; `indexes` of its lines serve several searches."""
        indexes_by_line = indexes or LineIndexes()
        for line in page.lines:
            if self.over:
                return
            if indexes_by_line.of(line).states(self.spec.field_type, self.value):
                self.over = self.spec.field_type == "currency" or self.hit is not None
                self.hit = None if self.hit else (page, line)


def is_labelled(spec: FieldSpec, page: Page, line: Line, indexes: LineIndexes | None = None) -> bool:
    """Return whether one of the field's labels stands in the line, left of it on its row, or right above it."""
    indexes_by_line = indexes or LineIndexes()
    box = indexes_by_line.of(line).box
    near = [index for index in indexes_by_line.of_page(page) if index.line.id == line.id or _beside(index.box, box)]
    return any(_carries_label(label, index) for label in (*spec.labels, spec.title) for index in near)


def _carries_label(label: str, index: TextIndex) -> bool:
    """Return whether a text holds a label as whole words, be some letters misread; "…" stands for any words between."""
    parts, label_text = _label_parts(label)
    if parts and all(index.words.contains_compact(part) for part in parts):
        return True
    if len(parts) != 1 or len(label_text) < MIN_FUZZY_LETTERS:
        return False
    return most_similar(label_text, index.word_runs(len(label_text.split())), LABEL_MATCH) is not None


@lru_cache(maxsize=4096)
def _label_parts(label: str) -> tuple[tuple[str, ...], str]:
    """Return the letters and digits of a label's parts between its "…", and the whole label as texts are compared."""
    return tuple(filter(None, map(compact_for_match, label.split("…")))), normalize_for_match(label)


def _beside(label: Box, value: Box) -> bool:
    height = value[3] - value[1]
    same_row = min(label[3], value[3]) - max(label[1], value[1]) > height / 2 and label[0] < value[0]
    above = 0 <= value[1] - label[3] < 2 * height and label[0] < value[2] and value[0] < label[2]
    return same_row or above
