"""What is searched on every page, whatever was read: labels without values, headed columns, several documents."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import FieldValue, Row
from shared.domain.reading.page import Page
from shared.domain.reading.several_documents import SeveralDocumentsSearch
from shared.domain.types.document_type import DocumentType
from shared.pipeline.checks.unread import UnreadSearch
from shared.pipeline.checks.unread_columns import HeadedColumns


class PageSearches:
    """Looks page by page; what it keeps does not grow with the number of pages."""

    def __init__(self, document_type: DocumentType) -> None:
        self._unread = UnreadSearch(document_type)
        self._columns = HeadedColumns(document_type)
        self._several = SeveralDocumentsSearch(document_type)

    def add_page(self, page: Page, filled: AbstractSet[str]) -> None:
        """Look at the next page; `filled`: the tables that have rows."""
        self._unread.add_page(page, frozenset(filled))
        self._columns.add_page(page)
        self._several.add_page(page)

    def findings(self, fields: Mapping[str, FieldValue], tables: Mapping[str, Sequence[Row]]) -> list[Finding]:
        """Return what was found, given what was read."""
        return [
            *self._unread.findings(fields, tables),
            *self._columns.findings(tables),
            *self._several.findings(),
        ]
