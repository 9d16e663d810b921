"""The words of a line, folded, with their places; letters of labels to compare them with."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shared.domain.values.currency_signs import SIGNS, currency_codes
from shared.rule_reader.folding import plain
from shared.rule_reader.text.page import Line

REMEMBERED_TEXTS = 20_000
"""A request asks for the same labels and lines again and again."""
_LONGEST_WINDOW = 6  # words
_HUMP = re.compile(r"[^\W\d_A-Z][A-Z]")
_WORD = re.compile(r"[^\W\d_]+|\d+|[%#№]")
_CODE = re.compile(r"(?<![^\W_])[^\W\d_]+[^\W_]*\d$")
_COMPOUND_FROM = 7  # letters of a label that may end a longer word: Miet-rechnung


@dataclass(frozen=True)
class LineWords:
    """A line's words, folded, with their places in the line's text."""

    line: Line

    @cached_property
    def items(self) -> tuple[tuple[str, int, int], ...]:
        """Folded word, start, end; glued words are split where letters change to digits or to a capital."""
        return _words(self.line.text)

    @cached_property
    def compact(self) -> str:
        """All words without spaces."""
        return "".join(word for word, _, _ in self.items)

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Return the place in `compact` of each word's start."""
        places, at = {}, 0
        for number, (word, _, _) in enumerate(self.items):
            places[at] = number
            at += len(word)
        places[at] = len(self.items)
        return places

    def find(self, label_letters: str) -> list[tuple[int, int]]:
        """Return word ranges (first, behind last) whose joined letters are `wanted`."""
        spans = []
        at = self.compact.find(label_letters)
        while at >= 0:
            is_whole = at in self._starts and at + len(label_letters) in self._starts
            if is_whole and not self._ends_code(self._starts[at]):
                spans.append((self._starts[at], self._starts[at + len(label_letters)]))
            at = self.compact.find(label_letters, at + 1)
        return spans

    def _ends_code(self, number: int) -> bool:
        """Return whether a word goes on with a code of letters and digits: the MWST of CHE109322516MWST is no label."""
        return _CODE.search(self.line.text[: self.items[number][1]]) is not None

    def find_compound(self, label_letters: str) -> list[tuple[int, int]]:
        """Return single words that end in `wanted`, as in languages that write compounds in one."""
        if len(label_letters) < _COMPOUND_FROM:
            return []
        return [
            (n, n + 1)
            for n, (word, _, _) in enumerate(self.items)
            if word.endswith(label_letters) and word != label_letters
        ]

    def windows(self, longest: int) -> Iterator[tuple[str, int, int]]:
        """Yield every run of up to six words, joined, of at most `longest` letters."""
        count = len(self.items)
        for first in range(count):
            text = ""
            for behind in range(first + 1, min(count, first + _LONGEST_WINDOW) + 1):
                text += self.items[behind - 1][0]
                if len(text) > longest:
                    break
                yield text, first, behind


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _words(text: str) -> tuple[tuple[str, int, int], ...]:
    items = []
    for match in _WORD.finditer(text):
        if is_currency(match.group()):
            continue
        starts = [match.start(), *_humps(match.group(), match.start()), match.end()]
        items += [(plain(text[start:end]), start, end) for start, end in itertools.pairwise(starts)]
    return tuple(items)


def is_currency(word: str) -> bool:
    """Return whether a word is a currency in capitals: "Total EUR incl. VAT" is "Total incl. VAT"."""
    return word.isupper() and len(word) > 1 and (word in currency_codes() or word in SIGNS)


def _humps(word: str, offset: int) -> list[int]:
    return [offset + match.start() + 1 for match in _HUMP.finditer(word)]


@lru_cache(maxsize=REMEMBERED_TEXTS)
def fold(label: str) -> str:
    """Return a label's letters and digits, folded and joined, without currencies."""
    return "".join(plain(match.group()) for match in _WORD.finditer(label) if not is_currency(match.group()))
