"""What else reads the text of a PDF: each library as its own documentation says to use it."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple


class Rival(NamedTuple):
    """A library: its name, the module it needs, whether it gives the places of words, and how it reads a file."""

    name: str
    module: str
    places: bool
    read: Callable[[Path], int]


def pymupdf_words(path: Path) -> int:
    """Return the words of every page with their boxes, in the order of the file; how many."""
    import pymupdf

    with pymupdf.open(path) as document:
        return sum(len(page.get_text("words")) for page in document)


def _pypdfium2(path: Path) -> int:
    import pypdfium2

    document: Any = pypdfium2.PdfDocument(path)
    count = 0
    for page in document:
        text = page.get_textpage()
        places = [text.get_rect(index) for index in range(text.count_rects())]
        count += len(text.get_text_bounded().split()) + 0 * len(places)
        text.close()
        page.close()
    document.close()
    return count


def _kreuzberg(path: Path) -> int:
    import kreuzberg

    return len(kreuzberg.extract_file_sync(str(path)).content.split())


def _pdfplumber(path: Path) -> int:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return sum(len(page.extract_words()) for page in document.pages)


def _pypdf(path: Path) -> int:
    import pypdf

    return sum(len(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)


def _markitdown(path: Path) -> int:
    import markitdown

    return len(markitdown.MarkItDown().convert(str(path)).text_content.split())


RIVALS = (
    Rival("pypdfium2", "pypdfium2", places=True, read=_pypdfium2),
    Rival("kreuzberg", "kreuzberg", places=False, read=_kreuzberg),
    Rival("pypdf", "pypdf", places=False, read=_pypdf),
    Rival("pdfplumber", "pdfplumber", places=True, read=_pdfplumber),
    Rival("markitdown", "markitdown", places=False, read=_markitdown),
)


def installed_rivals(rivals: Sequence[Rival] = RIVALS) -> tuple[Rival, ...]:
    """Those that are installed here."""
    return tuple(rival for rival in rivals if find_spec(rival.module) is not None)
