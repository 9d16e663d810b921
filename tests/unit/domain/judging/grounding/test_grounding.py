"""A value stands on the page, or it does not."""

from decimal import Decimal

import pytest

from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.search import Search, is_grounded, is_labelled, is_sum_of_lines, locate
from shared.domain.reading.page import Page
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.testing.builders.pages import text_lines

LINES = text_lines(1, "Rechnung Nr. 4711", "Netto 1.234,50 EUR", "Summe 1.234,50 EUR", "am 3. März 2026")
PAGE = Page(number=1, width=595, height=842, unit="pt", source="text", lines=LINES)
NUMBER = FieldSpec(name="number", field_type="identifier", title="Number", labels=("Rechnung Nr.",))
TOTAL = FieldSpec(name="total", field_type="money", title="Total", labels=("Summe",))


@pytest.mark.parametrize(
    ("kind", "value", "text", "expected"),
    [
        ("money", Decimal("1234.5"), "Summe 1.234,50 €", True),
        ("money", Decimal("1234.5"), "Total 1,234.50", True),
        ("money", Decimal("1234.5"), "CHF 1'234.50", True),
        ("money", Decimal("1234.5"), "1 234,50", True),
        ("money", Decimal("1234.5"), "Total 1,234.05", False),
        ("money", Decimal("-5.0"), "- 5,00", True),
        ("number", Decimal("1234.0"), "1.234 Stück", True),
        ("number", Decimal("1.234"), "1.234 kg", True),
        ("number", Decimal("3.0"), "12 34", False),
        ("date", "2026-03-03", "3. März 2026", True),
        ("date", "2026-03-03", "03/03/26", True),
        ("date", "2026-03-04", "04 mars 2026", True),
        ("date", "2026-03-04", "2026-03-04T10:00", True),
        ("date", "2026-03-04", "20260304", True),
        ("date", "2026-03-04", "5. März 2026", False),
        ("date", "2026-05-04", "4 March 2026", False),
        ("currency", "EUR", "10,00 €", True),
        ("currency", "EUR", "10.00 USD", False),
        ("currency", "INR", "Rs 1939", True),
        ("currency", "INR", "Rs.1939", True),
        ("currency", "INR", "3 Persons", False),
        ("currency", "MYR", "RM1.00", True),
        ("currency", "MYR", "FORM 12", False),
        ("identifier", "DE89 3704", "IBAN DE893704 0044", True),
        ("text", "Müller & Söhne", "MÜLLER & SÖHNE GmbH", True),
        ("text", "---", "anything", False),
        ("text", None, "None", False),
    ],
)
def test_values_are_compared_by_their_kind(kind: FieldType, value: Scalar, text: str, expected: bool) -> None:
    """Separators, case and date forms do not matter; another number, day or currency does."""
    assert expected is is_grounded(kind, value, text)


@pytest.mark.parametrize(
    ("value", "texts", "expected"),
    [
        (Decimal("48.99"), ("Umsatzsteuer 19 % 17,78 EUR", "Umsatzsteuer 7 % 31,21 EUR"), True),
        (Decimal("-48.99"), ("17,78", "31,21"), True),
        (Decimal("48.99"), ("Umsatzsteuer 19 %", "17,78", "Umsatzsteuer 7 %", "31,21"), True),
        (Decimal("48.98"), ("17,78", "31,21"), False),
        (Decimal("17.78"), ("17,78", "31,21"), False),
        (Decimal("17.78"), ("17,78",), False),
        (Decimal("17.78"), ("17,78", "0,00"), False),
        (Decimal("0.0"), (), False),
        ("48.99", ("17,78", "31,21"), False),
        (Decimal("3.0"), ("1",) * 7, False),
        (Decimal("2.0"), (" ".join(str(number) for number in range(1, 100)),) * 2, False),
    ],
)
def test_amounts_of_the_cited_lines_may_add_up_to_a_value(
    value: Scalar, texts: tuple[str, ...], expected: bool
) -> None:
    """A line gives one number, not zero, or none; not so many lines or numbers that chance would find a sum."""
    assert expected is is_sum_of_lines(value, texts)


def test_the_box_is_that_of_the_value() -> None:
    """The shortest run of words that states the value is marked, whatever else stands in the line."""
    place = locate(TOTAL, Decimal("1234.5"), [(PAGE, LINES[2])])[0]
    assert (1, (LINES[2].id,), (LINES[2].words[1].box,)) == (place.page, place.lines, place.boxes)


def test_a_value_over_several_lines_is_marked_line_by_line() -> None:
    """Where no single line states the value, each cited line is marked."""
    address = FieldSpec(name="address", field_type="text", title="Address")
    place = locate(address, "4711 Netto", [(PAGE, LINES[0]), (PAGE, LINES[1])])[0]
    assert (LINES[0].box, LINES[1].box) == place.boxes


def test_a_search_must_be_unambiguous() -> None:
    """A value that stands in several lines says nothing about where it was read."""
    searches = [Search(NUMBER, "4711"), Search(TOTAL, Decimal("1234.5")), Search(NUMBER, "4712")]
    for search in searches:
        search.search_page(PAGE)
    assert [(PAGE, LINES[0]), None, None] == [search.hit for search in searches]


def test_a_value_on_two_pages_is_ambiguous_too() -> None:
    """The pages come one by one, and each may take back what the one before it gave."""
    search = Search(NUMBER, "4711")
    hits = []
    for _ in range(3):
        search.search_page(PAGE)
        hits.append(search.hit)
    assert [(PAGE, LINES[0]), None, None] == hits


def test_a_label_stands_beside_or_above_its_value() -> None:
    """A label in the line itself counts; one further down the page does not."""
    assert is_labelled(TOTAL, PAGE, LINES[2])
    assert not is_labelled(NUMBER, PAGE, LINES[3])


def test_the_evidence_says_what_kind_of_line_states_the_value() -> None:
    """A value typed into a form is of that kind, though its printed label is cited with it."""
    entered = LINES[2].model_copy(update={"kind": "form_field"})
    assert "form_field" == locate(TOTAL, Decimal("1234.5"), [(PAGE, LINES[0]), (PAGE, entered)])[0].kind
    assert "text" == locate(NUMBER, "4711", [(PAGE, LINES[0]), (PAGE, entered)])[0].kind
