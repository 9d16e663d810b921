"""The words inside a value's evidence boxes must state it: read off the file itself, not taken from the pipeline."""

from decimal import Decimal
from pathlib import Path

import pymupdf
import pytest

from quality.evals.comparing.evidence import Sheets, is_pdf, states
from quality.evals.evaluation import cases, evidence
from quality.evals.sets.prediction import PredictedField, Prediction
from shared.domain.documents.extraction import Evidence
from shared.domain.reading.page import Box, Line, Page, Word
from tests.unit.quality.evals.makers import NOTE, SURE, labelled

_CHECKBOX = 2
"""pymupdf.PDF_WIDGET_TYPE_CHECKBOX, which its stubs lack."""


def place(*boxes: Box, page: int | None = 1) -> tuple[Evidence, ...]:
    return (Evidence(page=page, lines=("p1.l1",), boxes=boxes, text="whatever the pipeline says"),)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A page, turned by a quarter, with two lines, a ticked box and a field without an appearance of its own."""
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=300)
        page.insert_text((20, 50), "Total 1.234,50 EUR")
        page.insert_text((20, 80), "Invoice 2024-0815")
        box = pymupdf.Widget()
        box.field_type, box.field_name, box.rect, box.field_value = (
            _CHECKBOX, "paid", pymupdf.Rect(20, 100, 32, 112), True,
        )  # fmt: skip
        page.add_widget(box)
        page.set_rotation(90)
        document.save(path)
    return path


def upright(file: Path, box: Box) -> Box:
    with pymupdf.open(file) as document:
        turned = pymupdf.Rect(box) * document[0].rotation_matrix
        return (turned.x0, turned.y0, turned.x1, turned.y1)


def test_the_right_box_states_the_value_and_a_wrong_one_does_not(file: Path) -> None:
    """Boxes are those of the upright page; a number is found however it is written there."""
    sheets = Sheets(file, {})
    total, number = upright(file, (15, 38, 200, 54)), upright(file, (15, 68, 200, 84))
    assert states("money", Decimal("1234.5"), sheets.texts(place(total)))
    assert not states("money", Decimal("1234.5"), sheets.texts(place(number)))
    assert states("identifier", "2024-0815", sheets.texts(place(total, number)))
    assert not states("identifier", "2024-0815", sheets.texts(place(upright(file, (15, 68, 60, 84)))))
    assert not states("identifier", "2024-0815", sheets.texts(place()))


def test_a_box_to_tick_must_be_ticked_as_the_value_says(file: Path) -> None:
    """The tick is the field's, not a letter of the page."""
    texts = Sheets(file, {}).texts(place(upright(file, (18, 98, 34, 114))))
    assert (True, False) == (states("boolean", True, texts), states("boolean", False, texts))


def test_of_a_recognised_page_the_stored_words_count(file: Path) -> None:
    """OCR's words have no other source; what the PDF itself holds is not looked at."""
    words = (Word("Total", (0, 0, 50, 10), 0.9), Word("99.00", (60, 0, 90, 10), 0.9))
    page = Page(number=1, width=400, height=300, unit="pt", source="ocr", lines=(Line(id="p1.l1", words=words),))
    sheets = Sheets(file, {1: page})
    assert states("money", Decimal("99.0"), sheets.texts(place((55, 0, 95, 10))))
    assert not states("money", Decimal("99.0"), sheets.texts(place((0, 0, 50, 10))))
    assert not states("money", Decimal("1234.5"), sheets.texts(place((0, 0, 400, 300))))


def test_a_sum_is_stated_by_its_summands() -> None:
    """Two rates of a tax, each in its own box."""
    assert states("money", Decimal("29.0"), ["VAT 19.00", "VAT 10.00"])
    assert not states("money", Decimal("29.0"), ["VAT 19.00", "VAT 11.00"])


def test_a_file_is_a_pdf_by_its_content(file: Path, tmp_path: Path) -> None:
    """Whatever its name says."""
    other = tmp_path / "b.pdf"
    other.write_bytes(b"GIF89a")
    assert (True, False) == (is_pdf(file), is_pdf(other))


def test_the_share_counts_right_values_only_and_names_those_at_the_wrong_place() -> None:
    """A wrong value's place says nothing, nor does a value that stands on no page."""
    fields = {
        "number": PredictedField("7", 0.9, SURE, texts=("No. 7",)),
        "total": PredictedField(Decimal(9), 0.9, SURE, texts=("Subtotal 8.00",)),
        "day": PredictedField("2024-01-01", 0.9, SURE, texts=("2024-01-01",)),
    }
    labels = [labelled("a.pdf", number="7", total=9.0, day="2025-01-01"), labelled("b.pdf", number="7")]
    predictions = {
        "a.pdf": Prediction("a.pdf", "finalized", "note", fields=fields),
        "b.pdf": Prediction("b.pdf", "finalized", "note", fields={"number": PredictedField("7", 0.9, SURE)}),
    }
    told = evidence(cases(labels, predictions, {"note": NOTE}))
    assert (2, 1, 0.5) == (told["n"], told["right"], told["share"])
    assert [{"file": "a.pdf", "field": "total", "texts": ("Subtotal 8.00",)}] == told["wrong"]
