"""Read the tables of HTML: their rows in the order in which a browser shows them, cells that span others."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from shared.domain.content.table_spans import SpanningCell

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_COLUMN_SPAN, MAX_ROW_SPAN = 1000, 65_534
"""As browsers have it (HTML, "forming a table")."""
_GROUP_ORDER = {"thead": 0, "tfoot": 2}


def read_row_groups(table: "HtmlElement") -> "list[list[HtmlElement]]":
    """Return the rows of each group of a table (`thead`, `tbody`, `tfoot`), not those of tables inside it.

    The first head comes first and the first foot last, wherever they stand.
    """
    groups: dict[HtmlElement, list[HtmlElement]] = {}
    for row in filter(partial(_is_row_of, table), table.iter("tr")):
        groups.setdefault(_group_of(row, table), []).append(row)
    placed_tags: set[str] = set()
    ordered = []
    for group, rows in groups.items():
        place = 1 if group.tag in placed_tags else _GROUP_ORDER.get(group.tag, 1)
        placed_tags.add(group.tag)
        ordered.append((place, rows))
    return [rows for _, rows in sorted(ordered, key=lambda pair: pair[0])]


def iter_outside_rows(table: "HtmlElement") -> "Iterator[HtmlElement]":
    """Yield the content of a table outside its rows: its caption, or what a parser left there."""
    for part in table:
        if isinstance(part.tag, str) and part.tag not in ("thead", "tbody", "tfoot", "tr", "colgroup", "col"):
            yield part


def span_cell[Content](cell: "HtmlElement", content: Content) -> SpanningCell[Content]:
    """Return a cell with the columns and rows that it covers."""
    columns = _read_span(cell.get("colspan", ""), MAX_COLUMN_SPAN)
    rows = _read_span(cell.get("rowspan", ""), MAX_ROW_SPAN)
    return SpanningCell(content, max(columns, 1), rows)


def _read_span(text: str, most: int) -> int:
    digits = text.strip()
    return min(int(digits[:9]), most) if digits.isdecimal() else 1


def _is_row_of(table: "HtmlElement", row: "HtmlElement") -> bool:
    return next(row.iterancestors("table"), None) is table


def _group_of(row: "HtmlElement", table: "HtmlElement") -> "HtmlElement":
    return next(row.iterancestors("thead", "tbody", "tfoot", "table"), table)
