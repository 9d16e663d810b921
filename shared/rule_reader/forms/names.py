"""The words of a field's name, and how well captions say them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.rule_reader.fields.fields import Field
from shared.rule_reader.folding import plain
from shared.rule_reader.forms.captions import words
from shared.rule_reader.vocabulary import Vocabulary, word_set

_ABBREVIATION = re.compile(r"(?<![^\W_])[A-Z]{2,5}(?![^\W_])")
_STEM, _ALIKE, _SHORTEST_STEM = 0.85, 0.8, 4
_LONGEST_INITIALS = 5


@dataclass(frozen=True)
class Name:
    """The words of a field's name: its own, those of the objects it is in, and those that abbreviate several."""

    own: tuple[str, ...]
    outer: tuple[str, ...]
    short: frozenset[str]

    same: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, field: Field, vocabulary: Vocabulary) -> "Name":
        """Return the name by the title, which tells objects by colons, without words that say where a value stands."""
        *outer, own = field.title.split(": ")
        named = [word for word in words(own) if word not in word_set(vocabulary.language.place_words)]
        above = tuple(word for part in outer for word in words(part) if word not in named)
        return cls(
            tuple(named), above, frozenset(plain(word) for word in _ABBREVIATION.findall(field.title)), vocabulary.same
        )

    def match(self, word: str, caption_words: tuple[str, ...]) -> float:
        """Return how well a word is among others: as it is, by its stem, or as the initials of some."""
        return 1.0 if word in self.short and word in _initials(caption_words) else self.likeness(word, caption_words)

    def likeness(self, word: str, caption_words: Sequence[str] | frozenset[str]) -> float:
        """Return how well a word is among others: as it is, or one that means the same, or by its stem."""
        if word in caption_words or not self.same.get(word, frozenset()).isdisjoint(caption_words):
            return 1.0
        return max((_stem_likeness(word, caption_word) for caption_word in caption_words), default=0.0)


@lru_cache(maxsize=200_000)
def _stem_likeness(word: str, other_word: str) -> float:
    shorter = min(len(word), len(other_word))
    common = next((at for at in range(shorter) if word[at] != other_word[at]), shorter)
    return _STEM if common >= max(_SHORTEST_STEM, _ALIKE * shorter) else 0.0


@lru_cache(maxsize=20_000)
def _initials(named: tuple[str, ...]) -> frozenset[str]:
    """Return what abbreviates words that follow each other: `ssn` for a social security number."""
    firsts = "".join(word[0] for word in named)
    return frozenset(firsts[at : at + size] for size in range(2, _LONGEST_INITIALS + 1) for at in range(len(firsts)))
