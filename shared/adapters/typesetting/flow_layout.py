"""Set the blocks of a flow on pages, one after the other."""

from typing import NamedTuple, assert_never

from shared.adapters.typesetting.columns import MARGIN, plan_columns
from shared.adapters.typesetting.drawing.page_writer import (
    A4,
    A4_WIDE,
    LEADING,
    Face,
    Image,
    PaperSize,
    PdfPageWriter,
    advance,
    image,
    is_decodable,
)
from shared.adapters.typesetting.drawing.wrap import printable, wrap, wrap_preformatted
from shared.adapters.typesetting.headings import align_headings
from shared.adapters.typesetting.marks import PageMarks
from shared.adapters.typesetting.tables import lay_out_rows
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, NotRead, PageBreak, Paragraph, Picture, Table

BODY = 10.0
HEADINGS = (BODY, 16.0, 14.0, 12.0, 11.0, BODY, BODY)
"""Font sizes in points, by level."""
INDENT, AFTER = 18.0, 4.0
"""A step of indentation, and the space below a paragraph, in points."""
PREFORMATTED_SIZES = ((10.0, 85), (8.0, 107), (6.5, 132))
"""Font sizes of text whose spaces count, and how many characters fit a line then."""
SCAN_SHARE, SCAN_PIXELS = 0.12, 150
"""A picture that takes this share of a page's text area, and has this many pixels each way, may be a scanned page: it
gets a page of its own, so that it is recognised as one."""
MIN_TEXT_PICTURE_PT = 20.0
"""A picture that is shown smaller than this each way, in points, holds no text: it is a bullet or an icon."""
CONCEALED_FONT_SIZE, MAX_CONCEALED_CHARACTERS = 6.0, 2000
"""Concealed text: its font size, and the most characters of a block that are kept."""
STRIKE = 0.7
"""From the top of a line of text to the rule that strikes it through, in font sizes."""
MAX_ROWS_PER_PAGE = 100
"""No page holds more rows of a table."""


class TypesettingLimits(NamedTuple):
    """Most pages of a file, most pixels of a picture in it."""

    max_pages: int
    max_pixels: int


