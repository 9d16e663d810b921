"""Which pages of a file begin a document, by what they say."""

from copy import replace

import pytest

from shared.domain.reading.packet import SignReader, Signs, find_second_document, judge_pages, parts
from shared.domain.reading.page import Line, Page, Word
from shared.domain.reading.page_range import PageRange
from shared.domain.types.document_type import DocumentType, FieldSpec

NUMBER = FieldSpec(
    name="number", field_type="identifier", title="Number", labels=("Invoice no.", "Invoice"), required=True
)
IBAN = FieldSpec(name="iban", field_type="identifier", title="IBAN", labels=("IBAN",))
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
    return list(judge_pages([SignReader([INVOICE]).read(one) for one in pages]))


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
    found = SignReader([INVOICE]).read(page("Apples", foot=foot))
    assert expected == (found.number, found.total)


def test_a_fraction_in_the_middle_of_a_page_is_no_page_number() -> None:
    """Tables are full of them."""
    assert SignReader([INVOICE]).read(page("a", "b", "c", "d", "1 / 2", "e")).number is None


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
    assert not SignReader([INVOICE]).read(broken).blank


def test_parts_are_all_pages_in_order() -> None:
    """What nobody could tell goes on with what is before it."""
    assert (PageRange(first=1, last=2), PageRange(first=3, last=5)) == parts(
        ("starts", "continues", "starts", "unsure", "continues")
    )
    assert () == judge_pages([])
    assert ("starts",) == judge_pages([Signs(page=1, blank=True)])


STATEMENT = DocumentType(
    name="statement",
    title="Bank statement",
    fields=(
        FieldSpec(
            name="account", field_type="identifier", title="Account", labels=("Account no.", "IBAN"), required=True
        ),
    ),
)
ORDER = DocumentType(
    name="order",
    title="Purchase order",
    fields=(FieldSpec(name="number", field_type="identifier", title="Order", labels=("Order no.",), required=True),),
)
DATED = replace(
    INVOICE,
    fields=(
        NUMBER,
        replace(IBAN, identifier="iban"),
        FieldSpec(name="date", field_type="date", title="Invoice date", labels=("Invoice date",)),
    ),
)


def said_of_all_types(*pages: Page) -> list[str]:
    """The verdicts where the types of statements and orders lend their labels, too."""
    reader = SignReader([DATED, STATEMENT, ORDER])
    return list(judge_pages([reader.read(one) for one in pages]))


@pytest.mark.parametrize(
    "shared",
    ["IBAN GB29 NWBK 6016", "Account no. 40117723", "Order no. 7", "Invoice date: 14 March 2025", "VAT no. GB1"],
)
def test_what_a_sellers_invoices_share_makes_them_no_single_document(shared: str) -> None:
    """Their account, the order that they are for, their date: with page numbers and without."""
    first, second = ("Invoice no. A-1", shared), ("Invoice no. A-2", shared)
    starts = ["starts", "starts"]
    assert starts == said_of_all_types(page(*first, foot="Page 1 of 1"), page(*second, foot="Page 1 of 1"))
    assert starts == said_of_all_types(page(*first, title="Invoice"), page(*second, title="Invoice"))
    again = [page(*first, title="Invoice"), page(*first), page(*second, title="Invoice"), page(*second)]
    assert ["starts", "continues"] * 2 == said_of_all_types(*again)


def test_an_invoice_for_several_orders_is_one_document() -> None:
    """Each of its pages names its own number, and another order."""
    pages = [page(f"Invoice no. A-1 {title}", f"Order no. {title}", title="Invoice") for title in ("7", "8")]
    assert ["starts", "continues"] == said_of_all_types(*pages)


def test_numbers_are_compared_as_a_whole() -> None:
    """Those of a year begin alike."""
    assert ["starts", "starts"] == told(page("Invoice no. 2025 / 001"), page("Invoice no. 2025 / 002"))
    assert ["starts", "continues"] == told(page("Invoice no. 2025 / 001"), page("Invoice no.: 2025/001"))


def second_start(*pages: Page) -> tuple[tuple[int, str], ...] | None:
    """The pages that begin two documents in a file that is read as one invoice, with their numbers."""
    reader = SignReader([DATED])
    numbered = [reader.read(replace(one, number=number)) for number, one in enumerate(pages, 1)]
    return find_second_document(numbered, "invoice.number")


FAR_DOWN = [f"line {number}" for number in range(14)]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([page("Invoice no. A-1", foot="Page 1 of 1"), page("Invoice no. A-2", foot="Page 1 of 1")], (2, "A-2")),
        ([page("Invoice no. A-1"), page("Invoice no. A-2"), page("Invoice no. A-3")], (2, "A-2")),
        ([page("Invoice no. A-1"), page("goods"), page(*FAR_DOWN, "Invoice no. B-2", foot="Page 1 of 1")], (3, "B-2")),
        ([page("Invoice no. A-1", foot="Page 1 of 2"), page("x"), page("Invoice no. A-2")], (3, "A-2")),
        ([page("x", title="Invoice", foot="Page 1 of 1"), page("y", title="Invoice", foot="Page 1 of 1")], (2, "")),
    ],
)  # fmt: skip
def test_a_second_document_is_found_in_a_file_of_known_type(pages: list[Page], expected: tuple[int, str]) -> None:
    """By its number at the head or on a page 1, or by numbering that begins again under the title."""
    found = second_start(*pages)
    assert found is not None
    assert expected == found[1]


@pytest.mark.parametrize(
    "pages",
    [
        [page("Invoice no. A-1", title="Invoice", foot=f"Page {number} of 3") for number in (1, 2, 3)],
        [page("Invoice no. A-1", title="Invoice"), page("Invoice no. A-1", title="Invoice")],
        [page("Invoice no. A-1"), page(*FAR_DOWN, "Invoice no. A-0 was paid")],
        [page("Invoice no. A-2"), page("Invoice no. A-0 5.00", "Invoice no. A-1 6.00", title="Statement")],
        [page("Invoice no. A-2", "Invoice A-1 is credited by this"), page("Invoice A-1", foot="Page 2 of 2")],
        [page("Invoice no. A-1", foot="Page 1 of 1"), page("Terms of delivery", foot="Page 1 of 1")],
        [page("Invoice no. A-1", foot="Page 1 of 1"), page("Invoice no. A-1", title="Invoice", foot="Page 1 of 1")],
        [page("Delivery note"), page("Invoice no. A-1", title="Invoice")],
        [page("Invoice no. A-1"), page("Invoice date: 14 March 2025")],
    ],
)
def test_one_document_is_no_two(pages: list[Page]) -> None:
    """Heads that repeat, references, lists of other invoices, annexes with page numbers of their own, copies."""
    assert second_start(*pages) is None
