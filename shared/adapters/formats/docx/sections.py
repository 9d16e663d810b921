"""Which headers and footers Word prints: those of its sections, by what kinds of pages the sections tell apart."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.adapters.formats.docx.names import R, W, is_on

if TYPE_CHECKING:
    from lxml.etree import _Element


def list_printed_edges(body: "_Element", settings: "_Element | None", edge_type: str) -> list[str]:
    """Return the references of the headers or footers (`kind`) that some page of some section shows.

    A section without one of its own has that of the previous section.
    """
    has_even_pages = bool(is_on(settings, "evenAndOddHeaders"))
    references: dict[str, str] = {}
    printed: dict[str, None] = {}
    for section in body.iter(f"{W}sectPr"):
        references |= dict(_list_references(section, edge_type))
        shown = {"default": True, "first": bool(is_on(section, "titlePg")), "even": has_even_pages}
        printed |= {reference: None for page, reference in references.items() if shown.get(page)}
    return list(printed)


def _list_references(section: "_Element", edge_type: str) -> Iterator[tuple[str, str]]:
    for reference in section.iterfind(f"{W}{edge_type}Reference"):
        yield reference.get(f"{W}type", "default"), reference.get(f"{R}id", "")
