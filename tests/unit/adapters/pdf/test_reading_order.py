"""The project's own hard pages, read in order: columns, turned and tilted pages, scripts of three directions."""

from pathlib import Path
from typing import Any

import pymupdf
import pytest

from quality.samples.pages import HARD_PAGES, HardPage
from shared.adapters.pdf.text import page_text

PAGES = Path(__file__).parents[4] / "samples" / "pages"


def lines(file: Path) -> list[str]:
    """All lines of a PDF as Intray reads them, page after page."""
    document: Any = pymupdf.open(file)
    read = (page_text(page, has_form=False).lines for page in document)
    return [" ".join(word.text for word in line.words) for page in read for line in page]


@pytest.mark.parametrize("page", HARD_PAGES, ids=lambda page: page.file)
def test_the_lines_come_as_a_person_reads_them(page: HardPage) -> None:
    """Every line whole, in the order in which a person would read the page aloud, logical order within a line."""
    expected = (PAGES / page.file).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert expected == lines(PAGES / page.file)


def test_a_line_of_arabic_begins_at_its_right_end() -> None:
    """Words come in the order of speech; their boxes stand where the words are seen."""
    page = pymupdf.open(PAGES / "arabic.pdf")[0]
    first, *_, last = page_text(page, has_form=False).lines[0].words
    assert ("فاتورة", "4711") == (first.text, last.text)
    assert first.box[0] > last.box[2]


@pytest.mark.parametrize("number", range(3))
def test_a_page_whose_content_lies_on_its_side_is_turned_upright(number: int) -> None:
    """Boxes, page size and picture are those of the upright page, whatever the file says."""
    page = pymupdf.open(PAGES / "turned.pdf")[number]
    line = page_text(page, has_form=False).lines[1]
    x0, y0, x1, y1 = line.box
    assert (500.0, 700.0) == (page.rect.width, page.rect.height)
    assert (60.0, 140.0) == pytest.approx((x0, y1), abs=4)
    assert x1 - x0 > 5 * (y1 - y0)
