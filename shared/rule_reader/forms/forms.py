"""Values of forms: each field gets the slot whose captions say most of its name."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import log

from shared.domain.values.conventions import Conventions
from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.values import Value, read
from shared.rule_reader.forms.captions import Caption, Slot, Slots, words
from shared.rule_reader.forms.names import Name
from shared.rule_reader.text.page import Document, Line
from shared.rule_reader.vocabulary import alternatives, word_set

_CODE_PART = re.compile(r"[A-Z]?[\d./*X-]+|[A-Z]")
_NUMBERED = re.compile(r"\d{1,2}[a-z]?\s+[A-Z]")
_NUMBERED_FORM = 6  # numbered texts make a form whose boxes have numbers: else "45 Maple Lane" is an address
_SEVERAL = 2  # words of a field's name in a text make it a caption
_LITTLE_WEIGHT, _UNSEEN_WEIGHT, _OUTER_WEIGHT = 0.2, 0.6, 0.4
_IN_CONTEXT = 0.6
_FIRST = 3  # words that a caption begins with
_LEADS, _FILLS = 0.15, 0.1  # what a caption gains that begins with the name, and that says nothing else
_PAGE, _LAST_PAGES = 0.03, 0.8  # what a value loses with each page before it, and at most
_MOST_OF = 0.5  # of a line that a value must fill where nothing tells what was entered
GOOD_ENOUGH = 0.5


class Forms:
    """Matches the fields with the slots of one document."""

    def __init__(self, document: Document, fields: Sequence[Field], conventions: Conventions) -> None:
        self._document = document
        self._slots = Slots(document)
        self._language = document.vocabulary.language
        self._little = word_set(self._language.stop_words)
        self._cities = word_set(self._language.city_words)
        self._first_names = word_set(self._language.first_names)
        self._last_names = word_set(self._language.last_names)
        self._names = {field.name: Name.of(field, document.vocabulary) for field in fields}
        self._conventions = conventions

    def values(self, fields: Sequence[Field], taken: set[Line]) -> Mapping[str, Candidate]:
        """Return the best value of each of these fields, none from a line that is `taken`, no slot for two fields."""
        pairs = [pair for field in fields for pair in self._pairs(field, self._names[field.name], taken)]
        chosen: dict[str, Candidate] = {}
        used: set[tuple[Slot, bool]] = set()
        for candidate, slot, is_rest in sorted(pairs, key=lambda pair: -pair[0].score):
            if candidate.field not in chosen and (slot, is_rest) not in used and candidate.score >= GOOD_ENOUGH:
                chosen[candidate.field] = candidate
                used.add((slot, is_rest))
        parts = (self._part_of_name(field, taken) for field in fields if field.name not in chosen)
        return chosen | {part.field: part for part in parts if part}

    def _pairs(self, field: Field, name: Name, taken: set[Line]) -> Iterator[tuple[Candidate, Slot, bool]]:
        """Values with their slots, and whether it is the rest of a slot whose first line is another field's."""
        for slot in self._slots.all:
            scored = [(self._score(name, caption, slot), caption) for caption in slot.captions]
            score, caption = max(scored, key=lambda item: item[0], default=(0.0, None))
            if caption is None or score < GOOD_ENOUGH or taken.intersection(slot.lines):
                continue
            value, quality = self._value(field, slot)
            if value is not None and score * quality >= GOOD_ENOUGH:
                under, is_rest = self._address(field, name, caption, slot)
                if is_rest and not under:
                    continue
                value = " ".join(line.printed_text() for line in under) if under else value
                lines = tuple(dict.fromkeys((*caption.lines, *(under or slot.lines))))
                page = max(_LAST_PAGES, 1 - _PAGE * (slot.lines[0].page - 1))
                yield Candidate(field.name, value, lines, score * quality * page, slot.printed_text), slot, is_rest

    def _address(self, field: Field, name: Name, caption: Caption, slot: Slot) -> tuple[tuple[Line, ...], bool]:
        """Return the lines of an address: under the name where the caption asks for both, and the box of the city.

        Empty where the value is the slot's own.
        """
        if field.field_type != "text" or "address" not in name.own:
            return (), False
        below = self._slots.under(slot.lines[-1], self._caption_lines)
        if "name" in caption.words and "name" not in name.own:
            return below, True
        lines = (*slot.lines, *below)
        if any(self._cities.intersection(name.own) for name in self._names.values()):
            return lines, False
        beneath = next((name for name in self._slots.all if self._is_beneath(name.lines[0], lines[-1])), None)
        if beneath and any(self._cities.intersection(caption.words) for caption in beneath.captions[:1]):
            return (*lines, *beneath.lines), False
        return lines, False

    def _is_beneath(self, line: Line, upper_line: Line) -> bool:
        flush = line.page == upper_line.page and abs(line.box.x0 - upper_line.box.x0) < upper_line.box.height
        return flush and line.box.y0 > upper_line.box.y1 and not self.is_caption(line)

    def _part_of_name(self, field: Field, taken: set[Line]) -> Candidate | None:
        """Return a first or last name out of a whole one."""
        name = self._names[field.name]
        first, last = self._first_names.intersection(name.own), self._last_names.intersection(name.own)
        if field.field_type != "text" or bool(first) == bool(last):
            return None
        whole = replace(name, own=("name",), short=frozenset())
        for candidate, _, _ in sorted(self._pairs(field, whole, taken), key=lambda pair: -pair[0].score):
            parts = [part for part in str(candidate.value).split() if not self._document.naming.is_salutation(part)]
            if len(parts) > 1 and all(part[0].isupper() and part.isalpha() for part in parts):
                return replace(candidate, value=" ".join(parts[:-1]) if first else parts[-1])
        return None

    def _value(self, field: Field, slot: Slot) -> tuple[Value | None, float]:
        """Return what the slot says as a value of the field's type, and how well it fits it (0 to 1)."""
        if field.field_type == "boolean" or slot.tick is not None:
            return (slot.tick if field.field_type == "boolean" else None), 1.0
        entered = slot.lines[0].entered
        if self.is_caption(slot.lines[0]):
            return None, 0.0
        if field.field_type == "text" and not field.options:
            return slot.printed_text.strip(" :"), float(entered or len(re.findall(r"\w", slot.text)) > 1)
        if field.field_type == "identifier" and (entered or _is_code(slot.text)):
            return slot.printed_text, 1.0
        readings = read(field, slot.text, self._conventions, self._document.vocabulary)
        if not readings:
            return None, 0.0
        first = readings[0]
        fills = (first.end - first.start) / max(1, len(slot.text.strip(" $€£")))
        value = slot.text[first.start : first.end].strip() if field.field_type == "identifier" else first.value
        return value, 1.0 if entered or fills > _MOST_OF else _MOST_OF

    @property
    def has_boxes(self) -> bool:
        """Whether this is a form: with fields that are filled in, or with numbers at its boxes."""
        return self._slots.is_form or len(self._numbered_slots) >= _NUMBERED_FORM

    @cached_property
    def _goes_on(self) -> re.Pattern[str]:
        """Match a caption, or its second line."""
        return re.compile(rf":\s*$|^{alternatives(self._language.caption_joints)} ")

    @cached_property
    def _common(self) -> frozenset[str]:
        return word_set(self._language.common_words)

    @cached_property
    def _address_words(self) -> frozenset[str]:
        return self._cities | word_set(self._language.address_parts)

    @cached_property
    def _numbered_slots(self) -> list[Slot]:
        return [slot for slot in self._slots.all if _NUMBERED.match(slot.text)]

    def is_caption(self, line: Line) -> bool:
        """Return whether a line names what stands at it, and was not entered."""
        return not line.entered and line in self._caption_lines

    @cached_property
    def _caption_lines(self) -> frozenset[Line]:
        """Lines that name what stands at them, where nothing tells what was entered."""
        slots = self._slots.all
        naming = [slot for slot in slots if self._goes_on.search(slot.text) or self._names_field(slot)]
        return frozenset(slot.lines[0] for slot in [*naming, *(self._numbered_slots if self.has_boxes else [])])

    def _names_field(self, slot: Slot) -> bool:
        """Return whether the words of a text are mostly those of a field's name, or hold several of them."""
        text_words = words(slot.text)
        weighty = [word for word in text_words if word not in self._little]
        if (
            all(word in self._little or word in self._common for word in text_words)
            or len(self._address_words.intersection(text_words)) >= _SEVERAL
        ):
            return True
        for name in {name.own: name for name in self._names.values()}.values():
            matching_words = [
                word for word in name.own if word not in self._little and name.likeness(word, text_words) == 1
            ]
            if len(matching_words) >= _SEVERAL or (
                matching_words and len(matching_words) >= _MOST_OF * max(len(weighty), len(name.own))
            ):
                return True
        return False

    @cached_property
    def _captions_by_word(self) -> Counter[str]:
        """How many captions have each word."""
        captions = {caption.lines: caption.words for slot in self._slots.all for caption in slot.captions}
        return Counter(word for caption_words in captions.values() for word in set(caption_words))

    def _weight(self, word: str, little: frozenset[str]) -> float:
        if word in little:
            return _LITTLE_WEIGHT
        count = self._captions_by_word[word]
        return 1 / (1 + log(count) / 2) if count else _UNSEEN_WEIGHT

    def _score(self, name: Name, caption: Caption, slot: Slot) -> float:
        """How much of the name the caption says, the context helping; nothing when it says none of its own words."""
        little = self._little - name.short
        matches = [name.match(word, caption.words) for word in name.own]
        if not any(match and word not in little for match, word in zip(matches, name.own, strict=True)):
            return 0.0
        if any(
            part in name.own and not name.match(part, caption.words) for part in self._first_names | self._last_names
        ):
            return 0.0
        matched_weight = total = 0.0
        for word, match in zip(name.own, matches, strict=True):
            total += self._weight(word, little)
            matched_weight += self._weight(word, little) * (match or _IN_CONTEXT * name.likeness(word, slot.context))
        for word in name.outer:
            weight = _OUTER_WEIGHT * self._weight(word, little)
            total += weight
            matched_weight += weight * max(
                name.likeness(word, caption.words), _IN_CONTEXT * name.likeness(word, slot.context)
            )
        lead = any(name.match(word, caption.words[:_FIRST]) for word in name.own if word not in little)
        fill = sum(match > 0 for match in matches) / max(1, sum(word not in little for word in caption.words))
        return matched_weight / total * (1 - _LEADS - _FILLS + _LEADS * lead + _FILLS * min(1.0, fill)) * caption.weight


def _is_code(text: str) -> bool:
    """Return whether a text is a number in groups: digits and signs, with at most a letter at each."""
    return any(map(str.isdigit, text)) and all(_CODE_PART.fullmatch(part) for part in text.split())
