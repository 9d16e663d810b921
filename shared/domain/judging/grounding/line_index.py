"""A line indexed once: which of its words state a value is found without trying every run of words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, islice
from typing import NamedTuple

from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.printed_readings import is_iso_day
from shared.domain.judging.grounding.text_index import TextIndex
from shared.domain.reading.page import Box, Line, Page
from shared.domain.types.document_type import FieldType
from shared.domain.values.conventions import UNKNOWN, Conventions
from shared.domain.values.matching import compact_for_match

MAX_WINDOW = 8
"""Words of a line that are marked as a value's own place; of a longer one, the whole line is."""
MAX_PLACES = 1000
"""Places in a line at which a text is looked for; one that stands at more of them proves nothing."""


class Window(NamedTuple):
    """A run of `size` words, from the one at index `start`; the smallest is the shortest, and of these the first."""

    size: int
    start: int


class _Words:
    """The words of a line in one normalised form, joined, with the places where they begin and end."""

    def __init__(self, words: Sequence[str], separator: str = "") -> None:
        self.joined = separator.join(words)
        step = len(separator)
        self._starts = list(accumulate((len(word) + step for word in words[:-1]), initial=0))
        self._ends = [start + len(word) for start, word in zip(self._starts, words, strict=True)]

    def window(self, start: int, end: int) -> Window:
        """Return the run of words that holds the characters from `start` to `end`."""
        first = self.word_at(start)
        last = min(bisect_left(self._ends, end), len(self._ends) - 1)
        return Window(max(last - first, 0) + 1, first)

    def word_at(self, place: int) -> int:
        """Return the index of the word in which the character at `place` stands, or which stands before it."""
        return bisect_right(self._starts, place) - 1


class LineIndex(TextIndex):
    """The normalised forms of a line, and its words by what they state."""

    def __init__(self, line: Line, conventions: Conventions | None = None) -> None:
        super().__init__(line.text, conventions)
        self.line = line
        self._windows: dict[tuple[str, type, Scalar], tuple[Box, ...]] = {}

    @cached_property
    def box(self) -> Box:
        """The smallest box around all words."""
        return self.line.box

    @cached_property
    def certainty(self) -> float | None:
        """The least certainty of its words; None without any."""
        return min((word.certainty for word in self.line.words), default=None)

    def boxes(self, field_type: FieldType, value: Scalar) -> tuple[Box, ...]:
        """Return the boxes of the shortest run of words that states `value`; none when the line does not.

        A value of more than MAX_WINDOW words has the box of the whole line.
        """
        key = (field_type, type(value), value)
        if key not in self._windows:
            self._windows[key] = self._boxes(field_type, value)
        return self._windows[key]

    def _boxes(self, field_type: FieldType, value: Scalar) -> tuple[Box, ...]:
        window = self._window(field_type, value)
        if window is not None and window.size <= MAX_WINDOW:
            return tuple(word.box for word in self.line.words[window.start : window.start + window.size])
        return (self.box,) if self.ground(field_type, value).certainty else ()

    def _window(self, field_type: FieldType, value: Scalar) -> Window | None:
        if value is None or not self.line.words:
            return None
        if isinstance(value, bool):
            empty = Window(2, 0) if len(self.line.words) > 1 else None
            return next((Window(1, at) for at, word in enumerate(self.line.words) if word.text), empty)
        return min(self._windows_of(field_type, value), default=None)

    def _windows_of(self, field_type: FieldType, value: Decimal | str) -> Iterator[Window]:
        """Yield the runs of words that state a value."""
        if field_type in {"number", "money"} and isinstance(value, Decimal):
            for number in self.best_numbers(value):
                yield self._spaced_words.window(number.digits_start, number.digits_end)
        elif field_type == "date" and is_iso_day(str(value)):
            for printed in self.best_dates(str(value)):
                yield self._spaced_words.window(printed.start, printed.end)
        elif field_type == "currency":
            for start, end in self.currency_places(str(value)):
                yield self._spaced_words.window(start, end)
        else:
            needle = compact_for_match(str(value))
            for start in islice(self.words.places(needle) if needle else (), MAX_PLACES):
                yield self._compact_words.window(start, start + len(needle))

    @cached_property
    def _compact_words(self) -> _Words:
        return _Words([compact_for_match(word.text) for word in self.line.words])

    @cached_property
    def _spaced_words(self) -> _Words:
        return _Words([word.text for word in self.line.words], " ")


class LineIndexes:
    """The indices of lines by their ids, each made once, read by the conventions of their document."""

    def __init__(self, conventions: Conventions | None = None) -> None:
        self._conventions = conventions or UNKNOWN
        self._lines: dict[str, LineIndex] = {}
        self._pages: dict[int, Sequence[LineIndex]] = {}
        self._joined: dict[tuple[str, ...], TextIndex] = {}

    def of(self, line: Line) -> LineIndex:
        """Return the index of a line."""
        if line.id not in self._lines:
            self._lines[line.id] = LineIndex(line, self._conventions)
        return self._lines[line.id]

    def of_page(self, page: Page) -> Sequence[LineIndex]:
        """Return the indexes of all lines of a page."""
        if page.number not in self._pages:
            self._pages[page.number] = [self.of(line) for line in page.lines]
        return self._pages[page.number]

    def join(self, lines: Sequence[Line]) -> TextIndex:
        """Return the index of lines one below the other."""
        key = tuple(line.id for line in lines)
        if key not in self._joined:
            self._joined[key] = TextIndex.of([self.of(line) for line in lines])
        return self._joined[key]
