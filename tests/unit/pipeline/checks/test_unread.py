"""A label with a value that nobody read, and a table without rows, are told."""

from copy import replace
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.documents.extraction import Evidence, FieldValue, Row
from shared.domain.reading.page import Line, Page, Word
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule
from shared.pipeline.checks.reads_as import can_be_value
from shared.pipeline.checks.unread import UnreadSearch
from shared.pipeline.review.review import Decision, claim, complete
from tests.support.pipeline.world import ANSWERS, answering, make_world

FIELDS: dict[str, dict[str, Any]] = {
    "total": {"kind": "money", "labels": ("Total", "Grand total")},
    "due": {"kind": "money", "labels": ("Total due", "Amount")},
    "tax": {"kind": "money", "labels": ("VAT", "MwSt.")},
    "day": {"kind": "date", "labels": ("Date", "Datum")},
    "order": {"kind": "identifier", "labels": ("Order no.", "PO #")},
    "iban": {"kind": "identifier", "labels": ("IBAN", "Account"), "identifier": "iban"},
    "buyer": {"kind": "text", "labels": ("Bill to", "Customer")},
    "currency": {"kind": "currency", "labels": ("Currency",)},
    "weight": {"kind": "number", "labels": ("Weight",)},
    "paid": {"kind": "boolean", "labels": ("Paid",)},
}
COLUMNS = (
    FieldSpec(name="what", field_type="text", title="Item", labels=("Description",)),
    FieldSpec(name="price", field_type="money", title="Price", labels=("Unit price",)),
)
SUM = Rule(id="sum", expression='near(sum_of(rows, "price"), total)', message="?", fields=("rows", "total"))
KIND = DocumentType(
    name="note",
    title="Note",
    fields=(
        *(FieldSpec.model_validate({"name": name, "title": f"The {name}", **spec}) for name, spec in FIELDS.items()),
        FieldSpec(name="rows", field_type="table", title="Rows", columns=COLUMNS),
    ),
    rules=(SUM,),
)


def _line(number: int, text: str, left: float, top: float) -> Line:
    words, x = [], left
    for word in text.split():
        words.append(Word(word, (x, top, x + 6 * len(word), top + 10)))
        x += 6 * len(word) + 6
    return Line(id=f"p1.l{number}", words=tuple(words))


def _page(*rows: str) -> Page:
    """A page with a row of lines for each text; `|` parts the columns of a row, 200 points apart."""
    places = [
        (text.strip(), 200.0 * column, 15.0 * row)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts.split("|"))
        if text.strip()
    ]
    lines = tuple(_line(number, *place) for number, place in enumerate(places, 1))
    return Page(number=1, width=595, height=842, unit="pt", source="text", lines=lines)


def _found(page: Page, rows: tuple[Row, ...] = (), **values: FieldValue) -> dict[str, str]:
    """The field and the severity of each finding."""
    search = UnreadSearch(KIND)
    search.add_page(page)
    told = search.findings({name: values.get(name, FieldValue()) for name in FIELDS}, {"rows": rows})
    return {finding.fields[0]: finding.severity for finding in told if finding.rule == "label_without_value"}


def _empty(page: Page, kind: DocumentType = KIND, **values: FieldValue) -> str:
    search = UnreadSearch(kind)
    search.add_page(page)
    told = search.findings({name: values.get(name, FieldValue()) for name in FIELDS}, {"rows": ()})
    [severity] = [finding.severity for finding in told if finding.rule == "empty_table"]
    return severity


def _read(page: Page, line: int, value: Any, first: int = 0) -> FieldValue:
    """A value that was read from a line, from its word `first` on."""
    read = page.lines[line - 1]
    boxes = tuple(word.box for word in read.words[first:])
    return FieldValue(value=value, evidence=(Evidence(page=1, lines=(read.id,), boxes=boxes, text=read.text),))


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (("Total 119.00",), "total"),
        (("TOTAL: EUR 1.234,50",), "total"),
        (("Grand total | 119.00",), "total"),
        (("Total (EUR) | 119.00",), "total"),
        (("VAT 19% 19.00",), "tax"),
        (("VAT (19 %) | 19,00 €",), "tax"),
        (("Date: 09.03.2026",), "day"),
        (("Datum | 9. März 2026",), "day"),
        (("Date", "2026-03-09"), "day"),
        (("Order no. PO-4711",), "order"),
        (("Order no. | Date", "4711-A | 2026-03-09"), "order"),
        (("Order no. | Date", "4711-A | 2026-03-09"), "day"),
        (("Bank of Somewhere IBAN: DE89 3704 0044 0532 0130 00 BIC: X",), "iban"),
        (("Bill to", "Harbour Ltd"), "buyer"),
        (("Customer: Harbour Ltd",), "buyer"),
        (("Currency: EUR",), "currency"),
        (("Weight 12.5",), "weight"),
    ],
)
def test_a_label_with_a_value_that_nobody_read_is_an_error(rows: tuple[str, ...], field: str) -> None:
    """Behind the label, beside it or below it; whatever the type demands."""
    assert "error" == _found(_page(*rows)).get(field)


