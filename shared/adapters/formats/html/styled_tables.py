"""Find tables that styles make of other elements: `display: table`, and rows of `display: flex`."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.formats.html.text_style import TextStyle

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_ROWS = MIN_COLUMNS = 2
_GROUPS = frozenset({"table-row-group", "table-header-group", "table-footer-group"})
_FLEX_ROW = re.compile(r"(?:inline-)?flex")


class StyledRow(NamedTuple):
    """A row of a table: its cells are the elements in it."""

    element: "HtmlElement"
    style: TextStyle


def list_styled_rows(
    element: "HtmlElement", style: TextStyle, compute: "Callable[[HtmlElement, TextStyle], TextStyle]"
) -> list[StyledRow]:
    """Return the rows when an element is a table by its style, or holds nothing but rows of equally many cells."""
    children = [child for child in element if isinstance(child.tag, str)]
    is_table = style.display in ("table", "inline-table")
    if element.tag == "details" or _has_loose_text(element) or (not is_table and len(children) < MIN_ROWS):
        return []
    styled = [StyledRow(child, compute(child, style)) for child in children]
    if not is_table:
        rows = [row for row in styled if row.style.rendered]
        widths = {len(row.element) for row in rows}
        is_flex = all(_FLEX_ROW.fullmatch(row.style.display) and not row.style.stacks for row in rows)
        return styled if is_flex and len(rows) >= MIN_ROWS and len(widths) == 1 and min(widths) >= MIN_COLUMNS else []
    rows = [row for part in styled for row in _open_group(part, compute)]
    shown = [row for row in rows if row.style.rendered]
    are_rows = all(row.style.display == "table-row" and not _has_loose_text(row.element) for row in shown)
    return rows if are_rows else []


def _open_group(part: StyledRow, compute: "Callable[[HtmlElement, TextStyle], TextStyle]") -> Iterator[StyledRow]:
    if part.style.display not in _GROUPS:
        yield part
        return
    for child in part.element:
        if isinstance(child.tag, str):
            yield StyledRow(child, compute(child, part.style))


def _has_loose_text(element: "HtmlElement") -> bool:
    """Return whether text stands in an element beside the elements in it."""
    texts = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in texts)
