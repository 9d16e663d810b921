"""Candidate values: what stands at a label, by the label's score, the way between them and the fit of the value."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from shared.domain.values.conventions import Conventions
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.values import Reading, ReadTable, Value, read
from shared.rule_reader.folding import plain
from shared.rule_reader.text.cells import cell_lines, heads_column
from shared.rule_reader.text.labels import CLEAR, LIKELY, Hit
from shared.rule_reader.text.page import Document, Line
from shared.rule_reader.vocabulary import word_pattern

_SAME_LINE, _RIGHT, _BELOW, _WRAPPED = 1.0, 0.97, 0.82, 0.8
_SURE = 0.45  # a value on the label's own line that good ends the search
_DOWN = 0.06  # what a label at the end of the first page loses
_NEXT = 0.93  # for each cell passed on the way
_FAR_RIGHT = 0.8  # of the page's width: the gap at which a value to the right loses a quarter
_COLUMN_REACH, _CENT = 9.0, 0.011  # line heights; rounding
_NUMBER_SIGN = r"n°|№|#"
_MOST_AMOUNTS = 4  # cells of a row of sums
_MOST_SKIPPED = 2  # cells between a label and its amount: ":", "EUR"


@dataclass(frozen=True)
class Candidate:
    """A value for a field, the lines it was read from, and its score (0 to 1)."""

    field: str
    value: Value
    lines: tuple[Line, ...]
    score: float
    printed_text: str = ""


def _as_printed(field: Field) -> bool:
    return field.field_type in {"text", "identifier"} and not field.options


class Finder:
    """Collects candidates for fields on one document."""

    def __init__(
        self, document: Document, hits: Sequence[Hit], conventions: Conventions, tables: Sequence[ReadTable] = ()
    ) -> None:
        self.document = document
        self.hits = hits
        self.conventions = conventions
        self.table_lines = {line for table in tables for line in table.row_lines}
        self._header_lines = {line for table in tables for line in table.header_lines}
        self._only_row = {line for table in tables if len(table.items) == 1 for line in table.row_lines}
        self._by_line: dict[Line, list[Hit]] = defaultdict(list)
        for hit in hits:
            self._by_line[hit.line].append(hit)

    @cached_property
    def _number_word(self) -> re.Pattern[str]:
        words = word_pattern(self.document.vocabulary.language.number_words, "").pattern
        return re.compile(rf"(?:{words}\.?|{_NUMBER_SIGN})\s?:?\s?$")

    @cached_property
    def headings(self) -> frozenset[Line]:
        """The lines that head columns: no value stands beside them, and they are none."""
        return frozenset(
            line
            for page in self.document.pages
            for row in page.rows
            if heads_column(page, row[0]) and not any(map(self._starts_label, page.rows[page.row_of[row[0]] + 1]))
            for line in row
        )

    def candidates(self, field: Field) -> list[Candidate]:
        """Everything that stands at one of the field's labels, best first."""
        candidates = [
            candidate
            for hit in self.hits
            if hit.field == field.name
            for candidate in self._at(field, hit)
            if not self._is_cell(field, hit, candidate)
        ]
        return sorted(candidates, key=lambda item: -item.score)

    def _is_cell(self, field: Field, hit: Hit, candidate: Candidate) -> bool:
        """Return whether the value is a cell of a row that a table has, and so no single field's.

        A row that begins with the clear label of a sum is one of the table's sums, and the amounts of an only row are
        sums of their columns.
        """
        value = candidate.lines[-1]
        if value not in self.table_lines or (field.field_type == "money" and value in self._only_row):
            return False
        return hit.line in self._header_lines or (field.field_type in {"money", "number"} and hit.score < CLEAR)

    def _at(self, field: Field, hit: Hit) -> Iterator[Candidate]:
        here = self._same_line(field, hit)
        yield from here
        sure = any(candidate.score >= _SURE for candidate in here)
        beside = [] if sure else list(self._beside(field, hit))
        yield from beside
        if not sure:
            yield from self._below(field, hit, _BELOW if not beside else _BELOW * 0.7)

    def _same_line(self, field: Field, hit: Hit) -> list[Candidate]:
        text = hit.line.text
        behind = [
            later_hit.start
            for later_hit in self._by_line[hit.line]
            if later_hit.start >= hit.end and later_hit.field != hit.field
        ]
        stop = min(behind, default=len(text))
        rest = text[hit.end : stop]
        if field.field_type == "text" and self.document.naming.is_title(rest):  # "Bank statement" names no bank
            return []
        candidates = []
        for reading in self._readings(field, rest)[:2]:
            words = sum(char.isalpha() for char in rest[: reading.start])
            near = max(0.4, 1.0 - words / 40)
            if field.field_type == "identifier" and self._number_word.search(plain(rest[: reading.start])):
                near = 1.0
            candidates.append(self._candidate(field, hit, hit.line, reading, _SAME_LINE * near, offset=hit.end))
            if field.field_type != "money":
                break
        return candidates

    def _beside(self, field: Field, hit: Hit) -> Iterator[Candidate]:
        page = self.document.page_of(hit.line)
        if hit.line in self.headings:
            return
        amounts = skipped = 0
        for line in page.right_of(hit.line):
            if skipped > _MOST_SKIPPED or amounts == _MOST_AMOUNTS or self._starts_label(line):
                return
            readings = self._readings(field, line.text)
            near = (
                readings
                and field.field_type == "identifier"
                and self._number_word.match(plain(line.text[: readings[0].start]))
            )
            gap = (line.box.x0 - hit.line.box.x1) / max(1.0, page.size[0])
            weight = _RIGHT * (1 - 0.25 * min(1.0, gap / _FAR_RIGHT)) * _NEXT**skipped
            if readings:
                pick = readings[-1] if field.field_type == "money" else readings[0]
                yield self._candidate(field, hit, line, pick, 1.0 if near else weight * _NEXT**amounts)
                if field.field_type != "money":
                    return
                amounts += 1
            skipped += not readings
            if (
                not readings
                and field.field_type not in {"money", "number"}
                and any(char.isalnum() for char in line.text)
            ):
                return

    def _below(self, field: Field, hit: Hit, weight: float) -> Iterator[Candidate]:
        page = self.document.page_of(hit.line)
        box = hit.line.part(hit.start, hit.end)
        if field.field_type == "money" and (column_sum := self._column_sum(field, hit)):
            yield self._candidate(field, hit, *column_sum, weight)
        for number, line in enumerate(page.below(box)):
            if number > 1 or (field.field_type == "text" and number):
                break
            cell = cell_lines(page, hit.line, line)
            readings = self._readings(field, " ".join(part.text for part in cell))
            if readings and not self._starts_label(line):
                down = (line.box.y0 - box.y1) / max(1.0, page.line_height)
                near = weight * max(0.5, 1 - 0.12 * max(0.0, down))
                candidate = self._candidate(field, hit, line, readings[0], near)
                yield candidate if len(cell) == 1 else self._of_cell(candidate, cell, readings[0])
                break
        yield from self._wrapped_values(field, hit)

    @staticmethod
    def _of_cell(candidate: Candidate, cell: tuple[Line, ...], reading: Reading) -> Candidate:
        """Return a candidate with the text of a cell that wraps over several lines."""
        printed = " ".join(line.printed_text() for line in cell)[reading.start : reading.end].strip()
        value = (
            printed if isinstance(candidate.value, str) and candidate.value == candidate.printed_text else reading.value
        )
        return replace(candidate, value=value, lines=(candidate.lines[0], *cell), printed_text=printed)

    def _wrapped_values(self, field: Field, hit: Hit) -> Iterator[Candidate]:
        """Yield a label at the end of running text: its value begins the next line."""
        page = self.document.page_of(hit.line)
        next_row = page.row_of[hit.line] + 1
        if hit.start == 0 or hit.line.text[hit.end :].strip(" :.") or next_row >= len(page.rows):
            return
        line = page.rows[next_row][0]
        goes_on = line.box.x0 < hit.line.part(hit.start, hit.end).x0 and line.box.overlap_x(hit.line.box) > 0
        readings = self._readings(field, line.text) if goes_on else []
        if readings and readings[0].start == 0:
            yield self._candidate(field, hit, line, readings[0], _WRAPPED)

    def _column_sum(self, field: Field, hit: Hit) -> tuple[Line, Reading] | None:
        """Under a label that heads a column of sums: the one that is the sum of those above it."""
        page = self.document.page_of(hit.line)
        total = 0.0
        for number, line in enumerate(page.below(hit.line.part(hit.start, hit.end), _COLUMN_REACH)):
            readings = self._readings(field, line.text)
            if len(readings) != 1:
                return None
            value = float(readings[0].value)
            if number > 1 and abs(value - total) < _CENT:
                return line, readings[0]
            total += value
        return None

    def _readings(self, field: Field, text: str) -> list[Reading]:
        return read(field, text, self.conventions, self.document.vocabulary)

    def _starts_label(self, line: Line) -> bool:
        return any(hit.start <= 1 and hit.score > LIKELY for hit in self._by_line[line])

    def _candidate(
        self, field: Field, hit: Hit, line: Line, reading: Reading, weight: float, offset: int = 0
    ) -> Candidate:
        printed = line.printed_text(offset + reading.start, offset + reading.end)
        value = printed if _as_printed(field) else reading.value
        lines = (line,) if line == hit.line else (hit.line, line)
        score = hit.score * weight * reading.quality
        if field.field_type != "money":  # sums stand at the end, everything else the nearer to the top the better
            page = self.document.page_of(hit.line)
            score *= 1 - _DOWN * min(1.0, page.number - 1 + hit.line.box.y0 / max(1.0, page.size[1]))
        return Candidate(field.name, value, lines, score, printed)
