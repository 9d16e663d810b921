"""A line indexed once: which of its words state a value is found without trying every run of words."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, takewhile
from typing import NamedTuple

from shared.domain.document_type import Kind
from shared.domain.extraction import Scalar
from shared.domain.page import Box, Line
from shared.stages.text_index import HALF_A_CENT, TextIndex, near, numbers, readings, signs_of, squeezed

MAX_WINDOW = 8
"""Words of a line that are tried together when looking for a value's own box."""
MAX_PLACES = 1000
"""Places in a line at which a text is looked for; one that stands at more of them proves nothing."""
MAX_DATE_PLACES = 50
"""Places of a date's year or day around which the rest of it is looked for."""
_IN_NUMBERS = frozenset(".,'’\u00a0\u202f ")


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

    def shortest(self, needle: str) -> Window | None:
        """Return the shortest run of words that holds `needle`, the first of them; None when it is nowhere."""
        best: Window | None = None
        at = self.joined.find(needle)
        for _ in range(MAX_PLACES):
            if at < 0:
                break
            first = self.word_at(at)
            last = min(bisect_left(self._ends, at + len(needle)), len(self._ends) - 1)
            window = Window(max(last - first, 0) + 1, first)
            best = window if best is None or window.size < best.size else best
            if best.size == 1:
                break
            at = self.joined.find(needle, max(at + 1, self._ends[first]))  # no shorter run begins in the same word
        return best

    def word_at(self, place: int) -> int:
        """Return the index of the word in which the character at `place` stands, or which stands before it."""
        return bisect_right(self._starts, place) - 1