class FlowLayout:
    """Lay out blocks on pages; `finish` ends the file. Sizes in points."""

    def __init__(self, writer: PdfPageWriter, limits: TypesettingLimits) -> None:
        self.writer = writer
        self.marks = PageMarks()
        self.y = 0.0
        self._limits = limits
        self._paper: PaperSize | None = None

    @property
    def bottom(self) -> float:
        """Where the page's text ends."""
        return (self._paper or A4).height - MARGIN

    def turn(self) -> None:
        """Begin a new page of the same paper."""
        self._begin(self._paper or A4)

    def add(self, block: Block) -> None:
        """Set a block below the others; raises Unreadable (`too_large`)."""
        match block:
            case Paragraph():
                self._add_preformatted(block) if block.pre else self._paragraph(block)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Concealed():
                self._hidden_text(block)
            case NotRead():
                self._begin_if_none()
                self.marks.add_unread(self.writer.pages, block.code)
            case PageBreak():
                self._paper = None
            case _:
                assert_never(block)

    def finish(self) -> None:
        """End the file; raises Unreadable (`no_pages`) when nothing was set."""
        if not self.writer.pages:
            raise Unreadable("no_pages", "The file is empty: it holds no text and no picture.")
        self.writer.close()

    def _begin(self, paper: PaperSize) -> None:
        self.writer.begin(paper)
        self._paper, self.y = paper, MARGIN

    def _begin_if_none(self) -> None:
        if self._paper is None:
            self.turn()

    def _lines(self, lines: list[str], x: float, size: float, face: Face = "helv", *, visible: bool = True) -> None:
        for line in lines:
            if self._paper is None or self.y + LEADING * size > self.bottom:
                self.turn()
            if line:
                self.writer.text(x, self.y, line, size, face, visible=visible)
            self.y += LEADING * size

    def _paragraph(self, block: Paragraph) -> None:
        text = printable(block.text).strip("\n")
        if not text.strip():
            self.y += AFTER if self._paper else 0
            return
        size = HEADINGS[min(block.level, len(HEADINGS) - 1)]
        face: Face = "hebo" if block.level else "helv"
        width = (self._paper or A4).width - 2 * MARGIN
        indent = min(block.indent * INDENT, width / 2)
        if block.level:
            self.y += AFTER
        self._lines(wrap(text, width - indent, size, face), MARGIN + indent, size, face)
        self.y += AFTER

    def _add_preformatted(self, block: Paragraph) -> None:
        text = printable(block.text.expandtabs())
        longest = max(map(len, text.split("\n")))
        size, columns = next((fit for fit in PREFORMATTED_SIZES if longest <= fit[1]), PREFORMATTED_SIZES[-1])
        self._lines(wrap_preformatted(text, columns), MARGIN, size, "cour")

    def _table(self, block: Table) -> None:
        rows = []
        for row in block.rows:
            rows.append([cell._replace(text=printable(cell.text)) for cell in row])
            if len(rows) > MAX_ROWS_PER_PAGE * self._limits.max_pages:
                text = f"A table has more rows than {self._limits.max_pages} pages (INTRAY_MAX_PAGES) hold: split it."
                raise Unreadable("too_large", text)
        if not any(cell.text for row in rows for cell in row):
            return
        planned = plan_columns(rows)
        if self._paper is None or self._paper.width < planned.paper.width:
            self._begin(planned.paper)
        lay_out_rows(self, planned, align_headings(rows, block.header), block.header)
        self.y += 2 * AFTER
        if self._paper != A4:
            self._paper = None

    def _picture(self, block: Picture) -> None:
        picture = image(block, self._limits.max_pixels)
        if picture is None:
            self._paragraph(Paragraph("[a picture in a format that cannot be shown]"))
            if not 0 < max(block.width, block.height) < MIN_TEXT_PICTURE_PT:
                self.marks.add_unread(self.writer.pages, "picture")
            return
        if not is_decodable(picture):
            self._paragraph(Paragraph("[a picture that is damaged]"))
            self.marks.add_unread(self.writer.pages, "truncated_image")
            return
        width, height = A4.width - 2 * MARGIN, A4.height - 2 * MARGIN
        if picture.width * picture.height >= SCAN_SHARE * width * height and min(picture.pixels) >= SCAN_PIXELS:
            self._scan(picture)
            return
        shrink = min(1.0, width / picture.width, height / picture.height)
        picture = picture._replace(width=picture.width * shrink, height=picture.height * shrink)
        if self._paper is None or self.y + picture.height > self.bottom:
            self._begin(A4)
        self.writer.picture(picture, MARGIN, self.y, picture.width, picture.height)
        self.y += picture.height + AFTER

    def _scan(self, picture: Image) -> None:
        paper = A4_WIDE if picture.width > picture.height else A4
        self._begin(paper)
        zoom = min(paper.width / picture.width, paper.height / picture.height)
        width, height = picture.width * zoom, picture.height * zoom
        self.writer.picture(picture, (paper.width - width) / 2, (paper.height - height) / 2, width, height)
        self._paper = None

    def _hidden_text(self, block: Concealed) -> None:
        text = printable(block.text)
        shortened = text[:MAX_CONCEALED_CHARACTERS] + ("…" if len(text) > MAX_CONCEALED_CHARACTERS else "")
        for line in wrap(shortened, A4.width - 2 * MARGIN, CONCEALED_FONT_SIZE):
            self._lines([line], MARGIN, CONCEALED_FONT_SIZE, visible=block.why == "struck")
            if block.why == "struck" and line:
                top, right = self.y - LEADING * CONCEALED_FONT_SIZE, MARGIN + advance(line, CONCEALED_FONT_SIZE)
                self.writer.rule(MARGIN, top + STRIKE * CONCEALED_FONT_SIZE, right, top + STRIKE * CONCEALED_FONT_SIZE)
                self.marks.add_struck(self.writer.pages, top, self.y)
