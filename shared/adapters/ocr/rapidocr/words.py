"""Words from the characters of a recognised line."""

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from shared.domain.reading.page import Box, union

WIDE_GAP = 1.5
"""A gap wider than this many line heights separates cells, not words."""
_GLUED = re.compile(
    r"""
      (?<=[A-Za-z]:)(?=[0-9A-Z])                                     # Date:5/3/2018
    | (?<=\d[./-](?:19|20)\d\d)(?=\d{1,2}:\d\d)                      # 09/02/201811:40
    | (?<=\d[./-]\d\d[./-]\d\d)(?=\d\d:\d\d)                         # 09/02/1811:40
    | (?<=(?:19|20)\d\d-\d\d-\d\d)(?=\d{1,2}:\d\d)                   # 2018-02-0911:40
    """,
    re.VERBOSE,
)
LOOKALIKE_CERTAINTY = 0.5
"""The certainty of a word with a sign that is most likely another one: the engine is as sure of I as of l."""
_LOOKALIKE = re.compile(r"(?<!\bMc)(?<=[a-z])[I01|](?=[a-z])")
_QUANTITY = re.compile(r"([\d.,]+)(?:CT|PCS?|KG|EA|STK|Stk|Stck|St)\.?")  # 100CT


class Character(NamedTuple):
    """A recognised character (a space when it separates words), its certainty 0..1 and its box in pixels."""

    letter: str
    certainty: float
    box: Box


class RawWord(NamedTuple):
    """A word, its box in pixels, and the certainty of its least certain character."""

    text: str
    box: Box
    certainty: float


RawLine = list[RawWord]


def line_box(line: RawLine) -> Box:
    """Return the smallest box around the words of a line."""
    return union(tuple(word.box for word in line))


def words_of(characters: list[Character]) -> list[RawLine]:
    """Return the words of a recognised line, cut into several lines at wide gaps.

    Full-width letters, colons and brackets, which the engine likes, become plain ones (NFKC of those only: a printed
    º or ² stays), and dates, times, labels and units that it glued together are taken apart.
    """
    plain = [character._replace(letter=_plain(character.letter)) for character in characters]
    words = [_word(part) for word in _split_at_spaces(plain) for part in _split_glued(word)]
    lines = [words[:1]] if words else []
    for before, word in pairwise(words):
        if word.box[0] - before.box[2] > WIDE_GAP * (before.box[3] - before.box[1]):
            lines.append([])
        lines[-1].append(word)
    return lines


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKC", letter) if unicodedata.east_asian_width(letter) in "FH" else letter


def _split_at_spaces(characters: list[Character]) -> list[list[Character]]:
    words: list[list[Character]] = [[]]
    for character in characters:
        if character.letter.isspace():
            words.append([])
        else:
            words[-1].append(character)
    return [word for word in words if word]


def _split_glued(word: list[Character]) -> list[list[Character]]:
    text = "".join(character.letter for character in word)
    quantity = _QUANTITY.fullmatch(text)
    cuts = {0, *(match.start() for match in _GLUED.finditer(text)), quantity.end(1) if quantity else 0, len(word)}
    return [word[start:end] for start, end in pairwise(sorted(cuts))]


def _word(characters: list[Character]) -> RawWord:
    text = "".join(character.letter for character in characters)
    certainty = round(min(character.certainty for character in characters), 4)
    if _LOOKALIKE.search(text):
        certainty = min(certainty, LOOKALIKE_CERTAINTY)
    return RawWord(text, union(tuple(character.box for character in characters)), certainty)
