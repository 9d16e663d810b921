"""Text that is drawn several times at one place is read once."""

from typing import Any

import pymupdf
import pytest

from shared.adapters.pdf.text import PageText, page_text

LINES = ("Invoice number: 4711", "Grand total 1,200.00 EUR")
SIZE = 11.0


class Sheet:
    """A page to draw on."""

    def __init__(self) -> None:
        self.document: Any = pymupdf.open()
        self.page = self.document.new_page()

    def draw(self, text: str, x: float, y: float, **how: Any) -> float:
        """Draw a text, and return where it ends."""
        self.page.insert_text((x, y), text, **({"fontsize": SIZE} | how))
        return x + pymupdf.get_text_length(text, fontsize=float(how.get("fontsize", SIZE)))

    def read(self) -> PageText:
        """Return the text of the page."""
        return page_text(pymupdf.open("pdf", self.document.tobytes())[0], has_form=False)

    def lines(self) -> list[str]:
        """Return the lines of the page."""
        return [" ".join(word.text for word in line.words) for line in self.read().lines]


@pytest.mark.parametrize("offset", [(0, 0), (0.3, 0), (0, 0.4), (1, 1), (-1, 0.5), (0.8, -0.8)])
@pytest.mark.parametrize("times", [2, 3, 4])
def test_a_page_that_is_drawn_several_times_is_read_once(offset: tuple[float, float], times: int) -> None:
    """The copies lie within a point of the first, in whatever direction."""
    sheet = Sheet()
    for copy in range(times):
        for row, text in enumerate(LINES):
            step = copy / (times - 1)
            sheet.draw(text, 50 + step * offset[0], 50 + 30 * row + step * offset[1])
    assert list(LINES) == sheet.lines()


def test_only_a_heading_is_drawn_twice() -> None:
    """The rest of the page stays as it is."""
    sheet = Sheet()
    for x in (50, 50.4):
        sheet.draw("Statement of account", x, 50, fontsize=18)
    sheet.draw(LINES[0], 50, 90)
    assert ["Statement of account", LINES[0]] == sheet.lines()


@pytest.mark.parametrize(
    "pieces", [("Invoice ", "number: ", "4711"), ("Invoi", "ce num", "ber: 4711"), tuple(LINES[0])]
)
def test_copies_may_be_cut_otherwise(pieces: tuple[str, ...]) -> None:
    """Producers draw words, pieces of words, or letters."""
    sheet = Sheet()
    sheet.draw(LINES[0], 50, 50)
    x = 50.3
    for piece in pieces:
        x = sheet.draw(piece, x, 50)
    assert [LINES[0]] == sheet.lines()


def test_each_word_is_drawn_twice_before_the_next() -> None:
    """The order of drawing does not matter."""
    sheet, x = Sheet(), 50.0
    for word in LINES[1].split():
        sheet.draw(word, x + 0.4, 50)
        x = sheet.draw(word, x, 50) + 3
    assert [LINES[1]] == sheet.lines()


@pytest.mark.parametrize("how", [{"color": (0.7, 0.7, 0.7)}, {"color": (1, 1, 1)}, {"render_mode": 3}])
@pytest.mark.parametrize("below", [True, False])
def test_a_shadow_or_layer_of_visible_text_is_not_hidden_text(how: dict[str, Any], *, below: bool) -> None:
    """It says nothing that the page does not show; only what it says beside that is reported."""
    sheet = Sheet()
    if below:
        sheet.draw(LINES[0], 50.5, 50, **how)
    sheet.draw(LINES[0], 50, 50)
    if not below and how.get("color") != (1, 1, 1):
        sheet.draw(LINES[0], 50.5, 50, **how)
    read = sheet.read()
    assert ([], [LINES[0]]) == (read.hidden, sheet.lines())


def test_a_layer_that_says_something_else_stays_hidden_text() -> None:
    """The word that differs is reported, and so is one that stands elsewhere."""
    sheet = Sheet()
    sheet.draw(LINES[0], 50, 50)
    sheet.draw("Invoice number: 4712", 50, 50, render_mode=3)
    assert [("invisible", ["4712"])] == [(why, [word.text for word in words]) for why, words in sheet.read().hidden]


def test_words_that_are_repeated_beside_each_other_stay() -> None:
    """Equal amounts in a row and in a column, tight rows, narrow letters."""
    texts = ("100 100 100 11 1 1 l l ll", "very very very", "very very very")
    sheet = Sheet()
    for row, text in enumerate(texts):
        sheet.draw(text, 50, 50 + row * SIZE)
    for row in range(3):
        sheet.draw("0.5 0.5", 50, 120 + row * 4, fontsize=4)
    assert [*texts, *["0.5 0.5"] * 3] == sheet.lines()
