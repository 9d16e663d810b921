"""The numbers that pages state for their document: behind which labels they stand, and which type's number each is."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.domain.reading.page import Line
from shared.domain.types.document_type import DocumentType, FieldSpec

_NOT_LETTERS = re.compile(r"[\W_]+")
_JOINING = re.compile(r"[/\\.,:_–-]+")
MAX_WORDS_BEFORE = 3
"""Words behind its label among which a document's number begins: `Invoice no.: RE 4711`."""


class StatedNumber(NamedTuple):
    """A document number on a page: whose it is (`type.field`), the number for comparing, as it is written, its height.

    `top`: where its line begins, in page units.
    """

    field: str
    value: str
    text: str
    top: float


class TypeLabels(NamedTuple):
    """What a document type lends for the signs of its pages: its name, and the labels of itself and its fields."""

    name: str
    title: str
    labels: tuple[str, ...]
    fields: tuple[FieldSpec, ...]

    @classmethod
    def of(cls, document_type: DocumentType) -> "TypeLabels":
        """Return those of a type."""
        return cls(document_type.name, document_type.title, document_type.labels, document_type.fields)


class NumberLabels:
    """The labels of document numbers, and those that look like them but label something else (`Invoice date`)."""

    def __init__(self, types: Iterable[TypeLabels]) -> None:
        self._fields: dict[str, set[str]] = {}
        other_labels = set[str]()
        for document_type in types:
            for spec in document_type.fields:
                labels = {normalize_label(label) for label in (spec.title, *spec.labels)} - {""}
                if is_document_number(spec):
                    for label in {normalize_label(label) for label in spec.labels} - {""}:
                        self._fields.setdefault(label, set()).add(f"{document_type.name}.{spec.name}")
                elif spec.identifier:  # of a party or an account: two documents may state the same
                    other_labels |= labels
                else:
                    other_labels |= {label for label in labels if spec.field_type != "identifier"}
        for label in other_labels:
            self._fields[label] = set()
        self._by_first_word: dict[str, list[str]] = {}
        for label in sorted(self._fields, key=len, reverse=True):
            self._by_first_word.setdefault(label.partition(" ")[0], []).append(label)

    def find(self, lines: Sequence[Line]) -> Iterator[StatedNumber]:
        """Yield the document numbers of a page: what has a digit behind a label, in its line or the one right of it."""
        for line, following in zip(lines, (*lines[1:], None), strict=True):
            label = self._longest(normalize_label(line.text))
            fields = self._fields.get(label, set())
            if not fields:
                continue
            words = line.text.split()
            behind = words[_count_words(label, words) :]
            if not behind and following is not None and _is_beside(line, following):
                behind = following.text.split()
            text = _number_in(behind)
            for field in sorted(fields if text else ()):
                yield StatedNumber(field, normalize_label(text).replace(" ", ""), text, line.box[1])

    def _longest(self, text: str) -> str:
        labels = self._by_first_word.get(text.partition(" ")[0], ())
        return next((label for label in labels if text == label or text.startswith(f"{label} ")), "")


def is_document_number(spec: FieldSpec) -> bool:
    """Return whether a field is the number of its document: a required identifier that no authority gives."""
    return spec.field_type == "identifier" and spec.required


def normalize_label(text: str) -> str:
    """Return the letters and digits of a text in small letters, single spaces between words."""
    return _NOT_LETTERS.sub(" ", text.casefold()).strip()


def group_by_field(numbers: Iterable[StatedNumber]) -> Mapping[str, frozenset[str]]:
    """Return the numbers that pages state, for comparing, by field."""
    values: dict[str, set[str]] = {}
    for number in numbers:
        values.setdefault(number.field, set()).add(number.value)
    return {field: frozenset(field_values) for field, field_values in values.items()}


def _number_in(words: Sequence[str]) -> str:
    """Return the first word with a digit, and the words that signs join to it: `2025 / 001`; empty without one."""
    start = next((at for at, word in enumerate(words[:MAX_WORDS_BEFORE]) if _has_digit(word)), None)
    if start is None:
        return ""
    end = start + 1
    while end + 1 < len(words) and _JOINING.fullmatch(words[end]) and _has_digit(words[end + 1]):
        end += 2
    return " ".join(words[start:end]).strip(".,;:")


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def _count_words(label: str, words: Sequence[str]) -> int:
    """Return how many of the first `words` make up a label; words without letters count for nothing."""
    length = -1
    for count, word in enumerate(words, 1):
        letters = normalize_label(word)
        length += len(letters) + 1 if letters else 0
        if length >= len(label):
            return count
    return len(words)


def _is_beside(left: Line, right: Line) -> bool:
    return abs(left.box[1] - right.box[1]) < (left.box[3] - left.box[1]) and right.box[0] >= left.box[2]
