"""The words of a field's name, and how well captions say them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.rule_reader.fields.fields import Field
from shared.rule_reader.forms.captions import words
from shared.rule_reader.text.folding import plain

LITTLE = frozenset(
    re.findall(r"\w+", "a an and are as at by for from in is it of on or our that the this to under with you your")
)
_PLACES = frozenset({"box", "line", "field", "item", "checkbox", "is", "has"})  # "Box 1a" stands on the form as "1a"
_SYNONYMS = (
    "no nr num number id identifier identification",
    "postal postcode zip",
    "telephone phone tel mobile",
    "email mail",
    "quantity qty units pcs pieces",
    "description desc",
    "surname family last",
    "forename given first",
    "dob birth born",
    "employer company firm",
    "licence license",
    "amount sum",
    "vendor seller supplier",
    "customer buyer client",
    "organisation organization",
    "cheque check",
    "percentage percent rate",
)
_SAME: Mapping[str, frozenset[str]] = {word: frozenset(group.split()) for group in _SYNONYMS for word in group.split()}
_ABBREVIATION = re.compile(r"(?<![^\W_])[A-Z]{2,5}(?![^\W_])")
_STEM, _ALIKE, _SHORTEST_STEM = 0.85, 0.8, 4
_LONGEST_INITIALS = 5


@dataclass(frozen=True)
class Name:
    """The words of a field's name: its own, those of the objects it is in, and those that abbreviate several."""

    own: tuple[str, ...]
    outer: tuple[str, ...]
    short: frozenset[str]

    @classmethod
    def of(cls, field: Field) -> "Name":
        """By the title, which tells objects by colons."""
        *outer, own = field.title.split(": ")
        named = [word for word in words(own) if word not in _PLACES]
        above = tuple(word for part in outer for word in words(part) if word not in named)
        return cls(tuple(named), above, frozenset(plain(word) for word in _ABBREVIATION.findall(field.title)))

    def match(self, word: str, others: tuple[str, ...]) -> float:
        """Return how well a word is among others: as it is, by its stem, or as the initials of some."""
        return 1.0 if word in self.short and word in _initials(others) else likeness(word, others)


def likeness(word: str, others: Sequence[str] | frozenset[str]) -> float:
    """Return how well a word is among others: as it is, or one that means the same, or by its stem."""
    return 1.0 if word in others else max((_likeness(word, other) for other in others), default=0.0)


@lru_cache(maxsize=200_000)
def _likeness(word: str, other: str) -> float:
    if other in _SAME.get(word, ()):
        return 1.0
    shorter = min(len(word), len(other))
    common = next((at for at in range(shorter) if word[at] != other[at]), shorter)
    return _STEM if common >= max(_SHORTEST_STEM, _ALIKE * shorter) else 0.0


@lru_cache(maxsize=20_000)
def _initials(named: tuple[str, ...]) -> frozenset[str]:
    """Return what abbreviates words that follow each other: `ssn` for a social security number."""
    firsts = "".join(word[0] for word in named)
    return frozenset(firsts[at : at + size] for size in range(2, _LONGEST_INITIALS + 1) for at in range(len(firsts)))
