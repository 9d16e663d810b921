"""Headers and footers of a DOCX: those that some page shows, each once."""

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.shared import Inches

from shared.adapters.formats.docx import parse_docx
from tests.unit.adapters.formats.test_office_parsers import said, saved


def make_document() -> Any:
    """A document with headers for the first, the even and the other pages, and a footer."""
    made = docx.Document()
    section = made.sections[0]
    section.header.paragraphs[0].text = "Head"
    section.first_page_header.paragraphs[0].text = "First head"
    section.even_page_header.paragraphs[0].text = "Even head"
    section.footer.paragraphs[0].text = "Foot"
    made.add_paragraph("Text")
    return made


@pytest.mark.parametrize(
    ("has_first", "has_even", "heads"),
    [
        (False, False, ["Head"]),
        (True, False, ["Head", "First head"]),
        (False, True, ["Head", "Even head"]),
        (True, True, ["Head", "First head", "Even head"]),
    ],
)
def test_only_headers_that_are_printed_are_read(
    tmp_path: Path, has_first: bool, has_even: bool, heads: list[str]
) -> None:
    """Word keeps those of pages that its sections no longer tell apart."""
    made = make_document()
    made.sections[0].different_first_page_header_footer = has_first
    if has_even:
        made.settings.element.append(OxmlElement("w:evenAndOddHeaders"))
    texts = said(list(parse_docx(saved(made, tmp_path / "x"))))
    assert (sorted(heads), ["Text", "Foot"]) == (sorted(texts[:-2]), texts[-2:])


def test_a_section_goes_on_with_the_header_before(tmp_path: Path) -> None:
    """One that turns first pages on shows the first header of the section before."""
    made = make_document()
    made.add_section().different_first_page_header_footer = True
    texts = said(list(parse_docx(saved(made, tmp_path / "x"))))
    assert {"Head", "First head"} == set(texts) - {"Text", "Foot"}


def test_a_table_in_a_header_is_read_once(tmp_path: Path) -> None:
    """A letterhead is often set in one; each section has the same."""
    made = docx.Document()
    made.add_section()
    for section in made.sections:
        section.header.is_linked_to_previous = False
        table = section.header.add_table(1, 2, Inches(5))
        table.cell(0, 0).text, table.cell(0, 1).text = "Marlow Tools Ltd", "No. 17"
    made.add_paragraph("Text")
    assert ["Marlow Tools Ltd|No. 17", "Text"] == said(list(parse_docx(saved(made, tmp_path / "x"))))
