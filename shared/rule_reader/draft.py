"""Propose the fields of a document type: what stands beside a label in the samples, and tables with a header."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.domain.values.detection.detect import detect_conventions
from shared.rule_reader.folding import plain
from shared.rule_reader.text.amounts import find_amounts
from shared.rule_reader.text.identifiers import find_codes
from shared.rule_reader.text.line_words import fold
from shared.rule_reader.text.page import Document, Line, Page, is_in_column
from shared.rule_reader.vocabulary import Vocabulary, phrase_set

_TICKS = "☐☒☑○◉"
_LONGEST_LABEL, _MOST_WORDS = 40, 5
_COLUMNS = 3  # cells that make a row a table's header
_MOST = 0.5  # of a text that its date or number must fill to be what the text says
_MOST_FIELDS = 40
_MOST_LABELS = 8
_LARGE = 1.25  # times the usual line height
_UNKNOWN = Conventions()  # of one text alone
_LABELLED = re.compile(r"\s*([^\W\d_][^:]{1,39}?)\s*:\s*(\S.*)")


@dataclass(frozen=True)
class Pair:
    """A label on a page, and the value that stands at it."""

    label: str
    value: str


@dataclass(frozen=True)
class Header:
    """A table's header: its cells, and the cells of the rows under each."""

    labels: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def draft(samples: Sequence[Document], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the draft's object; what stands in at least half of the samples counts, what stands in all is required."""
    conventions = detect_conventions(line.text for sample in samples for line in sample.lines)
    answers = phrase_set(vocabulary.language.yes) | phrase_set(vocabulary.language.no)
    headers = [header for sample in samples for page in sample.pages for header, _ in _headers(page)]
    pairs_by_sample = [{fold(pair.label): pair for pair in _pairs(sample)} for sample in samples]
    counts = Counter(key for pairs in pairs_by_sample for key in pairs)
    order = dict.fromkeys(key for pairs in pairs_by_sample for key in pairs)
    fields = []
    for key in [key for key in order if 2 * counts[key] >= len(samples)][:_MOST_FIELDS]:
        pairs = [sample_pairs[key] for sample_pairs in pairs_by_sample if key in sample_pairs]
        labels = list(dict.fromkeys(pair.label for pair in pairs))
        field_type = _most_common([_guess_type(pair.value, conventions, answers) for pair in pairs])
        required = len(samples) > 1 and counts[key] == len(samples)
        fields.append(_field(labels[0], field_type, labels, required=required))
    tables = {tuple(fold(label) for label in header.labels): header for header in reversed(headers)}
    for number, header in enumerate(reversed(tables.values()), 1):
        title = "Rows" if number == 1 else f"Rows {number}"
        fields.append(_field(title, "table", [], required=False) | {"columns": _columns(header, conventions, answers)})
    titles = list(dict.fromkeys(title for sample in samples if (title := _title(sample))))
    words = [*titles, *(field["title"] for field in fields if field["kind"] != "table")]
    return {
        "title": titles[0] if titles else "",
        "description": "",
        "labels": list(dict.fromkeys(words))[:_MOST_LABELS],
        "fields": fields,
    }


def _field(title: str, field_type: str, labels: list[str], *, required: bool) -> dict[str, Any]:
    return {"title": title, "kind": field_type, "labels": labels, "required": required, "columns": []}


def _columns(header: Header, conventions: Conventions, answers: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "title": label,
            "kind": _most_common([_guess_type(cell, conventions, answers) for cell in cells]),
            "labels": [label],
        }
        for label, cells in zip(header.labels, header.cells, strict=True)
    ]


def _pairs(document: Document) -> Iterator[Pair]:
    """Labels with their values: on one line behind a colon, beside each other, or below a label that ends in one."""
    for page in document.pages:
        inside = {line for _, lines in _headers(page) for line in lines}
        for line in page.lines:
            if line in inside:
                continue
            match = _LABELLED.fullmatch(line.text)
            if match and _is_label(match[1]):
                yield Pair(match[1], match[2])
            elif _is_label(line.text.rstrip(" :")):
                value = _value_at(page, line, inside)
                if value is not None:
                    yield Pair(line.text.rstrip(" :").strip(), value.text)


def _value_at(page: Page, label: Line, inside: set[Line]) -> Line | None:
    """Return the line that a label without a value on its own line stands for."""
    beside = next(iter(page.right_of(label)), None)
    if beside is not None and (label.text.rstrip().endswith(":") or _looks_like_value(beside.text)):
        return beside
    if label.text.rstrip().endswith(":"):
        return next((line for line in page.below(label.box) if line not in inside), None)
    return None


def _is_label(text: str) -> bool:
    words = text.split()
    letters = sum(char.isalpha() for char in text)
    few = 0 < len(words) <= _MOST_WORDS and len(text) <= _LONGEST_LABEL
    return few and letters > 1 and letters >= 0.6 * len(text.replace(" ", "")) and not find_dates(text, _UNKNOWN)


def _looks_like_value(text: str) -> bool:
    return bool(
        find_dates(text, _UNKNOWN)
        or find_amounts(text, _UNKNOWN)
        or find_codes(text)
        or any(tick in text for tick in _TICKS)
    )


def _headers(page: Page) -> Iterator[tuple[Header, set[Line]]]:
    """Rows of labels with rows of as many cells below them, and all lines of such a table."""
    rows = page.rows
    number = 0
    while number < len(rows):
        head = rows[number]
        below: list[tuple[Line, ...]] = []
        if len(head) >= _COLUMNS and all(_is_label(cell.text) for cell in head):
            for row in rows[number + 1 :]:
                if len(row) < len(head) - 1 or not any(char.isdigit() for cell in row for char in cell.text):
                    break
                below.append(row)
        if below:
            columns = [
                tuple(cell.text for row in below for cell in row if is_in_column(top.box, cell.box)) for top in head
            ]
            lines = {cell for row in (head, *below) for cell in row}
            yield Header(tuple(cell.text.strip(" :") for cell in head), tuple(columns)), lines
        number += 1 + len(below)


def _title(document: Document) -> str:
    """Return the largest words in the upper third of the first page."""
    if not document.pages:
        return ""
    page = document.pages[0]
    upper = [line for line in page.lines if line.box.y0 < page.size[1] / 3 and _is_label(line.text)]
    best = max(upper, key=lambda line: line.box.height, default=None)
    return best.text.strip(" :") if best and best.box.height > _LARGE * page.line_height else ""


def _most_common(field_types: Sequence[str]) -> str:
    """Return the type of most values; text when there are none."""
    return Counter(field_types).most_common(1)[0][0] if field_types else "text"


def _guess_type(value: str, conventions: Conventions, answers: frozenset[str]) -> str:
    """Return what a value is by its form."""
    text = value.strip()
    if any(tick in text for tick in _TICKS) or plain(text) in answers:
        return "boolean"
    dates = find_dates(text, conventions)
    if dates and dates[0].end - dates[0].start >= _MOST * len(text):
        return "date"
    amounts = find_amounts(text, conventions)
    if len(amounts) == 1 and amounts[0].end - amounts[0].start >= _MOST * len(text):
        whole = amounts[0].end - amounts[0].start == len(text)
        return "money" if amounts[0].currency or (amounts[0].is_money and whole) else "number"
    codes = find_codes(text)
    if len(codes) == 1 and codes[0].end - codes[0].start == len(text):
        return "identifier"
    return "text"
