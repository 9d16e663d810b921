"""A PDF that says something else than it shows: cropped, painted over, replaced for programs, changed since."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from shared.adapters.pdf.document import read_pages
from shared.adapters.pdf.text import PageText, page_text
from shared.domain.reading.ocr_need import Ceiling

NUMBER, TOTAL, OTHER = "Invoice number: S-0999", "Grand total 1,200.00 EUR", "9,300.00"
WHITE = (1, 1, 1)
TEXT_FIELD = 7
"""pymupdf.PDF_WIDGET_TYPE_TEXT, which its stubs lack."""


def letter() -> Any:
    """Return a document with a number and a total."""
    document: Any = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_text((50, 100), NUMBER)
    page.insert_text((50, 130), TOTAL)
    return document


def read(document: Any, *, has_form: bool = False) -> PageText:
    """Return the text of its first page."""
    return page_text(pymupdf.open("pdf", document.tobytes())[0], has_form=has_form)


def lines_of(text: PageText) -> list[str]:
    """Return the lines of a page."""
    return [" ".join(word.text for word in line.words) for line in text.lines]


def hidden_in(text: PageText) -> list[tuple[str, list[str]]]:
    """Return the hidden words of a page, by why."""
    return [(why, [word.text for word in words]) for why, words in text.hidden]


@pytest.mark.parametrize("rotation", [0, 90, 270])
@pytest.mark.parametrize("origin", [(0, 0), (30, 40)])
def test_text_beside_the_shown_part_of_a_page_is_reported(rotation: int, origin: tuple[int, int]) -> None:
    """Its CropBox cuts it away; viewers can show it, and programs read it."""
    document = letter()
    page = document[0]
    page.insert_text((50, 600), "Total of 9,999.00 EUR")
    x, y = origin
    document.xref_set_key(page.xref, "MediaBox", f"[{-x} {-y} {595 - x} {842 - y}]")
    document.xref_set_key(page.xref, "CropBox", f"[0 {842 - 300} {595 - x} {842 - y}]")
    for content in page.get_contents():
        shifted = b"q 1 0 0 1 %d %d cm\n" % (-x, -y) + document.xref_stream(content) + b"\nQ"
        document.update_stream(content, shifted)
    page.set_rotation(rotation)
    text = read(document)
    assert [("outside", ["Total", "of", "9,999.00", "EUR"])] == hidden_in(text)
    assert [NUMBER, TOTAL] == lines_of(text)


def test_a_cropped_page_without_text_beside_it_reports_nothing() -> None:
    """Printers crop margins away."""
    document = letter()
    document[0].set_cropbox(pymupdf.Rect(20, 20, 500, 800))
    text = read(document)
    assert ([], [NUMBER, TOTAL]) == (text.hidden, lines_of(text))


def paint_over(page: Any, place: Any) -> None:
    """A white box over the amount, and another amount on it."""
    page.draw_rect(place, fill=WHITE, color=None)
    page.insert_text((place.x0, 130), OTHER)


def type_over(page: Any, place: Any) -> None:
    """What an editor's typewriter with a ground does."""
    page.add_freetext_annot(place, OTHER, fontsize=11, fill_color=WHITE, text_color=(0, 0, 0))


def stroke_over(page: Any, place: Any) -> None:
    """Correction fluid, and another amount on it."""
    middle = (place.y0 + place.y1) / 2
    page.draw_line((place.x0, middle), (place.x1, middle), color=WHITE, width=place.height)
    page.insert_text((place.x0, 130), OTHER)


@pytest.mark.parametrize("change", [paint_over, type_over, stroke_over])
def test_an_amount_that_is_painted_over_is_reported_and_the_new_one_read(change: Callable[[Any, Any], None]) -> None:
    """Both stood in the line, the old one first."""
    document = letter()
    change(document[0], document[0].search_for("1,200.00")[0])
    text = read(document)
    assert [NUMBER, f"Grand total {OTHER} EUR"] == lines_of(text)
    assert [("covered", ["1,200.00"])] == hidden_in(text)


def test_text_on_a_ground_that_covers_nothing_is_read() -> None:
    """Coloured cells and boxes around text are everywhere."""
    document = letter()
    page = document[0]
    for row in range(3):
        page.draw_rect(pymupdf.Rect(50, 200 + 20 * row, 300, 216 + 20 * row), fill=(0.9, 0.9, 1), color=None)
        page.insert_text((55, 212 + 20 * row), f"Row {row} for 500.00")
    text = read(document)
    assert ([], [NUMBER, TOTAL, *(f"Row {row} for 500.00" for row in range(3))]) == (text.hidden, lines_of(text))


def with_replacement(said: str) -> PageText:
    """Return the text of a letter whose number is to be read as something by programs."""
    document = letter()
    content = document[0].get_contents()[0]
    before = f"/Span <</ActualText ({said})>> BDC\n".encode()
    document.update_stream(content, before + document.xref_stream(content) + b"\nEMC")
    return read(document)


def test_the_page_is_read_as_it_is_drawn_whatever_programs_are_told() -> None:
    """What is put in the place of glyphs for programs is reported where the page does not say it."""
    text = with_replacement("Invoice number: X-7777")
    assert [NUMBER, TOTAL] == lines_of(text)
    assert [("invisible", ["X-7777"])] == hidden_in(text)


@pytest.mark.parametrize("said", [NUMBER, "INVOICE NUMBER: S 0999", ""])
def test_a_replacement_that_says_the_same_reports_nothing(said: str) -> None:
    """Producers name ligatures, hyphens and initials that way."""
    text = with_replacement(said)
    assert ([], [NUMBER, TOTAL]) == (text.hidden, lines_of(text))


