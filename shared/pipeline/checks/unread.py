"""What a page seems to state and nobody read: a label with a value beside it, the headings of a table without rows.

Only what a person would call a caption counts: a label at the start of a line, or one with a colon behind it, with
something beside or below it that reads as the field's type. A label with nothing there is a form left blank. Words that
are evidence of another value explain themselves.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from shared.document_types.rules.evaluate import applies, holds, sums_table
from shared.domain.base.finding import Finding, Severity
from shared.domain.documents.extraction import FieldValue, Row
from shared.domain.reading.headings import has_heading, is_heading
from shared.domain.reading.page import Box, Line, Page, Word
from shared.domain.reading.quoting import side_by_side
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule
from shared.pipeline.checks.reads_as import can_be_value

LABEL_WITHOUT_VALUE = "label_without_value"
EMPTY_TABLE = "empty_table"
UNREAD_RULES = frozenset({LABEL_WITHOUT_VALUE, EMPTY_TABLE})
MAX_CAPTIONS = 8
"""Captions with a value that are kept for a field; a document of thousands of pages may have one on each."""
MAX_WORDS = 6
"""Words behind a label that may be its value; of a text, all on its line."""
MAX_WORDS_BEHIND = 200
"""Words behind a label that are looked at: a line may hold a page's whole table, and a label at each word."""
MAX_UNIT_CHARACTERS = 300
"""Characters of a unit with its dotted leader; the pattern's time grows with the square of their number."""
REACH = 2.0
"""How far below its caption a value may stand, in heights of the caption."""
_TOKEN = re.compile(r"[^\W_]+")
_UNIT = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|[A-Z]{3}\b|[\d.,]+ ?%|[^\w\s]|\s)*")
"""What may stand between a label and its value without being one: units, currencies, rates, signs."""
_RATE = re.compile(r"\(?\d+([.,]\d+)? ?%\)?:?")
"""The rate of a tax, which stands between the label of the tax and its amount."""


type LabelsByFirstWord = Mapping[str, Sequence[tuple[tuple[str, ...], FieldSpec]]]


class Caption(NamedTuple):
    """A label on a page with something beside it that reads as a value of the field."""

    page: int
    line: str
    label: tuple[str, ...]
    boxes: tuple[Box, ...]