@pytest.mark.parametrize(
    "rows",
    [
        ("Total",),
        ("Total:", "Date:", "Order no.:"),
        ("Order no. | Date", "Bill to |"),
        ("Totally different 119.00",),
        ("The sub total 119.00",),
        ("Date of delivery 2026-03-09",),
        ("VAT 19%",),
        ("VAT ID DE123",),
        ("Order by phone",),
        ("Order no. 12",),
        ("Customer service is there for you",),
        ("Account: 12345678",),
        ("Paid yes",),
        ("Item | Price", "Total | 3.00"),
        ("Due | in 14 days",),
        ("Weight in kilograms",),
    ],
)
def test_a_blank_form_and_other_words_are_no_finding(rows: tuple[str, ...]) -> None:
    """A label with nothing there, a word that only begins alike, a value of another type."""
    found = _found(_page(*rows), total=FieldValue(value=Decimal(3)))
    assert {} == found


def test_a_label_belongs_to_the_field_with_the_longest_one() -> None:
    """The total due is no total."""
    assert {"due": "error"} == _found(_page("Total due 119.00"))


def test_words_that_another_value_was_read_from_are_explained() -> None:
    """An amount that was taken for the total is not missing under another name."""
    page = _page("Amount 119.00")
    assert {"due": "error"} == _found(page)
    assert {} == _found(page, total=_read(page, 1, 119.0, first=1))
    row = Row(cells={"what": "x", "price": Decimal(119)}, evidence=_read(page, 1, None).evidence)
    assert {} == _found(page, (row,))


def test_a_value_that_was_read_is_no_finding() -> None:
    """Its label may stand on the page as often as it likes."""
    page = _page("Total 119.00", "Total 119.00")
    assert {} == _found(page, total=_read(page, 1, 119.0, first=1))


@pytest.mark.parametrize(
    ("rows", "total", "severity"),
    [
        (("Item | Price", "Apples | 3.00"), None, "error"),
        (("Nothing here",), Decimal(3), "error"),
        (("Nothing here",), Decimal(), "info"),
        (("Nothing here",), None, "info"),
        (("Price list",), None, "info"),
    ],
)
def test_an_empty_table_is_told_and_matters_with_headings_or_a_total(
    rows: tuple[str, ...], total: Decimal | None, severity: str
) -> None:
    """Headings without rows, or a sum of no rows that is not zero, bring a person in."""
    assert severity == _empty(_page(*rows), total=FieldValue(value=total))


@pytest.mark.parametrize(
    ("due", "severity"), [(Decimal(3), "error"), (Decimal(-3), "error"), (Decimal(), "info"), (None, "info")]
)
def test_an_empty_table_matters_with_any_amount_that_its_total_is_tied_to(due: Decimal | None, severity: str) -> None:
    """The sum of the rows need not be stated itself: an invoice of 3.00 has something on it."""
    tied = Rule(id="due", expression="near(total, due)", message="?", fields=("total", "due"))
    kind = replace(KIND, rules=(SUM, tied))
    assert severity == _empty(_page("Nothing here"), kind, due=FieldValue(value=due))


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("total", "1 234,50 €", True),
        ("total", "$12", True),
        ("total", "12", False),
        ("total", "12.03.2026", False),
        ("total", "(12.00)", True),
        ("day", "March 9, 2026", True),
        ("day", "12 May", False),
        ("day", "12.00", False),
        ("order", "AB-1", True),
        ("order", "A", False),
        ("order", "2026-03-09", False),
        ("iban", "DE89370400440532013000", True),
        ("iban", "DE8937040044053201300", False),
        ("currency", "eur", False),
        ("buyer", "4711", False),
        ("paid", "yes", False),
    ],
)
def test_what_reads_as_a_value_of_a_kind(field: str, text: str, expected: bool) -> None:
    """By its printed form alone."""
    assert expected == can_be_value(KIND.field(field), text)


async def test_a_value_that_nobody_read_waits_for_a_person_and_is_settled_by_one() -> None:
    """The finding goes when the value comes; one about the reading itself would stay."""
    unread = ANSWERS["extract_note"] | {"total": {"value": None, "lines": []}}
    world = make_world(script=answering(extract_note=unread))
    document = await world.drop()
    await world.settle()
    run = await world.run(document)
    assert ["label_without_value"] == [reason.code for reason in run.reasons]
    task = await claim(world.context, document, "me")
    assert task.lease is not None
    decision = Decision.model_validate({"token": task.lease.token, "corrections": {"total": 3.5}})
    await complete(world.context, document, decision)
    await world.settle()
    assert [] == (await world.result(document))["findings"]
