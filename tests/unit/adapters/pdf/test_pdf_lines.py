"""Lines of words from the text layer, form fields and annotations of PDF pages made here."""

from typing import Any

import pymupdf
import pytest

from shared.adapters.pdf.text import garbage_share, page_text

TEXT, CHECKBOX, MULTILINE = 7, 2, 1 << 12
"""pymupdf.PDF_WIDGET_TYPE_TEXT and _CHECKBOX, PDF_TX_FIELD_IS_MULTILINE, which its stubs lack."""


@pytest.fixture
def page() -> Any:
    """An empty A4 page."""
    document = pymupdf.open()
    return document.new_page(width=595, height=842)


def texts(page: Any, *, has_form: bool = False) -> list[str]:
    """The lines of a page as text."""
    return [" ".join(word.text for word in line.words) for line in page_text(page, has_form=has_form).lines]


def test_cells_of_a_row_are_lines_of_their_own(page: Any) -> None:
    """A wide gap separates cells, even where it is made of spaces."""
    page.insert_text((50, 100), "Hammer      2      9,90", fontsize=10, fontname="cour")
    assert ["Hammer", "2", "9,90"] == texts(page)


def test_words_of_one_baseline_are_one_line(page: Any) -> None:
    """Producers draw each word, or each change of font, by itself."""
    page.insert_text((50, 100), "Rechnung", fontsize=10)
    page.insert_text((50 + pymupdf.get_text_length("Rechnung ", fontsize=10), 100), "Nr.", fontsize=10)
    page.insert_text((50 + pymupdf.get_text_length("Rechnung Nr. ", fontsize=10), 100), "4711", fontsize=10)
    assert ["Rechnung Nr. 4711"] == texts(page)


def test_what_is_drawn_last_is_read_where_it_stands(page: Any) -> None:
    """Many producers draw totals first and letterheads last."""
    for y, text in ((500, "Total 9.99"), (100, "Acme Ltd"), (300, "Hammer")):
        page.insert_text((50, y), text)
    assert ["Acme Ltd", "Hammer", "Total 9.99"] == texts(page)


def test_umlauts_ligatures_and_currency_signs_are_letters(page: Any) -> None:
    """What a person types must be found in what the page says."""
    page.insert_htmlbox(pymupdf.Rect(50, 50, 500, 200), "<p>Fällige Büﬃcht: 9,90&nbsp;€</p>")
    assert ["Fällige Büfficht: 9,90 €"] == texts(page)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_are_upright_whatever_the_rotation(page: Any, rotation: int) -> None:
    """A page that the viewer turns is read as the viewer shows it: a line is wider than high and inside the page."""
    page.insert_text((300, 400), "Invoice 4711", fontsize=10, rotate=rotation)
    page.set_rotation(rotation)
    (line,) = page_text(page, has_form=False).lines
    first, second = line.words
    assert ["Invoice", "4711"] == [first.text, second.text]
    assert first.box[2] < second.box[0]
    assert first.box[1] == pytest.approx(second.box[1], abs=0.1)
    assert second.box[3] - second.box[1] < second.box[2] - second.box[0]
    middle = pymupdf.Point(300, 400) * page.rotation_matrix
    assert (middle.x, middle.y) == pytest.approx((first.box[0], first.box[3]), abs=4)


def add_field(page: Any, kind: int, name: str, rect: tuple[float, ...], value: str, **options: Any) -> Any:
    """A form field on the page."""
    widget = pymupdf.Widget()
    widget.field_type, widget.field_name, widget.rect = kind, name, pymupdf.Rect(rect)
    for option, setting in options.items():
        setattr(widget, option, setting)
    widget.field_value = value
    page.add_widget(widget)
    return widget


def test_values_of_form_fields_are_lines(page: Any) -> None:
    """A filled form says what was filled in, beside its label."""
    page.insert_text((50, 112), "Name")
    add_field(page, TEXT, "name", (120, 100, 300, 116), "Ada Lovelace")
    assert ["Name", "Ada Lovelace"] == texts(page, has_form=True)


def test_what_was_entered_is_told_from_what_was_printed(page: Any) -> None:
    """Print right beside a field is not part of its value, and a value of two lines stays two lines."""
    page.insert_text((50, 112), "Name:")
    page.insert_text((302, 112), "(please print)")
    add_field(page, TEXT, "name", (76, 100, 300, 116), "Ada Lovelace")
    add_field(page, TEXT, "address", (76, 120, 300, 160), "1 Quay\nPort", field_flags=MULTILINE)
    kinds = [
        (" ".join(word.text for word in line.words), line.line_type) for line in page_text(page, has_form=True).lines
    ]
    assert [
        ("Name:", "text"),
        ("Ada Lovelace", "form_field"),
        ("(please print)", "text"),
        ("1 Quay", "form_field"),
        ("Port", "form_field"),
    ] == kinds


def test_ticks_are_signs(page: Any) -> None:
    """Ticks are drawn, not written: without a sign, a ticked box reads like an empty one."""
    for y, name, value in ((100, "yes", "Yes"), (130, "no", "Off")):
        add_field(page, CHECKBOX, name, (50, y, 62, y + 12), value)
        page.insert_text((80, y + 10), name)
    assert ["☒ yes", "☐ no"] == [" ".join(texts(page, has_form=True)[at : at + 2]) for at in (0, 2)]


def test_a_value_that_does_not_fit_its_field_is_read_whole(page: Any) -> None:
    """The text layer has what is drawn; the field has what was entered."""
    long = "Lane " * 30
    add_field(page, TEXT, "address", (50, 100, 300, 116), long.strip())
    assert [long.strip()] == texts(page, has_form=True)


def test_fields_of_a_turned_page_stand_where_they_are_seen(page: Any) -> None:
    """A tick must not land beside the label of another box."""
    add_field(page, CHECKBOX, "yes", (50, 100, 62, 112), "Yes")
    page.set_rotation(90)
    (line,) = page_text(page, has_form=True).lines
    (tick,) = line.words
    assert "form_field" == line.line_type
    assert (842 - 112, 50, 842 - 100, 62) == pytest.approx(tick.box, abs=8)


def test_a_note_typed_onto_the_page_is_text(page: Any) -> None:
    """An approver's free text counts like the printed one."""
    page.insert_text((50, 100), "Invoice 4711")
    page.add_freetext_annot(pymupdf.Rect(50, 200, 250, 220), "Approved Miller", fontsize=10)
    assert ["Invoice 4711", "Approved Miller"] == texts(page)


def test_garbage_is_what_stands_for_no_letter() -> None:
    """Unmapped, private and control characters make a text layer worthless; umlauts and signs do not."""
    assert 0.0 == garbage_share("Fällig: 9,90 €\n")
    assert 0.5 == garbage_share("ab\ufffd\ue001")
    assert 0.0 == garbage_share("")
