"""Read what the sheets of a spreadsheet print at the head and the foot of their pages."""

import copy
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from shared.adapters.formats.odf.parts.names import STYLE, TABLE, TEXT, read_words
from shared.adapters.formats.odf.text import TextWalk
from shared.domain.content.blocks import Block
from shared.domain.spreadsheets.sheet_headers import is_page_counter

if TYPE_CHECKING:
    from lxml.etree import _Element

_DEFAULT_PAGE = "Default"
_PAGE_FIELDS = frozenset({f"{TEXT}page-number", f"{TEXT}page-count"})
_PRINT_FIELDS = _PAGE_FIELDS | {f"{TEXT}{name}" for name in ("date", "time", "file-name", "title", "sheet-name")}
"""What only the printing program knows, or what is the sheet's own name."""


def read_sheet_edges(walk: TextWalk, tables: "Iterable[_Element]", edge: str) -> Iterator[Block]:
    """Yield the `header` or the `footer` of the pages on which these sheets are printed, each text once."""
    if walk.document.edges is None:
        return
    pages = {_find_page(walk, table) for table in tables}
    read: set[str] = set()
    for page in walk.document.edges.iter(f"{STYLE}master-page"):
        for part in page if page.get(f"{STYLE}name") in pages else ():
            is_printed = part.get(f"{STYLE}display", "true") == "true"
            if part.tag in {f"{STYLE}{edge}{page_suffix}" for page_suffix in ("", "-left", "-first")} and is_printed:
                yield from _read_edge(walk, part, read)


def _find_page(walk: TextWalk, table: "_Element") -> str:
    """Return the name of the page style of a sheet."""
    name = table.get(f"{TABLE}style-name")
    for style in walk.document.content.iter(f"{STYLE}style"):
        if style.get(f"{STYLE}name") == name and style.get(f"{STYLE}family") == "table":
            return str(style.get(f"{STYLE}master-page-name") or _DEFAULT_PAGE)
    return _DEFAULT_PAGE


def _read_edge(walk: TextWalk, edge: "_Element", read: set[str]) -> Iterator[Block]:
    for paragraph in edge.iter(f"{TEXT}p"):
        shown = copy.deepcopy(paragraph)
        shown.tail = None
        fields = [field for field in shown.iter() if field.tag in _PRINT_FIELDS]
        for field in fields:
            for child in list(field):
                field.remove(child)
            field.text = ""
        words = read_words(shown)
        counts_pages = any(field.tag in _PAGE_FIELDS for field in fields)
        is_text = any(letter.isalnum() for letter in words) and not is_page_counter(words, counts_pages=counts_pages)
        if words not in read and (is_text or (not words and len(shown) > len(fields))):
            read.add(words)
            yield from walk.read_blocks([shown], 0, 0)
