"""Names of OpenDocument's XML, and small things read from its elements."""

from typing import TYPE_CHECKING

from shared.domain.content.blocks import Block, Concealed

if TYPE_CHECKING:
    from lxml.etree import _Element

_O = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, DRAW, FORM = (f"{{{_O}{name}:1.0}}" for name in ("office", "text", "table", "drawing", "form"))
STYLE, FO, CHART = (f"{{{_O}{name}:1.0}}" for name in ("style", "xsl-fo-compatible", "chart"))
SVG, DC, XLINK = f"{{{_O}svg-compatible:1.0}}", "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/xlink}"
FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
NOTE_MARKS = frozenset({f"{TEXT}note-citation", f"{DC}creator", f"{DC}date", f"{_O}meta:1.0date-string"})
_UNITS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "px": 0.75}


def read_words(element: "_Element") -> str:
    """Return all words below an element."""
    return " ".join("".join(element.itertext()).split())


def conceal(element: "_Element") -> Block:
    """Return the text of an element as concealed."""
    return Concealed(" ".join(filter(None, (" ".join(text.split()) for text in element.itertext()))))


def count_repeats(element: "_Element", axis: str) -> int:
    """Return how often a row or a cell is repeated (`axis`: rows or columns)."""
    times = element.get(f"{TABLE}number-{axis}-repeated", "1")
    return int(times) if times.isdecimal() else 1


def count_spanned(cell: "_Element", axis: str) -> int:
    """Return how many rows or columns (`axis`) a cell spans, at most 1,000."""
    times = cell.get(f"{TABLE}number-{axis}-spanned", "1")
    return min(max(int(times), 1), 1000) if times.isdecimal() else 1


def to_points(length: str) -> float:
    """Return a length such as 4.2cm in points; 0 when it is not understood."""
    try:
        return float(length[:-2]) * _UNITS.get(length[-2:], 0.0)
    except ValueError:
        return 0.0