def with_table(path: Path, pairs: dict[int, int]) -> Path:
    """Return a letter whose font names the letters with these codes as those with others."""
    document = letter()
    table = document.get_new_xref()
    document.update_object(table, "<<>>")
    lines = "".join(f"<{code:02x}> <{letter:04x}>\n" for code, letter in pairs.items())
    head = "begincmap 1 begincodespacerange <00> <ff> endcodespacerange"
    document.update_stream(table, f"{head} {len(pairs)} beginbfchar\n{lines}endbfchar endcmap".encode())
    for font, *_ in document.get_page_fonts(0):
        document.xref_set_key(font, "ToUnicode", f"{table} 0 R")
    document.save(path)
    return path


def test_a_font_that_names_other_digits_than_it_draws_sends_its_page_to_ocr(tmp_path: Path) -> None:
    """The total would be read as another one, and nobody would see why."""
    path = with_table(tmp_path / "x.pdf", {code: 0x69 - code for code in range(0x30, 0x3A)})
    (page,) = read_pages(str(path), (), (1,), Ceiling(100), Ceiling(100))
    assert (True, ("false_letters",)) == (page.wants_ocr, page.page["unread"])


@pytest.mark.parametrize("codes", [range(0x20, 0x7F), range(0x41, 0x42)])
def test_a_font_that_names_what_it_draws_is_read(tmp_path: Path, codes: range) -> None:
    """Most producers write such a table; it may also be short."""
    path = with_table(tmp_path / "x.pdf", {code: code for code in codes})
    (page,) = read_pages(str(path), (), (1,), Ceiling(100), Ceiling(100))
    assert (False, ()) == (page.wants_ocr, page.page["unread"])


def with_field(value: str, shown: str) -> PageText:
    """Return the text of a letter with a field that has a value, and shows something."""
    document = letter()
    field: Any = pymupdf.Widget()
    field.field_name, field.field_type = "amount", TEXT_FIELD
    field.rect, field.field_value = pymupdf.Rect(50, 150, 250, 170), shown
    document[0].add_widget(field)
    document = pymupdf.open("pdf", document.tobytes())
    (widget,) = document[0].widgets()
    document.xref_set_key(widget.xref, "V", f"({value})")
    return read(document, has_form=True)


def test_a_field_that_shows_something_else_than_its_value_is_read_as_it_is_shown() -> None:
    """The value is what programs take; a person sees the other."""
    text = with_field("900.00", "500.00")
    assert ([NUMBER, TOTAL, "500.00"], [("invisible", ["900.00"])]) == (lines_of(text), hidden_in(text))


@pytest.mark.parametrize(
    ("value", "shown"), [("500.00", "500.00"), ("1234.5", "1,234.50"), ("2025-03-14", "14.03.2025")]
)
def test_a_formatted_value_reports_nothing(value: str, shown: str) -> None:
    """Scripts format what was entered."""
    assert [] == with_field(value, shown).hidden


def unread_of(path: Path) -> list[tuple[str, ...]]:
    """Return what each page reports as not read."""
    numbers = tuple(range(1, pymupdf.open(path).page_count + 1))
    return [page.page["unread"] for page in read_pages(str(path), (), numbers, Ceiling(100), Ceiling(100))]


def saved(folder: Path, change: Callable[[Any], None]) -> Path:
    """Return a file of three pages to which a change was appended."""
    path, document = folder / "x.pdf", letter()
    for number in (2, 3):
        document.new_page().insert_text((50, 100), f"Page {number} of the terms")
    document.save(path, garbage=3)
    document = pymupdf.open(path)
    change(document)
    document.saveIncr()
    return path


def change_amount(document: Any) -> None:
    """Another amount in the content of the first page."""
    for content in document[0].get_contents():
        stream = document.xref_stream(content)
        document.update_stream(content, stream.replace(b"1,200.00".hex().encode(), OTHER.encode().hex().encode()))


def remove_last_page(document: Any) -> None:
    """The third page is gone."""
    document.delete_page(2)


def test_an_earlier_revision_that_says_something_else_is_reported(tmp_path: Path) -> None:
    """The file still holds what the page said before."""
    assert [("earlier_revision",), (), ()] == unread_of(saved(tmp_path, change_amount))
    (tmp_path / "x.pdf").unlink()
    assert [(), ("earlier_revision",)] == unread_of(saved(tmp_path, remove_last_page))


def add_stamp(document: Any) -> None:
    """A stamp in the content."""
    document[0].insert_text((300, 50), "RECEIVED 14 March")


def add_note(document: Any) -> None:
    """An annotation."""
    document[0].add_freetext_annot(pymupdf.Rect(300, 40, 500, 60), "Approved")


def fill_field(document: Any) -> None:
    """A field that is filled in."""
    field: Any = pymupdf.Widget()
    field.field_name, field.field_type = "amount", TEXT_FIELD
    field.rect, field.field_value = pymupdf.Rect(50, 150, 250, 170), "500.00"
    document[0].add_widget(field)


@pytest.mark.parametrize("change", [add_stamp, add_note, fill_field])
def test_what_is_added_to_a_file_reports_nothing(tmp_path: Path, change: Callable[[Any], None]) -> None:
    """Files are stamped, commented, filled in and signed that way."""
    assert [(), (), ()] == unread_of(saved(tmp_path, change))
