"""Pages made of plain text, for the scripts of readers and recognizers."""

from shared.domain.reading.page import Line, Page, PageImage, Word, line_id
from shared.ports.reading import SourcePage


def text_lines(page: int, *texts: str) -> tuple[Line, ...]:
    """Lines below each other, 20 points apart, each word as wide as it has letters times 6 points."""
    return tuple(
        Line(id=line_id(page, index), words=_words(text, top=20.0 * index)) for index, text in enumerate(texts, start=1)
    )


def text_page(number: int, *texts: str, picture: PageImage | None = None) -> SourcePage:
    """Return an A4 page with a text layer of these lines."""
    page = Page(
        number=number,
        width=595,
        height=842,
        unit="pt",
        source="text",
        lines=text_lines(number, *texts),
    )
    return SourcePage(page=page, wants_ocr=False, picture=picture)


def scanned_page(number: int, width: int = 1654, height: int = 2339) -> SourcePage:
    """Return a page that is only a picture (not really: its bytes are a word) and wants OCR; A4 at 200 dpi."""
    page = Page(number=number, width=width, height=height, unit="px", source="none")
    picture = PageImage(media_type="image/png", data=b"a picture", width=width, height=height)
    return SourcePage(page=page, wants_ocr=True, picture=picture)


def _words(text: str, top: float) -> tuple[Word, ...]:
    words, left = [], 50.0
    for word in text.split():
        right = left + 6.0 * len(word)
        words.append(Word(text=word, box=(left, top, right, top + 12.0)))
        left = right + 6.0
    return tuple(words)
