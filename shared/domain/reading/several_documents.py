"""Whether a file that is read as one document holds several: pages that begin a document with a number of its own."""

from collections.abc import Iterator
from copy import replace

from shared.domain.base.finding import Finding
from shared.domain.reading.document_numbers import is_document_number
from shared.domain.reading.packet import DocumentStart, SignReader, Signs, find_second_document
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType

SEVERAL_DOCUMENTS = "several_documents"
MAX_NUMBERS = 20
"""Document numbers that are kept of a page; one with more lists other documents."""


class SeveralDocumentsSearch:
    """Looks page by page, in any order, for documents that were put into one file."""

    def __init__(self, document_type: DocumentType) -> None:
        self._spec = next((spec for spec in document_type.fields if is_document_number(spec)), None)
        self._field = f"{document_type.name}.{self._spec.name}" if self._spec else ""
        self._reader = SignReader([document_type])
        self._pages: dict[int, Signs] = {}

    def add_page(self, page: Page) -> None:
        """Keep what a page says about where its document begins."""
        if self._spec is not None:
            signs = self._reader.read(page)
            numbers = tuple(number for number in signs.numbers if number.field == self._field)
            self._pages[page.number] = replace(signs, numbers=numbers[:MAX_NUMBERS])

    def findings(self) -> Iterator[Finding]:
        """Yield a finding when the pages state a second document."""
        pages = [self._pages[number] for number in sorted(self._pages)]
        starts = find_second_document(pages, self._field)
        if starts is None or self._spec is None:
            return
        first, second = map(_describe, starts)
        text = (
            f"The file seems to hold several documents: {first} and {second} each begin one. Upload them as files of "
            "their own, or into a folder without a type, where stacks are taken apart."
        )
        yield Finding(rule=SEVERAL_DOCUMENTS, severity="error", message=text, fields=(self._spec.name,))


def _describe(start: DocumentStart) -> str:
    return f"page {start.page} ({start.number})" if start.number else f"page {start.page}"
