"""What is done to printed PDFs: marks, stamps, pages of several documents, and damage."""

from collections.abc import Callable
from typing import Any

import pymupdf

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.layouts.letter import add_spaces, letter

_MARGIN = 70.0
_DAMAGED_BYTES = 40


def edit_pages(pdf: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return the PDF after `edit` changed the open document."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        edit(document)
        return bytes(document.tobytes(garbage=3, deflate=True, clean=True))


def find_words(page: Any, text: str) -> Any:  # noqa: ANN401 - PyMuPDF has no types
    """Return where the first line with this text stands on a page."""
    return page.search_for(text)[0]


def highlight_text(pdf: bytes, text: str) -> bytes:
    """Mark a text as with a highlighter; it stays valid."""
    return edit_pages(pdf, lambda document: document[0].add_highlight_annot(find_words(document[0], text)))


def strike_text(pdf: bytes, text: str, correction: str = "") -> bytes:
    """Strike a text with an annotation, and type a correction to the right of it."""

    def strike(document: Any) -> None:  # noqa: ANN401 - as above
        page = document[0]
        place = find_words(page, text)
        page.add_strikeout_annot(place)
        if correction:
            box = pymupdf.Rect(place.x1 + 3, place.y0 - 2, place.x1 + 80, place.y1 + 2)
            page.add_freetext_annot(box, correction, fontsize=9)

    return edit_pages(pdf, strike)


def draw_line_through(pdf: bytes, text: str) -> bytes:
    """Strike a text with a line of the page itself."""

    def strike(document: Any) -> None:  # noqa: ANN401 - as above
        page = document[0]
        place = find_words(page, text)
        middle = (place.y0 + place.y1) / 2
        page.draw_line((place.x0, middle), (place.x1, middle), width=0.9)

    return edit_pages(pdf, strike)


def write_text(pdf: bytes, place: tuple[float, float], *lines: str, page: int = 0) -> bytes:
    """Write lines onto a page, one below the other."""
    return edit_pages(pdf, lambda document: document[page].insert_text(place, lines, fontsize=9))


def stamp_page(pdf: bytes, text: str) -> bytes:
    """Put a stamp, an annotation with text, into the free space of the first page."""

    def stamp(document: Any) -> None:  # noqa: ANN401 - as above
        document[0].add_freetext_annot((330, 560, 540, 590), text, fontsize=14)

    return edit_pages(pdf, stamp)


def draw_twice(pdf: bytes, across: float = 0.3, down: float = 0.0) -> bytes:
    """Draw the content of the first page a second time, moved by so many points: it looks bold."""

    def double(document: Any) -> None:  # noqa: ANN401 - as above
        xref = document[0].get_contents()[0]
        content = document.xref_stream(xref)
        move = f"q 1 0 0 1 {across} {down} cm\n".encode()
        document.update_stream(xref, b"q\n" + content + b"\nQ\n" + move + content + b"\nQ")

    return edit_pages(edit_pages(pdf, lambda _document: None), double)


def damage_content(pdf: bytes, visible: str, lost: str) -> bytes:
    """Damage some bytes of the first page's content so that `visible` is still drawn and `lost` is not."""
    whole = edit_pages(pdf, lambda _document: None)
    with pymupdf.open(stream=whole, filetype="pdf") as document:
        stream = document.xref_stream_raw(document[0].get_contents()[0])
    at = whole.find(stream)
    for cut in range(at, at + len(stream) - _DAMAGED_BYTES, 16):
        damaged = bytearray(whole)
        for place in range(cut, cut + _DAMAGED_BYTES):
            damaged[place] ^= 0x5A
        text = _text_of_first_page(bytes(damaged))
        if visible in text and lost not in text:
            return bytes(damaged)
    raise ValueError(f"no damage loses {lost!r} and leaves {visible!r}")


def _text_of_first_page(pdf: bytes) -> str:
    pymupdf.TOOLS.mupdf_display_errors(False)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return str(document[0].get_text())


def append_pages(*pdfs: bytes) -> bytes:
    """Return the pages of several PDFs as one PDF."""

    def append(document: Any) -> None:  # noqa: ANN401 - as above
        for pdf in pdfs[1:]:
            with pymupdf.open(stream=pdf, filetype="pdf") as following:
                document.insert_pdf(following)

    return edit_pages(pdfs[0], append)


def understate_page_count(pdf: bytes) -> bytes:
    """Make the page tree of a PDF of two pages say that it has one."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        plain = bytes(document.tobytes())
    if plain.count(b"/Count 2") != 1:
        raise ValueError("the PDF does not state two pages once")
    return plain.replace(b"/Count 2", b"/Count 1")


def repeat_header(invoice: Invoice, words: Words, total_pages: int = 2) -> bytes:
    """Return the letter of an invoice of several pages, each with its number, the IBAN and `Page n of m`."""

    def head(document: Any) -> None:  # noqa: ANN401 - as above
        if document.page_count != total_pages:
            raise ValueError(f"the letter has {document.page_count} pages")
        for number, page in enumerate(document, 1):
            page.insert_text((280, 825), f"{words.page} {number} of {total_pages}", fontsize=8)
            if number > 1:
                header = f"{invoice.seller.name} - {words.number}: {invoice.number}"
                page.insert_text((_MARGIN, 44), header, fontsize=9)
            if number < total_pages:
                page.insert_text((_MARGIN, 805), f"IBAN: {add_spaces(invoice.seller.iban or '')}", fontsize=8)

    return edit_pages(letter(invoice, words), head)