@dataclass
class UnreadSearch:
    """Looks page by page for captions of single fields, and for the headings of tables."""

    document_type: DocumentType
    captions: dict[str, list[Caption]] = field(default_factory=dict)
    headed: dict[str, int] = field(default_factory=dict)

    def add_page(self, page: Page, filled: frozenset[str] = frozenset()) -> None:
        """Look at the next page; `filled`: the tables that have rows, whose headings need no search."""
        for spec in self.document_type.fields:
            if spec.field_type == "table" and spec.name not in filled | self.headed.keys() and has_heading(spec, page):
                self.headed[spec.name] = page.number
        placed = [(line, line.box) for line in page.lines]  # a box is computed from all words at each call
        for row in side_by_side(page.lines):
            for line in row:
                self._add_captions(page.number, placed, row, line)

    def findings(self, fields: Mapping[str, FieldValue], tables: Mapping[str, Sequence[Row]]) -> list[Finding]:
        """Return a finding for each field without a value whose label has one, and for each table without rows."""
        used = _used_boxes(fields, tables)
        missing = [
            self._label_without_value(spec, captions[0])
            for spec in self.document_type.fields
            if spec.field_type != "table" and _is_empty(fields.get(spec.name))
            if (captions := self._unexplained_captions(spec, fields, used))
        ]
        values: dict[str, object] = {name: value.value for name, value in fields.items()}
        values |= {name: [dict(row.cells) for row in rows] for name, rows in tables.items()}
        empty = [spec for spec in self.document_type.fields if spec.field_type == "table" and not tables.get(spec.name)]
        return [*missing, *(self._empty_table(spec, values) for spec in empty)]

    @cached_property
    def _labels(self) -> LabelsByFirstWord:
        """The labels of single fields as words, by their first word."""
        return _labels_by_first_word(self.document_type.fields)

    def _add_captions(self, page: int, placed: Sequence[tuple[Line, Box]], row: Sequence[Line], line: Line) -> None:
        """Note the captions in a line that have a value."""
        tokens = _tokens(line.words)
        has_colon = any(word.text.endswith(":") for word in line.words)
        for start in range(len(tokens) if has_colon else min(1, len(tokens))):
            label, owners = self._longest_label(tokens, start)
            if not owners:
                continue
            last = tokens[start + len(label) - 1][1]
            colon = line.words[last].text.endswith(":") or _is_colon(line.words[last + 1 : last + 2])
            if start and not colon:
                continue
            behind = line.words[last + 1 : last + 1 + MAX_WORDS_BEHIND]
            has_nothing_behind = _is_unit(_text(behind))
            for spec in owners:
                words = _find_value(spec, _without_colon(behind), whole=colon)
                if has_nothing_behind and not words:
                    words = self._find_neighbour(placed, row, line, spec)
                captions = self.captions.setdefault(spec.name, [])
                if words and len(captions) < MAX_CAPTIONS:
                    captions.append(Caption(page, line.id, label, tuple(word.box for word in words)))

    def _longest_label(self, tokens: Sequence[tuple[str, int]], start: int) -> tuple[tuple[str, ...], list[FieldSpec]]:
        """Return the longest label that begins at a token, and the fields that have it."""
        candidates = self._labels.get(tokens[start][0])
        if candidates is None:
            return (), []
        matches = [
            (words, spec)
            for words, spec in candidates
            if words == tuple(token for token, _ in tokens[start : start + len(words)])
        ]
        longest = max((words for words, _ in matches), key=len, default=())
        return longest, list({spec.name: spec for words, spec in matches if words == longest}.values())

    def _find_neighbour(
        self, placed: Sequence[tuple[Line, Box]], row: Sequence[Line], line: Line, spec: FieldSpec
    ) -> Sequence[Word]:
        """Return the value right of a caption or, where none is, below it; another caption there is no value."""
        right = [candidate for candidate in row if candidate.box[0] >= line.box[2]]
        words = self._value_of(spec, min(right, key=lambda candidate: candidate.box[0])) if right else ()
        if words or any(is_heading(table, row) for table in self.document_type.fields if table.field_type == "table"):
            return words  # what stands below the heading of a column is a cell
        caption = line.box
        lines_below = [(box[1], at) for at, (_, box) in enumerate(placed) if _is_below(box, caption)]
        return self._value_of(spec, placed[min(lines_below)[1]][0]) if lines_below else ()

    def _value_of(self, spec: FieldSpec, line: Line) -> Sequence[Word]:
        tokens = _tokens(line.words)
        is_caption = bool(tokens and self._longest_label(tokens, 0)[1]) or line.text.endswith(":")
        return () if is_caption else _find_value(spec, line.words, whole=True)

    def _unexplained_captions(
        self, spec: FieldSpec, fields: Mapping[str, FieldValue], used: Mapping[int, Sequence[Box]]
    ) -> list[Caption]:
        """Return the captions of a field whose words are no other value's, and whose label no other field filled."""
        return [
            caption
            for caption in self.captions.get(spec.name, ())
            if not any(_covers(box, own) for box in used.get(caption.page, ()) for own in caption.boxes)
            and not any(
                owner.name != spec.name and words == caption.label and not _is_empty(fields.get(owner.name))
                for words, owner in self._labels[caption.label[0]]
            )
        ]

    @staticmethod
    def _label_without_value(spec: FieldSpec, caption: Caption) -> Finding:
        text = f"{spec.title} is empty, but its label has a value beside it on page {caption.page} ({caption.line})."
        return Finding(rule=LABEL_WITHOUT_VALUE, severity="error", message=text, fields=(spec.name,))

    def _empty_table(self, spec: FieldSpec, values: Mapping[str, object]) -> Finding:
        page = self.headed.get(spec.name)
        without_rows = {**values, spec.name: []}
        unmet = [
            rule
            for rule in self._sums_of(spec)
            if applies(rule, {**values, spec.name: [{}]}) and not holds(rule, without_rows)
        ]
        totals = self._stated_totals(spec, values)
        if page is not None:
            text = f"{spec.title} has no rows, but its headings stand on page {page}."
        elif unmet:
            text = f"{spec.title} has no rows, but what they should add up to is not zero."
        elif totals:
            text = f"{spec.title} has no rows, but {totals[0]} is not zero."
        else:
            text = f"{spec.title} has no rows."
        severity: Severity = "error" if page is not None or unmet or totals else "info"
        return Finding(rule=EMPTY_TABLE, severity=severity, message=text, fields=(spec.name,))

    def _sums_of(self, table: FieldSpec) -> list[Rule]:
        return [rule for rule in self.document_type.rules if sums_table(rule, table.name)]

    def _stated_totals(self, table: FieldSpec, values: Mapping[str, object]) -> list[str]:
        """Return the titles of amounts other than zero that the rules tie to what the rows of a table add up to."""
        sums = {name for rule in self._sums_of(table) for name in rule.fields} - {table.name}
        tied = {name for rule in self.document_type.rules if sums.intersection(rule.fields) for name in rule.fields}
        return [
            spec.title
            for spec in self.document_type.fields
            if spec.field_type == "money" and spec.name in tied | sums and values.get(spec.name)
        ]


