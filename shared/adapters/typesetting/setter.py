"""Set the blocks of a flow on pages, one after the other."""

from typing import NamedTuple, assert_never

from shared.adapters.typesetting.columns import MARGIN, plan
from shared.adapters.typesetting.drawing.pen import (
    A4,
    A4_WIDE,
    LEADING,
    Face,
    Image,
    Pen,
    Sheet,
    advance,
    image,
    is_decodable,
)
from shared.adapters.typesetting.drawing.wrap import printable, wrapped, wrapped_as_it_is
from shared.adapters.typesetting.headings import align_headings
from shared.adapters.typesetting.marks import PageMarks
from shared.adapters.typesetting.tables import set_rows
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Concealed, NotRead, PageBreak, Paragraph, Picture, Table

BODY = 10.0
HEADINGS = (BODY, 16.0, 14.0, 12.0, 11.0, BODY, BODY)
"""Font sizes in points, by level."""
INDENT, AFTER = 18.0, 4.0
"""A step of indentation, and the space below a paragraph, in points."""
TYPED = ((10.0, 85), (8.0, 107), (6.5, 132))
"""Font sizes of text whose spaces count, and how many characters fit a line then."""
SCAN_SHARE, SCAN_PIXELS = 0.12, 150
"""A picture that takes this share of a page's text area, and has this many pixels each way, may be a scanned page: it
gets a page of its own, so that it is recognised as one."""
LEAST_TEXT_PICTURE = 20.0
"""A picture that is shown smaller than this each way, in points, holds no text: it is a bullet or an icon."""
CONCEALED, CONCEALED_MOST = 6.0, 2000
"""Text that is not seen: its font size, and how many characters of a block are kept."""
STRIKE = 0.7
"""From the top of a line of text to the rule that strikes it through, in font sizes."""
ROWS_A_PAGE = 100
"""No page holds more rows of a table."""


class TypesettingLimits(NamedTuple):
    """Most pages of a file, most pixels of a picture in it."""

    max_pages: int
    max_pixels: int


class Setter:
    """Sets blocks; `finish` ends the file. Sizes in points."""

    def __init__(self, pen: Pen, limits: TypesettingLimits) -> None:
        self.pen = pen
        self.marks = PageMarks()
        self.y = 0.0
        self._limits = limits
        self._sheet: Sheet | None = None

    @property
    def bottom(self) -> float:
        """Where the page's text ends."""
        return (self._sheet or A4).height - MARGIN

    def turn(self) -> None:
        """Begin a new page of the same paper."""
        self._begin(self._sheet or A4)

    def add(self, block: Block) -> None:
        """Set a block below the others; raises Unreadable (`too_large`)."""
        match block:
            case Paragraph():
                self._typed(block) if block.pre else self._paragraph(block)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Concealed():
                self._concealed(block)
            case NotRead():
                self._begin_if_none()
                self.marks.add_unread(self.pen.pages, block.code)
            case PageBreak():
                self._sheet = None
            case _:
                assert_never(block)

    def finish(self) -> None:
        """End the file; raises Unreadable (`no_pages`) when nothing was set."""
        if not self.pen.pages:
            raise Unreadable("no_pages", "The file is empty: it holds no text and no picture.")
        self.pen.close()

    def _begin(self, sheet: Sheet) -> None:
        self.pen.begin(sheet)
        self._sheet, self.y = sheet, MARGIN

    def _begin_if_none(self) -> None:
        if self._sheet is None:
            self.turn()

    def _lines(self, lines: list[str], x: float, size: float, face: Face = "helv", *, seen: bool = True) -> None:
        for line in lines:
            if self._sheet is None or self.y + LEADING * size > self.bottom:
                self.turn()
            if line:
                self.pen.text(x, self.y, line, size, face, seen=seen)
            self.y += LEADING * size

    def _paragraph(self, block: Paragraph) -> None:
        text = printable(block.text).strip("\n")
        if not text.strip():
            self.y += AFTER if self._sheet else 0
            return
        size = HEADINGS[min(block.level, len(HEADINGS) - 1)]
        face: Face = "hebo" if block.level else "helv"
        width = (self._sheet or A4).width - 2 * MARGIN
        indent = min(block.indent * INDENT, width / 2)
        if block.level:
            self.y += AFTER
        self._lines(wrapped(text, width - indent, size, face), MARGIN + indent, size, face)
        self.y += AFTER

    def _typed(self, block: Paragraph) -> None:
        text = printable(block.text.expandtabs())
        longest = max(map(len, text.split("\n")))
        size, columns = next((fit for fit in TYPED if longest <= fit[1]), TYPED[-1])
        self._lines(wrapped_as_it_is(text, columns), MARGIN, size, "cour")

    def _table(self, block: Table) -> None:
        rows = []
        for row in block.rows:
            rows.append([cell._replace(text=printable(cell.text)) for cell in row])
            if len(rows) > ROWS_A_PAGE * self._limits.max_pages:
                text = f"A table has more rows than {self._limits.max_pages} pages (INTRAY_MAX_PAGES) hold: split it."
                raise Unreadable("too_large", text)
        if not any(cell.text for row in rows for cell in row):
            return
        planned = plan(rows)
        if self._sheet is None or self._sheet.width < planned.sheet.width:
            self._begin(planned.sheet)
        set_rows(self, planned, align_headings(rows, block.header), block.header)
        self.y += 2 * AFTER
        if self._sheet != A4:
            self._sheet = None

    def _picture(self, block: Picture) -> None:
        found = image(block, self._limits.max_pixels)
        if found is None:
            self._paragraph(Paragraph("[a picture in a format that cannot be shown]"))
            if not 0 < max(block.width, block.height) < LEAST_TEXT_PICTURE:
                self.marks.add_unread(self.pen.pages, "picture")
            return
        if not is_decodable(found):
            self._paragraph(Paragraph("[a picture that is damaged]"))
            self.marks.add_unread(self.pen.pages, "truncated_image")
            return
        width, height = A4.width - 2 * MARGIN, A4.height - 2 * MARGIN
        if found.width * found.height >= SCAN_SHARE * width * height and min(found.pixels) >= SCAN_PIXELS:
            self._scan(found)
            return
        shrink = min(1.0, width / found.width, height / found.height)
        found = found._replace(width=found.width * shrink, height=found.height * shrink)
        if self._sheet is None or self.y + found.height > self.bottom:
            self._begin(A4)
        self.pen.picture(found, MARGIN, self.y, found.width, found.height)
        self.y += found.height + AFTER

    def _scan(self, found: Image) -> None:
        sheet = A4_WIDE if found.width > found.height else A4
        self._begin(sheet)
        zoom = min(sheet.width / found.width, sheet.height / found.height)
        width, height = found.width * zoom, found.height * zoom
        self.pen.picture(found, (sheet.width - width) / 2, (sheet.height - height) / 2, width, height)
        self._sheet = None

    def _concealed(self, block: Concealed) -> None:
        text = printable(block.text)
        kept = text[:CONCEALED_MOST] + ("…" if len(text) > CONCEALED_MOST else "")
        for line in wrapped(kept, A4.width - 2 * MARGIN, CONCEALED):
            self._lines([line], MARGIN, CONCEALED, seen=block.why == "struck")
            if block.why == "struck" and line:
                top, right = self.y - LEADING * CONCEALED, MARGIN + advance(line, CONCEALED)
                self.pen.rule(MARGIN, top + STRIKE * CONCEALED, right, top + STRIKE * CONCEALED)
                self.marks.add_struck(self.pen.pages, top, self.y)