class LineIndex(TextIndex):
    """The normalised forms of a line, and its words by what they state."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.text)
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

    def boxes(self, kind: Kind, value: Scalar) -> tuple[Box, ...]:
        """Return the boxes of the shortest run of words that states `value`; none when the line does not.

        A value of more than MAX_WINDOW words has the box of the whole line.
        """
        key = (kind, type(value), value)
        if key not in self._windows:
            self._windows[key] = self._boxes(kind, value)
        return self._windows[key]

    def _boxes(self, kind: Kind, value: Scalar) -> tuple[Box, ...]:
        window = self._window(kind, value)
        if window is not None and window.size <= MAX_WINDOW:
            return tuple(word.box for word in self.line.words[window.start : window.start + window.size])
        return (self.box,) if self.states(kind, value) else ()

    def _window(self, kind: Kind, value: Scalar) -> Window | None:
        if value is None or not self.line.words:
            return None
        if isinstance(value, bool):
            empty = Window(2, 0) if len(self.line.words) > 1 else None
            return next((Window(1, at) for at, word in enumerate(self.line.words) if word.text), empty)
        if kind in {"number", "money"} and isinstance(value, float):
            return self._window_of_number(abs(value))
        if kind == "date" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
            return self._window_of_date(str(value)) if self.states(kind, value) else None
        if kind == "currency":
            return self._window_of_currency(str(value))
        needle = squeezed(str(value))
        return self._squeezed_words.shortest(needle) if needle else None

    @cached_property
    def _squeezed_words(self) -> _Words:
        return _Words([squeezed(word.text) for word in self.line.words])

    @cached_property
    def _spaced_words(self) -> _Words:
        return _Words([word.text for word in self.line.words], " ")

    @cached_property
    def _folded_words(self) -> _Words:
        return _Words([word.text.casefold() for word in self.line.words], " ")

    @cached_property
    def _digit_words(self) -> _Words:
        return _Words([re.sub(r"\D", "", word.text) for word in self.line.words])

    @cached_property
    def _number_windows(self) -> dict[float, Window]:
        """The shortest run of words that states a number, by the number."""
        windows: dict[float, Window] = {}
        for start, word in enumerate(self.line.words):
            for number in numbers(word.text):
                windows.setdefault(number, Window(1, start))
        for window, written in self._number_runs():
            for number in readings(written):
                windows.setdefault(number, window)
        return windows

    def _number_runs(self) -> Iterator[tuple[Window, str]]:
        """The runs of several words through which one number reaches, the shorter ones first, with the number."""
        texts = [unicodedata.normalize("NFKC", word.text) for word in self.line.words]
        heads = [_number_signs(text) for text in texts]
        inside = [len(head) == len(text) for head, text in zip(heads, texts, strict=True)]
        tails = [_number_signs(reversed(text))[::-1] for text in texts]
        running = {start: tail for start, tail in enumerate(tails) if _has_digit(tail)}
        for size in range(2, MAX_WINDOW + 1):
            running = {start: run for start, run in running.items() if start + size <= len(texts)}
            for start, run in running.items():
                if _has_digit(heads[start + size - 1]):
                    yield Window(size, start), f"{run} {heads[start + size - 1]}"
            running = {
                start: f"{run} {texts[start + size - 1]}" for start, run in running.items() if inside[start + size - 1]
            }

    @cached_property
    def _ordered_numbers(self) -> list[float]:
        return sorted(self._number_windows)

    def _window_of_number(self, size: float) -> Window | None:
        fitting = [number for number in near(self._ordered_numbers, size) if abs(number - size) < HALF_A_CENT]
        return min((self._number_windows[number] for number in fitting), default=None)

    def _window_of_currency(self, code: str) -> Window | None:
        written = self._folded_words.shortest(code.casefold())
        matches = (sign.search(self.text) for sign in signs_of(code))
        signs = [Window(1, self._spaced_words.word_at(match.start())) for match in matches if match]
        return min([*signs, *([written] if written else [])], default=None)

    @cached_property
    def _integer_places(self) -> Mapping[str, list[int]]:
        """The indices of the words in which a run of digits stands, by the run without leading zeros."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self.line.words):
            for token in {token.lstrip("0") for token in re.findall(r"\d+", word.text)}:
                places[token].append(at)
        return places

    def _window_of_date(self, date: str) -> Window | None:
        """Return the shortest run of words that states an ISO date."""
        best = self._digit_words.shortest(date.replace("-", ""))
        for at in self._places_of_date(date):
            longest = MAX_WINDOW if best is None else min(best.size, MAX_WINDOW)
            window = next((window for window in self._around(at, longest) if self._is_date(window, date)), None)
            best = min((candidate for candidate in (best, window) if candidate is not None), default=None)
        return best

    def _places_of_date(self, date: str) -> list[int]:
        """Return where the rarer of year and day stands with the other one near."""
        places = self._integer_places
        day = places.get(date[-2:].lstrip("0"), [])
        year = sorted({*places.get(date[:4], []), *places.get(date[2:4].lstrip("0"), [])})
        rare, common = sorted((day, year), key=len)
        return [at for at in rare if _has_near(common, at)][:MAX_DATE_PLACES]

    def _around(self, at: int, longest: int) -> Iterator[Window]:
        """Return the runs of at most `longest` words that hold the word `at`, the shorter ones first."""
        for size in range(1, min(longest, len(self.line.words)) + 1):
            for start in range(max(at - size + 1, 0), min(at, len(self.line.words) - size) + 1):
                yield Window(size, start)

    def _is_date(self, window: Window, date: str) -> bool:
        words = self.line.words[window.start : window.start + window.size]
        return TextIndex(" ".join(word.text for word in words)).states("date", date)


class LineIndexes:
    """The indices of lines by their ids, each made once."""

    def __init__(self) -> None:
        self._lines: dict[str, LineIndex] = {}

    def of(self, line: Line) -> LineIndex:
        """Return the index of a line."""
        if line.id not in self._lines:
            self._lines[line.id] = LineIndex(line)
        return self._lines[line.id]

    def joined(self, lines: Iterable[Line]) -> TextIndex:
        """Return the index of lines one below the other."""
        return TextIndex.of([self.of(line) for line in lines])


def _number_signs(text: Iterable[str]) -> str:
    """Return the characters at the beginning of `text` that a number may consist of."""
    return "".join(takewhile(lambda character: character.isdecimal() or character in _IN_NUMBERS, text))


def _has_digit(text: str) -> bool:
    return any(character.isdecimal() for character in text)


def _has_near(places: Sequence[int], at: int) -> bool:
    """Return whether one of the ordered `places` lies in one window with `at`."""
    first = bisect_left(places, at - MAX_WINDOW + 1)
    return first < len(places) and places[first] < at + MAX_WINDOW
