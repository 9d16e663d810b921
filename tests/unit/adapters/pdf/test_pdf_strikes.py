"""Words that are struck through leave the lines and are reported; underlines, rules and frames strike nothing."""

from collections.abc import Callable
from typing import Any

import pymupdf
import pytest

from shared.adapters.pdf.text import PageText, page_text

TEXT, STRUCK = "Invoice number: S-0999 S-1005", "S-0999"
HIDDEN_FLAG = 2


class Sheet:
    """A page with a line of text at (50, 100), one of whose words is about to be struck."""

    def __init__(self, size: float = 11.0, font: str = "helv") -> None:
        self.document: Any = pymupdf.open()
        self.page = self.document.new_page()
        self.size, self.baseline = size, 100.0
        self.page.insert_text((50, self.baseline), TEXT, fontsize=size, fontname=font)
        self.page.insert_text((50, 160), "Another line", fontsize=size, fontname=font)
        ((self.left, _, self.right, *_),) = [word for word in self.page.get_text("words") if word[4] == STRUCK]

    def rise(self, sizes: float) -> float:
        """Return the height on the page that is so many font sizes above the baseline."""
        return self.baseline - sizes * self.size

    def read(self) -> PageText:
        """Return the text of the page."""
        return page_text(pymupdf.open("pdf", self.document.tobytes())[0], has_form=False)

    def struck(self) -> list[str]:
        """Return the struck words, which are in no line."""
        read = self.read()
        lines = [word.text for line in read.lines for word in line.words]
        struck = [word.text for word in read.struck]
        assert sorted([*TEXT.split(), "Another", "line"]) == sorted(lines + struck)
        return struck


@pytest.mark.parametrize("font", ["helv", "times-roman", "cour"])
@pytest.mark.parametrize("size", [6, 11, 30])
@pytest.mark.parametrize("height", [0.22, 0.28, 0.35, 0.45])
def test_a_line_through_a_word_strikes_it(font: str, size: int, height: float) -> None:
    """Programs draw it from a fifth of the font size above the baseline to the middle of the capitals."""
    sheet = Sheet(size, font)
    sheet.page.draw_line((sheet.left, sheet.rise(height)), (sheet.right, sheet.rise(height)), width=size / 15)
    assert [STRUCK] == sheet.struck()


@pytest.mark.parametrize("font", ["helv", "times-roman", "cour"])
@pytest.mark.parametrize("size", [6, 11, 30])
@pytest.mark.parametrize("height", [-0.25, -0.1, 0.0, 0.05, 0.72, 0.9])
def test_underlines_and_overlines_strike_nothing(font: str, size: int, height: float) -> None:
    """Nor does a rule on which a form was filled in."""
    sheet = Sheet(size, font)
    sheet.page.draw_line((sheet.left, sheet.rise(height)), (sheet.right, sheet.rise(height)), width=size / 15)
    assert [] == sheet.struck()


def draw_rectangle(sheet: Sheet) -> None:
    """As browsers and word processors draw a strike."""
    box = (sheet.left - 1, sheet.rise(0.3), sheet.right + 1, sheet.rise(0.24))
    sheet.page.draw_rect(pymupdf.Rect(box), fill=(0, 0, 0), color=None)


def draw_double_line(sheet: Sheet) -> None:
    """A double strike."""
    for height in (0.22, 0.34):
        sheet.page.draw_line((sheet.left, sheet.rise(height)), (sheet.right, sheet.rise(height)), width=0.5)


def draw_pieces(sheet: Sheet) -> None:
    """A line for each piece of the word."""
    middle = (sheet.left + sheet.right) / 2
    for ends in ((sheet.left, middle), (middle, sheet.right)):
        sheet.page.draw_line((ends[0], sheet.rise(0.3)), (ends[1], sheet.rise(0.3)))


