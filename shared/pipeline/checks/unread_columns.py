"""Columns of a table that the page heads and nobody read: rows without any cell in them."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Row
from shared.domain.reading.headings import MIN_HEADING_COLUMNS, is_heading, label_words
from shared.domain.reading.page import Line, Page
from shared.domain.reading.quoting import side_by_side
from shared.domain.types.document_type import DocumentType, FieldSpec

EMPTY_COLUMN = "empty_column"
MAX_HEADING_PAGES = 5
"""Pages with headings of a table that are looked at; the later ones repeat them."""


@dataclass
class HeadedColumns:
    """Looks page by page for the headings of tables: which of their columns the pages name, and on which page."""

    document_type: DocumentType
    headed: dict[str, list[tuple[int, frozenset[str]]]] = field(default_factory=dict)
    _pages: dict[str, set[int]] = field(default_factory=dict)

    def add_page(self, page: Page) -> None:
        """Look at the next page."""
        tables = [
            spec
            for spec in self.document_type.fields
            if len(spec.columns) > 1 and len(self._pages.get(spec.name, ())) < MAX_HEADING_PAGES
        ]
        for row in side_by_side(page.lines) if tables else ():
            for table in tables:
                if is_heading(table, row):
                    self._pages.setdefault(table.name, set()).add(page.number)
                    named = frozenset(name for line in row for name in _named_columns(table, line))
                    self.headed.setdefault(table.name, []).append((page.number, named))

    def findings(self, tables: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
        """Yield a finding for each column that has a heading, and no cell in any of the rows.

        A heading of these rows names at least two columns that they fill; another one heads a summary of taxes, say.
        """
        for spec in self.document_type.fields:
            rows = tables.get(spec.name) or ()
            filled = {name for row in rows for name, cell in row.cells.items() if cell is not None}
            headings = [
                (page, named)
                for page, named in self.headed.get(spec.name, ())
                if len(named & filled) >= MIN_HEADING_COLUMNS
            ]
            for column in spec.columns if rows else ():
                page = next((page for page, named in headings if column.name in named), None)
                if page is not None and column.name not in filled:
                    text = f"{spec.title}: {column.title} is empty in every row, but has a heading on page {page}."
                    yield Finding(rule=EMPTY_COLUMN, severity="error", message=text, fields=(spec.name,))


def _named_columns(table: FieldSpec, line: Line) -> list[str]:
    """Return the columns that a line of a heading names: those of the labels that it consists of, the longest first.

    None when words are left over, or when several columns share a label: such a line may head something else.
    """
    owners = _columns_by_label(table.columns)
    words, named, start = label_words(line.text), list[str](), 0
    while start < len(words):
        ends = range(len(words), start, -1)
        end = next((end for end in ends if len(owners.get(words[start:end], ())) == 1), None)
        if end is None:
            return []
        named += owners[words[start:end]]
        start = end
    return named


@lru_cache(maxsize=64)  # one for each table of a type
def _columns_by_label(columns: tuple[FieldSpec, ...]) -> Mapping[tuple[str, ...], AbstractSet[str]]:
    """Return the names of columns by the words of their labels."""
    owners: dict[tuple[str, ...], set[str]] = {}
    for column in columns:
        for label in (column.title, *column.labels):
            owners.setdefault(label_words(label), set()).add(column.name)
    return owners
