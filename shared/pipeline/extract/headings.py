"""Headings: a table that goes on over pages often names its columns on its first page alone."""

from collections.abc import Sequence

from shared.domain.reading.headings import has_heading
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.store.artifacts import StoredPages

LOOKED_AT = 3
"""First pages of a document on which the headings of its tables are looked for."""


async def find_headings(stored: StoredPages, kind: DocumentType) -> int:
    """Return the first page that has the headings of a table; 0 when none of the document's first pages has."""
    tables = _tables(kind)
    for number in range(1, min(LOOKED_AT, stored.count) + 1):
        (page,) = await stored.load([number])
        if any(has_heading(table, page) for table in tables):
            return number
    return 0


async def heading_page(stored: StoredPages, kind: DocumentType, first: int, pages: Sequence[Page]) -> Page | None:
    """The page `first`, if it has the headings of a table that may go on over `pages`, which have none themselves.

    Not where a page has no lines: its rows could not be told from those of the page with the headings.
    """
    if not 0 < first < pages[0].number or not all(page.lines for page in pages):
        return None
    if all(has_heading(table, pages[0]) for table in _tables(kind)):
        return None
    (page,) = await stored.load([first])
    return page


def _tables(kind: DocumentType) -> list[FieldSpec]:
    return [spec for spec in kind.fields if spec.field_type == "table"]
