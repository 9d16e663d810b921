"""Which pages of a file begin a document, by what they say."""

import pytest

from shared.domain.document_type import DocumentType, FieldSpec
from shared.domain.packet import Signs, parts, signs, verdicts
from shared.domain.page import Line, Page, Word
from shared.domain.task import PageRange

NUMBER = FieldSpec(name="number", kind="identifier", title="Number", labels=("Invoice no.", "Invoice"), required=True)
IBAN = FieldSpec(name="iban", kind="identifier", title="IBAN", labels=("IBAN",))
INVOICE = DocumentType(name="invoice", title="Invoice", labels=("Rechnung", "IBAN"), fields=(NUMBER, IBAN))


def page(*texts: str, foot: str = "", title: str = "", number: int = 1) -> Page:
    """A page of 600 x 800 points with a large title at the top, lines below it, and a foot."""
    rows = [(title, 30.0, 24.0), *((text, 120.0 + 20 * at, 12.0) for at, text in enumerate(texts)), (foot, 780.0, 12.0)]
    lines = tuple(
        Line(id=f"p{number}.l{at}", words=(Word(text=text, box=(50.0, y, 50.0 + 7 * len(text), y + height)),))
        for at, (text, y, height) in enumerate(rows, 1)
        if text
    )
    return Page(number=number, width=600, height=800, unit="pt", source="text", lines=lines)


def told(*pages: Page) -> list[str]:
    """The verdict on each page of a file."""
    return list(verdicts([signs(one, [INVOICE]) for one in pages]))


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        ("Page 2 of 3", (2, 3)),
        ("Seite 1", (1, None)),
        ("Página 2 de 2", (2, 2)),
        ("3 / 4", (3, 4)),
        ("- 2 of 2 -", (2, 2)),
        ("5 / 4", (None, None)),
        ("Total 3.50", (None, None)),
    ],
)
def test_a_page_tells_its_number_in_many_ways(foot: str, expected: tuple[int | None, int | None]) -> None:
    """A fraction whose part is larger than its whole is none."""
    found = signs(page("Apples", foot=foot), [INVOICE])
    assert expected == (found.number, found.total)


def test_a_fraction_in_the_middle_of_a_page_is_no_page_number() -> None:
    """Tables are full of them."""
    assert signs(page("a", "b", "c", "d", "1 / 2", "e"), [INVOICE]).number is None


def test_numbering_that_begins_again_begins_a_document() -> None:
    """And a page that goes on counting does not."""
    assert ["starts", "continues", "starts"] == told(
        page("a", foot="Page 1 of 2"), page("b", foot="Page 2 of 2"), page("c", foot="Page 1 of 1")
    )


def test_another_document_number_begins_a_document() -> None:
    """The same number again is the same document, even with its title repeated at the head of each page."""
    assert ["starts", "continues", "starts"] == told(
        page("Invoice no. A-1", title="Invoice"),
        page("Invoice no. A-1", title="Invoice"),
        page("Invoice no. A-2", title="Invoice"),
    )


def test_a_large_title_begins_a_document() -> None:
    """The words of a type in a usual line, or those that label a field, are no title."""
    assert ["starts", "starts"] == told(page("a"), page("b", title="Rechnung"))
    assert ["starts", "unsure"] == told(page("a"), page("Rechnung"))
    assert ["starts", "unsure"] == told(page("a"), page("b", title="IBAN"))


def test_what_is_carried_forward_goes_on() -> None:
    """Though the page has a title."""
    assert ["starts", "continues"] == told(page("a"), page("Carried forward 3.50", title="Invoice"))


def test_a_blank_page_belongs_to_what_is_before_it() -> None:
    """It ends a document that is complete by its own numbering; otherwise it tells nothing."""
    blank = Page(number=2, width=600, height=800, unit="pt", source="none")
    assert ["starts", "continues", "starts"] == told(page("a", foot="Page 1 of 1"), blank, page("b"))
    assert ["starts", "continues", "unsure"] == told(page("a"), blank, page("b"))


def test_a_page_that_could_not_be_read_is_not_blank() -> None:
    """It may hold anything, so nothing is concluded from it."""
    broken = Page(number=2, width=600, height=800, unit="pt", source="none", problem="damaged")
    assert not signs(broken, [INVOICE]).blank


def test_parts_are_all_pages_in_order() -> None:
    """What nobody could tell goes on with what is before it."""
    assert (PageRange(first=1, last=2), PageRange(first=3, last=5)) == parts(
        ("starts", "continues", "starts", "unsure", "continues")
    )
    assert () == verdicts([])
    assert ("starts",) == verdicts([Signs(page=1, blank=True)])
