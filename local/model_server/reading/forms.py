"""Values of forms: each field gets the slot whose captions say most of its name."""

import os.path
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log

from local.model_server.reading.candidates import Candidate
from local.model_server.reading.captions import Caption, Slot, Slots, words
from local.model_server.reading.fields import Field
from local.model_server.reading.page import Document, Line
from local.model_server.reading.values import Conventions, Value, read

_LITTLE = frozenset("a an and are as at by for from in is it of on or our that the this to under with you your".split())
_PLACES = frozenset({"box", "line", "field", "item", "checkbox", "is", "has"})  # "Box 1a" stands on the form as "1a"
_SYNONYMS = (
    "no nr num number id identifier identification #", "postal postcode zip", "telephone phone tel mobile", "email mail",
    "quantity qty units pcs pieces", "description desc", "surname family last", "forename given first", "dob birth born",
    "employer company firm", "licence license", "amount sum", "vendor seller supplier", "customer buyer client",
    "organisation organization", "cheque check", "percentage percent rate",
)  # fmt: skip
_NONE: frozenset[str] = frozenset()
_SAME = {word: frozenset(group.split()) for group in _SYNONYMS for word in group.split()}
_NAMING = re.compile(r":\s*$|^\d{1,2}[a-z]?\s+[A-Z]")
_SEVERAL = 2  # words of a field's name in a text make it a caption
_LITTLE_WEIGHT, _UNSEEN_WEIGHT, _OUTER_WEIGHT = 0.2, 0.6, 0.4
_STEM, _ALIKE, _SHORTEST_STEM = 0.85, 0.8, 4
_LONGEST_INITIALS = 5
_IN_CONTEXT = 0.6
_LEADS, _FILLS = 0.15, 0.1  # what a caption gains that begins with the name, and that says nothing else
_PAGE, _LAST_PAGES = 0.03, 0.8  # what a value loses with each page before it, and at most
_MOST_OF = 0.5  # of a line that a value must fill where nothing tells what was entered
GOOD_ENOUGH = 0.5


@dataclass(frozen=True)
class Name:
    """The words of a field's name: its own, and those of the objects it is in."""

    own: tuple[str, ...]
    outer: tuple[str, ...]

    @classmethod
    def of(cls, field: Field) -> "Name":
        """By the title, which tells objects by colons."""
        *outer, own = field.title.split(": ")
        named = [word for word in words(own) if word not in _PLACES]
        return cls(tuple(named), tuple(word for part in outer for word in words(part) if word not in named))


