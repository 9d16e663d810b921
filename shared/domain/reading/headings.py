"""Recognize rows of lines that name the columns of a table."""

import re
from collections.abc import Sequence
from functools import lru_cache

from shared.domain.reading.page import Line, Page
from shared.domain.reading.quoting import side_by_side
from shared.domain.types.document_type import FieldSpec

MIN_HEADING_COLUMNS = 2
"""Columns that a row of lines must name to be a heading."""
_WORDS = re.compile(r"[^\W_]+|%")


def has_heading(table: FieldSpec, page: Page) -> bool:
    """Return whether some row of lines on the page names columns of the table."""
    return any(is_heading(table, row) for row in side_by_side(page.lines))


def is_heading(table: FieldSpec, row: Sequence[Line]) -> bool:
    """Return whether a row of lines names columns of the table."""
    return _count_named_columns(table, row) >= MIN_HEADING_COLUMNS


def _count_named_columns(table: FieldSpec, row: Sequence[Line]) -> int:
    """Return how many columns a row of lines names."""
    text = _surround_words(" ".join(line.text for line in row))
    return sum(any(label in text for label in _spaced_labels(column.title, column.labels)) for column in table.columns)


@lru_cache(maxsize=4096)
def _spaced_labels(title: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_surround_words(label) for label in (title, *labels))


def label_words(text: str) -> tuple[str, ...]:
    """Return the words of a label or of a heading as they are compared: without case and signs, but with `%`."""
    return tuple(_WORDS.findall(text.casefold()))


def _surround_words(text: str) -> str:
    """Return the words with a space around each, so that a label is found as whole words."""
    return f" {' '.join(label_words(text))} "
