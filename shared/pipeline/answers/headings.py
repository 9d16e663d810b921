"""Headings: a table that goes on over pages often names its columns on its first page alone."""

import re
from collections.abc import Sequence
from functools import lru_cache

from shared.domain.reading.page import Line, Page
from shared.domain.reading.quoting import side_by_side
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.store.artifacts import StoredPages

LOOKED_AT = 3
"""First pages of a document on which the headings of its tables are looked for."""
FEWEST = 2
"""Columns that a row of lines must name to be a heading."""
_WORDS = re.compile(r"[^\W_]+|%")


async def find_headings(stored: StoredPages, kind: DocumentType) -> int:
    """The first page that has the headings of a table; 0 when none of the document's first pages has."""
    tables = _tables(kind)
    for number in range(1, min(LOOKED_AT, stored.count) + 1):
        (page,) = await stored.some([number])
        if any(heads(table, page) for table in tables):
            return number
    return 0


async def heading_page(stored: StoredPages, kind: DocumentType, first: int, pages: Sequence[Page]) -> Page | None:
    """The page `first`, if it has the headings of a table that may go on over `pages`, which have none themselves.

    Not where a page has no lines: its rows could not be told from those of the page with the headings.
    """
    if not 0 < first < pages[0].number or not all(page.lines for page in pages):
        return None
    if all(heads(table, pages[0]) for table in _tables(kind)):
        return None
    (page,) = await stored.some([first])
    return page


def _tables(kind: DocumentType) -> list[FieldSpec]:
    return [spec for spec in kind.fields if spec.kind == "table"]


def heads(table: FieldSpec, page: Page) -> bool:
    """Whether some row of lines on the page names columns of the table."""
    return any(is_heading(table, row) for row in side_by_side(page.lines))


def is_heading(table: FieldSpec, row: Sequence[Line]) -> bool:
    """Whether a row of lines names columns of the table."""
    return _named(table, row) >= FEWEST


def _named(table: FieldSpec, row: Sequence[Line]) -> int:
    """How many columns a row of lines names."""
    text = _spaced(" ".join(line.text for line in row))
    return sum(any(label in text for label in _spaced_labels(column.title, column.labels)) for column in table.columns)


@lru_cache(maxsize=4096)
def _spaced_labels(title: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_spaced(label) for label in (title, *labels))


def label_words(text: str) -> tuple[str, ...]:
    """Return the words of a label or of a heading as they are compared: without case and signs, but with `%`."""
    return tuple(_WORDS.findall(text.casefold()))


def _spaced(text: str) -> str:
    """The words with a space around each, so that a label is found as whole words."""
    return f" {' '.join(label_words(text))} "