def draw_slanted(sheet: Sheet) -> None:
    """A red line by hand, from foot to head."""
    ends = (sheet.left - 4, sheet.rise(0.0)), (sheet.right + 5, sheet.rise(0.65))
    sheet.page.draw_line(*ends, color=(1, 0, 0), width=1.5)


def draw_cross(sheet: Sheet) -> None:
    """Two lines across each other."""
    for first, last in ((0.05, 0.6), (0.6, 0.05)):
        sheet.page.draw_line((sheet.left, sheet.rise(first)), (sheet.right, sheet.rise(last)))


def draw_wave(sheet: Sheet) -> None:
    """A curve."""
    third = (sheet.right - sheet.left) / 3
    first, second, third_point, last = (
        pymupdf.Point(sheet.left + third * at, sheet.rise(height)) for at, height in enumerate((0.3, 0.6, 0.0, 0.35))
    )
    sheet.page.draw_bezier(first, second, third_point, last)


def annotate_strike(sheet: Sheet) -> None:
    """What viewers have a button for."""
    sheet.page.add_strikeout_annot(sheet.page.search_for(STRUCK)[0])


def annotate_strike_without_appearance(sheet: Sheet) -> None:
    """Viewers draw it by themselves."""
    note = sheet.page.add_strikeout_annot(sheet.page.search_for(STRUCK)[0])
    sheet.document.xref_set_key(note.xref, "AP", "null")


def annotate_on_turned_page(sheet: Sheet) -> None:
    """The page is shown on its side, and read upright."""
    sheet.page.set_rotation(90)
    annotate_strike(sheet)


def annotate_ink(sheet: Sheet) -> None:
    """A pen on a tablet."""
    step = (sheet.right - sheet.left) / 4
    heights = (0.25, 0.4, 0.2, 0.45, 0.3)
    sheet.page.add_ink_annot([[(sheet.left + step * at, sheet.rise(height)) for at, height in enumerate(heights)]])


def annotate_line(sheet: Sheet) -> None:
    """A line as an annotation."""
    sheet.page.add_line_annot((sheet.left - 3, sheet.rise(0.3)), (sheet.right + 3, sheet.rise(0.25)))


@pytest.mark.parametrize(
    "strike",
    [
        draw_rectangle,
        draw_double_line,
        draw_pieces,
        draw_slanted,
        draw_cross,
        draw_wave,
        annotate_strike,
        annotate_strike_without_appearance,
        annotate_on_turned_page,
        annotate_ink,
        annotate_line,
    ],
)
def test_however_a_word_is_struck(strike: Callable[[Sheet], None]) -> None:
    """The word leaves the lines."""
    sheet = Sheet()
    strike(sheet)
    assert [STRUCK] == sheet.struck()


def draw_long_rule(sheet: Sheet) -> None:
    """A rule across the page on which text stands by accident."""
    sheet.page.draw_line((10, sheet.rise(0.3)), (580, sheet.rise(0.3)))


def draw_frame(sheet: Sheet) -> None:
    """A frame around the word, and one whose lower edge crosses it."""
    for top in (1.0, 2.0):
        box = (sheet.left - 1, sheet.rise(top), sheet.right + 1, sheet.rise(top - 1.3))
        sheet.page.draw_rect(pymupdf.Rect(box))


def draw_white_line(sheet: Sheet) -> None:
    """Nobody sees it on white paper."""
    sheet.page.draw_line((sheet.left, sheet.rise(0.3)), (sheet.right, sheet.rise(0.3)), color=(1, 1, 1), width=0.5)


def draw_upright_line(sheet: Sheet) -> None:
    """The border of a column."""
    middle = (sheet.left + sheet.right) / 2
    sheet.page.draw_line((middle, sheet.rise(2)), (middle, sheet.rise(-2)))


def draw_short_line(sheet: Sheet) -> None:
    """A dash across a part of the word."""
    sheet.page.draw_line((sheet.left, sheet.rise(0.3)), (sheet.left + 8, sheet.rise(0.3)))


