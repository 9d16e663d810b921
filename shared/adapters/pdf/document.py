"""The side of the reader that runs in a child: opens a PDF, reads its pages one by one."""

from array import array
from collections.abc import Sequence
from itertools import batched, chain, groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from shared.adapters.pdf.page.interpreted_page import switched_off
from shared.adapters.pdf.pictures.areas import picture_areas
from shared.adapters.pdf.pictures.picture import QUALITY, image_share, is_blank, render
from shared.adapters.pdf.pictures.scan import find_scan, scan_picture
from shared.adapters.pdf.structure.damage import lost_parts
from shared.adapters.pdf.structure.opening import open_pdf, reopen_pdf
from shared.adapters.pdf.structure.page_tree import is_missing
from shared.adapters.pdf.structure.revisions import EarlierRevisions
from shared.adapters.pdf.text import PageText, garbage_share, page_text
from shared.adapters.pdf.words.false_letters import FontCheck
from shared.domain.reading.ocr_need import FEW_CHARACTERS, Ceiling, TextLayer, areas_for_ocr, needs_ocr
from shared.domain.reading.page import Box, Page, PageImage, TextKind, line_id
from shared.ports.reading import SourcePage

if TYPE_CHECKING:
    import pymupdf

PAGES_PER_OPENING = 1000
"""MuPDF keeps every object it has loaded: a huge file is opened again after this many pages."""


class RawPage(NamedTuple):
    """A SourcePage as it travels between processes: `page` holds the plain fields of a Page, all but its lines.

    Of `lines` each is its kind and how many of the page's `words` it has; each word has four of the numbers in `boxes`.
    To build an object for each word, and to pickle it, costs the child a sixth of reading the page; a tuple for each
    costs the parent, of which there is one for all children, a quarter more.
    """

    page: dict[str, Any]
    wants_ocr: bool
    picture: PageImage | None
    areas: tuple[Box, ...] = ()
    lines: Sequence[tuple[TextKind, int]] = ()
    words: Sequence[str] = ()
    boxes: Sequence[float] = ()

    @classmethod
    def of_problem(cls, number: int, problem: str) -> Self:
        """Return a page that could not be read; its size is unknown."""
        page = {"number": number, "width": 0.0, "height": 0.0, "unit": "pt", "source": "none", "problem": problem}
        return cls(page, wants_ocr=False, picture=None)

    def to_source_page(self) -> SourcePage:
        """Return the page with its types, all of it validated: what comes from the child was made of hostile bytes."""
        number = self.page["number"]
        words = zip(self.words, batched(self.boxes, 4, strict=True), strict=True)
        lines = [
            {"id": line_id(number, index), "words": tuple(islice(words, count)), "kind": line_type}
            for index, (line_type, count) in enumerate(self.lines, 1)
        ]
        page = Page.model_validate(self.page | {"lines": lines})
        return SourcePage(page, self.wants_ocr, self.picture, self.areas)


def count_pages(path: str, passwords: tuple[str, ...]) -> int:
    """Return how many pages the PDF has; raises Unreadable."""
    return int(open_pdf(path, passwords).page_count)