@lru_cache(maxsize=64)  # one for each type: its labels are the same for every document
def _labels_by_first_word(fields: tuple[FieldSpec, ...]) -> LabelsByFirstWord:
    labels: dict[str, list[tuple[tuple[str, ...], FieldSpec]]] = {}
    for spec in fields:
        for label in (spec.title, *spec.labels) if spec.field_type not in {"table", "boolean"} else ():
            words = tuple(_TOKEN.findall(label.casefold()))
            if words and "…" not in label:
                labels.setdefault(words[0], []).append((words, spec))
    return labels


def _tokens(words: Sequence[Word]) -> list[tuple[str, int]]:
    """Return the words as labels are compared, without signs, each with the place of its printed word."""
    return [(token, place) for place, word in enumerate(words) for token in _TOKEN.findall(word.text.casefold())]


def _is_unit(text: str) -> bool:
    """Return whether nothing but a unit stands there, or nothing at all."""
    return len(text) <= MAX_UNIT_CHARACTERS and _UNIT.fullmatch(text) is not None


def _is_empty(value: FieldValue | None) -> bool:
    return value is None or value.value is None


def _used_boxes(fields: Mapping[str, FieldValue], tables: Mapping[str, Sequence[Row]]) -> dict[int, list[Box]]:
    """Return the boxes of all evidence by page."""
    evidence = [place for value in fields.values() for place in value.evidence]
    evidence += [place for rows in tables.values() for row in rows for place in row.evidence]
    boxes: dict[int, list[Box]] = {}
    for place in evidence:
        if place.page is not None:
            boxes.setdefault(place.page, []).extend(place.boxes)
    return boxes


def _find_value(spec: FieldSpec, words: Sequence[Word], *, whole: bool) -> Sequence[Word]:
    """Return the words behind a label that read as the field's type: for a text all of them, after a clear caption."""
    if spec.field_type == "text":
        return words if whole and can_be_value(spec, _text(words)) else ()
    words = _without_rate(words)
    for size in range(min(MAX_WORDS, len(words)), 0, -1):
        if can_be_value(spec, _text(words[:size])):
            return words[:size]
    return ()


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _without_rate(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words without a rate in front, which may be two words: `(19 %)`."""
    sizes = [size for size in (1, 2) if _RATE.fullmatch(_text(words[:size]))]
    return words[max(sizes, default=0) :]


def _is_colon(words: Sequence[Word]) -> bool:
    return any(word.text == ":" for word in words)


def _without_colon(words: Sequence[Word]) -> Sequence[Word]:
    return words[1:] if _is_colon(words[:1]) else words


def _is_below(box: Box, caption: Box) -> bool:
    gap = box[1] - caption[3]
    return -1.0 <= gap < REACH * (caption[3] - caption[1]) and box[0] < caption[2] and caption[0] < box[2]


def _covers(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