def draw_signature(sheet: Sheet) -> None:
    """A large stroke of a pen over the word and what is around it."""
    step = (sheet.right - sheet.left) / 6
    heights = (-1.0, 2.0, -1.5, 2.5, -1.0, 2.0, 0.0)
    points = [(sheet.left + step * at, sheet.rise(height)) for at, height in enumerate(heights)]
    sheet.page.add_ink_annot([points])


def annotate_otherwise(sheet: Sheet) -> None:
    """Underlined, squiggly, highlighted: all of it stays valid."""
    place = sheet.page.search_for(STRUCK)[0]
    for add in (sheet.page.add_underline_annot, sheet.page.add_squiggly_annot, sheet.page.add_highlight_annot):
        add(place)


def annotate_unseen(sheet: Sheet) -> None:
    """A strike that is hidden is not seen by anybody."""
    note = sheet.page.add_strikeout_annot(sheet.page.search_for(STRUCK)[0])
    note.set_flags(HIDDEN_FLAG)
    note.update()


@pytest.mark.parametrize(
    "draw",
    [
        draw_long_rule,
        draw_frame,
        draw_white_line,
        draw_upright_line,
        draw_short_line,
        draw_signature,
        annotate_otherwise,
        annotate_unseen,
    ],
)
def test_what_looks_like_a_strike_and_is_none(draw: Callable[[Sheet], None]) -> None:
    """No word leaves the lines."""
    sheet = Sheet()
    draw(sheet)
    assert [] == sheet.struck()


def test_a_strike_on_a_picture_leaves_a_place_for_ocr() -> None:
    """No word of the text layer stands there; on an empty page there is nothing to read."""
    for pictured in (True, False):
        document: Any = pymupdf.open()
        page = document.new_page(width=300, height=200)
        if pictured:
            grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 600, 400), False)
            grey.clear_with(200)
            page.insert_image(page.rect, pixmap=grey)
        page.add_strikeout_annot(pymupdf.Rect(50, 90, 120, 104))
        struck = page_text(pymupdf.open("pdf", document.tobytes())[0], has_form=False).struck
        assert [""] * pictured == [word.text for word in struck]


def test_a_row_of_a_table_is_struck_across_its_columns() -> None:
    """The line runs over the gaps between the cells."""
    sheet = Sheet()
    for x, text in ((50, "Drill with stand and bits"), (300, "2 pieces"), (420, "500.00 EUR")):
        sheet.page.insert_text((x, 200), text)
    sheet.page.draw_line((45, 196.7), (500, 196.7))
    struck = [word.text for word in sheet.read().struck]
    assert ["Drill", "with", "stand", "and", "bits", "2", "pieces", "500.00", "EUR"] == struck


def test_rules_between_tightly_set_rows_strike_nothing() -> None:
    """They touch the feet of one row and the heads of the next."""
    sheet = Sheet()
    for row in range(12):
        sheet.page.insert_text((50, 200 + 8 * row), f"Row {row} drill 500.00", fontsize=8)
        sheet.page.draw_line((48, 202 + 8 * row), (300, 202 + 8 * row), width=0.4)
    assert [] == sheet.read().struck


def test_a_word_under_a_thick_stroke_is_hidden_and_one_on_it_is_not() -> None:
    """A thick stroke is no strike: it covers what was drawn before."""
    sheet = Sheet()
    for _ in range(2):
        ends = (sheet.left - 2, sheet.rise(0.3)), (sheet.right + 2, sheet.rise(0.3))
        sheet.page.draw_line(*ends, width=14, color=(0, 0, 0.4))
    read = sheet.read()
    assert ([], [("covered", [STRUCK])]) == (
        read.struck,
        [(why, [w.text for w in words]) for why, words in read.hidden],
    )
    sheet.page.insert_text((sheet.left, sheet.baseline), "S-2000", color=(1, 1, 1))
    assert "S-2000" in [word.text for line in sheet.read().lines for word in line.words]