def read_pages(
    path: str, passwords: tuple[str, ...], numbers: tuple[int, ...], model: Ceiling, ocr: Ceiling
) -> list[RawPage]:
    """Read the pages `numbers` (from 1) in that order; a page that fails has a `problem`. Raises Unreadable."""
    import pymupdf

    read = []
    for opening, group in groupby(numbers, key=lambda number: number // PAGES_PER_OPENING):
        document, missing, earlier = reopen_pdf(path, passwords, opening)
        last = document.page_count if missing else 0
        traits = _Traits(bool(document.is_form_pdf), switched_off(document), last, earlier, FontCheck())
        for number in group:
            try:
                read.append(_read_page(document, traits, number, model, ocr))
            except (RuntimeError, ValueError, IndexError, pymupdf.mupdf.FzErrorBase) as failure:
                read.append(RawPage.of_problem(number, f"The page is broken ({type(failure).__name__})."))
    return read


class _Traits(NamedTuple):
    """What holds for all pages of a document: whether it has form fields, and the layers that it has switched off.

    `last_before_missing` is the number of its last page, where its page tree claims that more pages follow; else 0.
    """

    has_form: bool
    layers_off: list[int]
    last_before_missing: int
    earlier: EarlierRevisions
    fonts: FontCheck

    def unread(self, number: int) -> tuple[str, ...]:
        """Return what is not read of the document at page `number`, by codes of UNREAD_PARTS."""
        missing = ("missing_pages",) if number == self.last_before_missing else ()
        return (*missing, "earlier_revision") if self.earlier.differ(number) else missing


def _read_page(document: "pymupdf.Document", traits: _Traits, number: int, model: Ceiling, ocr: Ceiling) -> RawPage:
    import pymupdf

    pymupdf.TOOLS.mupdf_warnings(reset=True)
    page = document[number - 1]
    if is_missing(page):
        return RawPage.of_problem(number, "The page is named in the file's page tree, but the file does not hold it.")
    read = page_text(page, has_form=traits.has_form, layers_off=traits.layers_off)
    warnings = pymupdf.TOOLS.mupdf_warnings(reset=True)
    text = "".join([word[4] for line in read.lines for word in line.raw])
    misleading = traits.fonts.misleads(page)
    bounds = _Bounds(model, ocr, read.under_picture or misleading)
    appearance = (_take_scan(page, text, bounds) if read.pictures else None) or _render_page(
        page, text, read, bounds, warnings
    )
    if appearance is None:
        return RawPage.of_problem(number, "The page came out blank, because its content is damaged.")
    wants_ocr, picture, areas = appearance
    unread = lost_parts(warnings, pymupdf.TOOLS.mupdf_warnings(reset=True)) + traits.unread(number)
    unread += ("false_letters",) if misleading else ()
    fields = {
        "number": number,
        "width": read.width,
        "height": read.height,
        "unit": "pt",
        "source": "text" if read.lines else "none",
        "has_image": picture is not None,
        "unread": unread,
        "struck": [word._asdict() for word in read.struck],
        "hidden": [{"why": why, "words": [word._asdict() for word in words]} for why, words in read.hidden],
    }
    words = [word for line in read.lines for word in line.raw]
    return RawPage(
        fields,
        wants_ocr,
        picture,
        areas,
        lines=[(line.line_type, len(line.raw)) for line in read.lines],
        words=[word[4] for word in words],
        boxes=array("d", chain.from_iterable([word[:4] for word in words])),
    )


def _areas(page: "pymupdf.Page", read: PageText) -> tuple[Box, ...]:
    pictures = picture_areas(page) if read.pictures else []
    words = [(word[:4], len(word[4])) for line in read.lines for word in line.raw] if pictures else []
    return areas_for_ocr(pictures, words, read.width * read.height)


class _Bounds(NamedTuple):
    """The ceilings of a page's picture; whether it is for OCR anyway: its text is under a picture, or misleads."""

    model: Ceiling
    ocr: Ceiling
    under_picture: bool

    def wants_ocr(self, text: str, share: float) -> bool:
        """Return whether a page with this text layer, and this share of it under pictures, is for OCR."""
        return self.under_picture or needs_ocr(TextLayer(len(text), garbage_share(text), share))


class _Appearance(NamedTuple):
    """How a page looks, and whether that, or areas of it, must be read because its text layer does not say it."""

    wants_ocr: bool
    picture: PageImage | None
    areas: tuple[Box, ...] = ()


def _take_scan(page: "pymupdf.Page", text: str, bounds: _Bounds) -> _Appearance | None:
    """Return a page that is one scan, by its own JPEG; None when it is not, or the JPEG is damaged."""
    scan = find_scan(page)
    if scan is None:
        return None
    wants_ocr = bounds.wants_ocr(text, share=1.0)
    ceiling = bounds.ocr if wants_ocr else bounds.model
    picture = scan_picture(scan, ceiling, QUALITY) if ceiling.side > 0 else None
    return _Appearance(wants_ocr, picture) if picture else None


def _render_page(page: "pymupdf.Page", text: str, read: PageText, bounds: _Bounds, warnings: str) -> _Appearance | None:
    """Return a page as MuPDF draws it; None when it comes out blank because its content is damaged."""
    import pymupdf

    blank = not text and is_blank(page)
    if blank and (warnings or pymupdf.TOOLS.mupdf_warnings(reset=True)):
        return None
    wants_ocr = bounds.wants_ocr(text, _image_share(page, text, blank=blank))
    areas = () if wants_ocr or not text else _areas(page, read)
    picture = render(page, bounds.ocr if wants_ocr or areas else bounds.model)
    if wants_ocr or areas:
        pymupdf.TOOLS.store_shrink(100)  # forget the decoded scan: 412 -> 156 MiB (FACTS); gains nothing on text
    return _Appearance(wants_ocr, picture, areas)


def _image_share(page: "pymupdf.Page", text: str, *, blank: bool) -> float:
    """Return the share of the page under pictures, measured only where it matters: with next to no text.

    A page without text that is not blank is all picture, however it is drawn: letters as outlines, a scan in strips.
    """
    if len(text) >= FEW_CHARACTERS or blank:
        return 0.0
    return image_share(page) if text else 1.0
