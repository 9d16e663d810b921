"""Find the page with the headings of a table that continues on later pages without headings."""

from collections.abc import Sequence

from shared.domain.reading.headings import has_heading
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.store.artifacts import StoredPages

MAX_HEADING_PAGE = 3
"""Last page that is searched for the headings of tables."""


async def find_headings(stored: StoredPages, document_type: DocumentType) -> int:
    """Return the first page that has the headings of a table; 0 when none of the document's first pages has."""
    tables = _tables(document_type)
    for number in range(1, min(MAX_HEADING_PAGE, stored.count) + 1):
        (page,) = await stored.load([number])
        if any(has_heading(table, page) for table in tables):
            return number
    return 0


async def load_heading_page(
    stored: StoredPages, document_type: DocumentType, first: int, pages: Sequence[Page]
) -> Page | None:
    """Return the page `first` if it has the headings of a table that may continue on `pages`, which have none.

    None where a page has no lines: its rows could not be distinguished from those of the page with the headings.
    """
    if not 0 < first < pages[0].number or not all(page.lines for page in pages):
        return None
    if all(has_heading(table, pages[0]) for table in _tables(document_type)):
        return None
    (page,) = await stored.load([first])
    return page


def _tables(document_type: DocumentType) -> list[FieldSpec]:
    return [spec for spec in document_type.fields if spec.field_type == "table"]
