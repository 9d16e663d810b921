"""Pages that are hard to read in order: columns, tables beside prose, turned and tilted pages, three ways of writing.

Each has the lines that a person would read out, in their order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pymupdf

_WIDTH, _HEIGHT = 500, 700
_PROSE = (
    (
        "The harbour opens at six in the morning",
        "and closes when the last ferry has left",
        "for the islands.",
        "In winter the first ferry leaves at seven,",
        "and the last one before it gets dark.",
    ),
    (
        "Visitors are asked to keep the quay free",
        "of bicycles and carts, and to follow the",
        "signs on the wall.",
        "Dogs are welcome on a lead. Boats longer",
        "than ten metres must be announced.",
    ),
)
_TABLE = (("Pier", "Berths", "Depth"), ("North", "12", "4.5 m"), ("South", "8", "3.0 m"), ("West", "20", "6.5 m"))
_LETTER = (
    "Harbour office",
    "Dear Captain Brook,",
    "your berth is reserved until",
    "the third of May.",
    "Yours, Ada Quay",
)
_ARABIC = ("فاتورة رقم 4711", "تاريخ 12 مارس 2026", "سعر 119.00")
_HEBREW = ("חשבונית מספר 4711", "תאריך 3 במאי 2026", "מחיר 119.00")
_CHINESE = ("发票号码 4711", "开票日期 2026年5月3日", "总计 119.00 元")
_VERTICAL = ("港口今天开放", "渡轮六点出发")


@dataclass(frozen=True)
class HardPage:
    """A file of one page or more; `lines` are all of its lines in reading order; `make` returns its bytes."""

    file: str
    lines: tuple[str, ...]
    make: Callable[[], bytes]


def _page(document: Any, width: float = _WIDTH, height: float = _HEIGHT) -> Any:  # noqa: ANN401 - PyMuPDF's stubs
    return document.new_page(width=width, height=height)


def _save_pdf(document: Any) -> bytes:  # noqa: ANN401 - as above
    document.set_metadata({})
    document.subset_fonts()
    return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def _put_text(page: Any, x: float, y: float, lines: tuple[str, ...], step: float = 14) -> None:  # noqa: ANN401 - as above
    for number, line in enumerate(lines):
        page.insert_text((x, y + number * step), line, fontsize=10)


def _columns() -> bytes:
    document = pymupdf.open()
    page = _page(document)
    _put_text(page, 270, 90, _PROSE[1])  # drawn first, read last
    _put_text(page, 50, 90, _PROSE[0])
    page.insert_text((50, 60), _TITLE, fontsize=11)
    return _save_pdf(document)


def _table_beside_prose() -> bytes:
    document = pymupdf.open()
    page = _page(document)
    for row, cells in enumerate(_TABLE):
        for column, cell in enumerate(cells):
            page.insert_text((270 + 60 * column, 93 + 19 * row), cell, fontsize=10)
    _put_text(page, 50, 90, _PROSE[0] + _PROSE[1])
    return _save_pdf(document)


def _letter() -> Any:  # noqa: ANN401 - as above
    document = pymupdf.open()
    _put_text(_page(document), 60, 100, _LETTER, step=40)
    return document


def _rotate_page() -> bytes:
    """Pages that a viewer turns: their content lies on its side, /Rotate puts it upright."""
    source, document = _letter(), pymupdf.open()
    for angle in (90, 180, 270):
        _turned_into(document, source, -angle).set_rotation(angle)
    return _save_pdf(document)


def _turn_content() -> bytes:
    """Pages whose content lies on its side or upside down, and nothing says so."""
    source, document = _letter(), pymupdf.open()
    for angle in (90, 180, 270):
        _turned_into(document, source, angle)
    return _save_pdf(document)


def _turned_into(document: Any, source: Any, angle: int) -> Any:  # noqa: ANN401 - as above
    size = (_WIDTH, _HEIGHT) if angle % 180 == 0 else (_HEIGHT, _WIDTH)
    page = _page(document, *size)
    page.show_pdf_page(page.rect, source, 0, rotate=angle)
    return page


def _skew_page() -> bytes:
    source, document = pymupdf.open(), pymupdf.open()
    drawn = _page(source)
    for row, cells in enumerate(_TABLE):
        for column, cell in enumerate(cells):
            drawn.insert_text((60 + 120 * column, 100 + 14 * row), cell, fontsize=10)
    _put_text(drawn, 60, 200, (" ".join(_PROSE[0][:2]), " ".join(_PROSE[0][2:])))
    page = _page(document)
    page.show_pdf_page(page.rect, source, 0, rotate=3)
    return _save_pdf(document)


def _script(lines: tuple[str, ...], direction: str) -> Callable[[], bytes]:
    def make() -> bytes:
        document = pymupdf.open()
        page = _page(document)
        for number, line in enumerate(lines):
            area = pymupdf.Rect(50, 60 + 40 * number, _WIDTH - 50, 90 + 40 * number)
            page.insert_htmlbox(area, f'<p dir="{direction}">{line}</p>')
        return _save_pdf(document)

    return make


def _vertical() -> bytes:
    """Chinese from top to bottom, columns from right to left; the font is the viewer's own."""
    document = pymupdf.open()
    page = _page(document)
    for column, text in enumerate(_VERTICAL):
        page.insert_text((300 - 30 * column, 100), text, fontname="china-s", fontsize=14)
    font = document.get_page_fonts(0)[0][0]
    document.xref_set_key(font, "Encoding", "/UniGB-UTF16-V")
    document.set_metadata({})
    return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def _rows(table: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return tuple(cell for row in table for cell in row)


_TITLE = "Rules of the harbour of Greater Larkfield, as of the third of May"
HARD_PAGES = (
    HardPage("two-columns.pdf", (_TITLE, *_PROSE[0], *_PROSE[1]), _columns),
    HardPage("table-beside-prose.pdf", (*_PROSE[0], *_PROSE[1], *_rows(_TABLE)), _table_beside_prose),
    HardPage("rotated.pdf", _LETTER * 3, _rotate_page),
    HardPage("turned.pdf", _LETTER * 3, _turn_content),
    HardPage("skewed.pdf", (*_rows(_TABLE), " ".join(_PROSE[0][:2]), " ".join(_PROSE[0][2:])), _skew_page),
    HardPage("arabic.pdf", _ARABIC, _script(_ARABIC, "rtl")),
    HardPage("hebrew.pdf", _HEBREW, _script(_HEBREW, "rtl")),
    HardPage("chinese.pdf", _CHINESE, _script(_CHINESE, "ltr")),
    HardPage("chinese-vertical.pdf", _VERTICAL, _vertical),
)