class Forms:
    """Matches the fields with the slots of one document."""

    def __init__(self, document: Document, conventions: Conventions) -> None:
        self._slots = Slots(document)
        self._conventions = conventions

    def values(self, fields: Sequence[Field], taken: set[Line]) -> Mapping[str, Candidate]:
        """The best value of each field, none from a line that is `taken`, no slot for two fields."""
        self._names = [Name.of(field).own for field in fields]
        pairs = sorted(
            (pair for field in fields for pair in self._pairs(field, taken)), key=lambda pair: -pair[0].score
        )
        chosen: dict[str, Candidate] = {}
        used: set[Slot] = set()
        for candidate, slot in pairs:
            if candidate.field not in chosen and slot not in used and candidate.score >= GOOD_ENOUGH:
                chosen[candidate.field] = candidate
                used.add(slot)
        return chosen

    def _pairs(self, field: Field, taken: set[Line]) -> Iterator[tuple[Candidate, Slot]]:
        name = Name.of(field)
        for slot in self._slots.all:
            if taken.intersection(slot.lines) or not (found := self._value(field, slot)):
                continue
            value, quality = found
            scored = [(self._score(name, caption, slot), caption) for caption in slot.captions]
            score, caption = max(scored, key=lambda item: item[0], default=(0.0, None))
            if caption and score * quality >= GOOD_ENOUGH:
                lines = tuple(dict.fromkeys((*caption.lines, *slot.lines)))
                page = max(_LAST_PAGES, 1 - _PAGE * (slot.lines[0].page - 1))
                yield Candidate(field.name, value, lines, score * quality * page, slot.printed), slot

    def _value(self, field: Field, slot: Slot) -> tuple[Value, float] | None:
        if field.kind == "boolean" or slot.tick is not None:
            return (slot.tick, 1.0) if field.kind == "boolean" and slot.tick is not None else None
        entered = slot.lines[0].entered
        if not entered and slot.lines[0] in self._named:
            return None
        if field.kind == "text" and not field.options:
            return (slot.printed.strip(" :"), 1.0)
        if field.kind == "identifier" and entered:
            return slot.printed, 1.0
        readings = read(field, slot.text, self._conventions)
        if not readings:
            return None
        first = readings[0]
        fills = (first.end - first.start) / max(1, len(slot.text.strip(" $€£")))
        value = slot.text[first.start : first.end].strip() if field.kind == "identifier" else first.value
        return (value, 1.0 if entered or fills > _MOST_OF else _MOST_OF)

    @cached_property
    def _named(self) -> frozenset[Line]:
        """Lines that name what stands at them, where nothing tells what was entered."""
        return frozenset(
            slot.lines[0] for slot in self._slots.all if _NAMING.search(slot.text) or self._names_field(slot)
        )

    def _names_field(self, slot: Slot) -> bool:
        """Whether the words of a text are mostly those of a field's name, or hold several of them."""
        said = words(slot.text)
        plain = [word for word in said if word not in _LITTLE]
        for name in self._names:
            told = [word for word in name if word not in _LITTLE and _match(word, said)]
            if len(told) >= _SEVERAL or (told and len(told) >= _MOST_OF * max(len(plain), len(name))):
                return True
        return False

    @cached_property
    def _seen(self) -> Counter[str]:
        """How many captions have each word."""
        captions = {caption.lines: caption.words for slot in self._slots.all for caption in slot.captions}
        return Counter(word for each in captions.values() for word in set(each))

    def _weight(self, word: str) -> float:
        if word in _LITTLE:
            return _LITTLE_WEIGHT
        count = self._seen[word]
        return 1 / (1 + log(count) / 2) if count else _UNSEEN_WEIGHT

    def _score(self, name: Name, caption: Caption, slot: Slot) -> float:
        """How much of the name the caption says, the context helping; nothing when it says none of its own words."""
        said = [_match(word, caption.words) for word in name.own]
        if not any(match and word not in _LITTLE for match, word in zip(said, name.own, strict=True)):
            return 0.0
        context = tuple(slot.context)
        known = total = 0.0
        for word, match in zip(name.own, said, strict=True):
            total += self._weight(word)
            known += self._weight(word) * (match or _IN_CONTEXT * _match(word, context))
        for word in name.outer:
            weight = _OUTER_WEIGHT * self._weight(word)
            total += weight
            known += weight * max(_match(word, caption.words), _IN_CONTEXT * _match(word, context))
        lead = any(_match(word, caption.words[:3]) for word in name.own if word not in _LITTLE)
        fill = sum(match > 0 for match in said) / max(1, sum(word not in _LITTLE for word in caption.words))
        return known / total * (1 - _LEADS - _FILLS + _LEADS * lead + _FILLS * min(1.0, fill)) * caption.weight


def _match(word: str, others: Sequence[str]) -> float:
    """Whether a word is among others: as it is, by its stem, or as the initials of some that follow each other."""
    if word in others or not _SAME.get(word, _NONE).isdisjoint(others):
        return 1.0
    if len(word) >= _SHORTEST_STEM and any(_alike(word, other) for other in others):
        return _STEM
    return 1.0 if 1 < len(word) <= _LONGEST_INITIALS and word in _initials(tuple(others)) else 0.0


def _alike(word: str, other: str) -> bool:
    common = len(os.path.commonprefix([word, other]))
    return common >= max(_SHORTEST_STEM, _ALIKE * min(len(word), len(other)))


@lru_cache(maxsize=20_000)
def _initials(named: tuple[str, ...]) -> frozenset[str]:
    """What abbreviates words that follow each other: `ssn` for a social security number."""
    firsts = "".join(word[0] for word in named)
    return frozenset(firsts[at : at + size] for size in range(2, _LONGEST_INITIALS + 1) for at in range(len(firsts)))
