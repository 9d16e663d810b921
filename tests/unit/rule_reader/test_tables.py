"""Tables are read under their header, over wrapped lines and pages, and end where the sums begin."""

from typing import Any

import pytest

from shared.domain.reading.page import Span
from tests.support.paper import Cell, extracted, field, fields, table

ASKED = fields(
    net_total=field("money", "Net total", "Subtotal"),
    items=table(
        description=field("text", "Description", "Description", "Beschreibung"),
        quantity=field("number", "Quantity", "Qty", "Menge"),
        unit_price=field("money", "Unit price", "Unit price", "Einzelpreis"),
        amount=field("money", "Amount", "Amount", "Betrag"),
    ),
)
HEAD: list[Cell] = [(40, "Description"), (250, "Qty"), (330, "Unit price"), (480, "Amount")]
TEA: list[Cell] = [(40, "Green tea"), (255, "2"), (345, "3.00"), (485, "6.00")]
RICE: list[Cell] = [(40, "Rice"), (255, "1"), (345, "1.50"), (485, "1.50")]


def rows_of(*pages: list[list[Cell]]) -> list[list[Any]]:
    """The table's rows as lists of cells, without their lines."""
    return [[value for name, value in row.items() if name != "lines"] for row in extracted(ASKED, *pages)["items"]]


def test_rows_are_read_in_order_with_their_lines() -> None:
    """Each row has its cells and cites the lines they stand on."""
    found = extracted(ASKED, [HEAD, TEA, RICE])["items"]
    first = {"lines": ["p1.l5", "p1.l6", "p1.l7", "p1.l8"], "description": "Green tea"}
    assert found[0] == {**first, "quantity": 2.0, "unit_price": 3.0, "amount": 6.0}
    assert [row["description"] for row in found] == ["Green tea", "Rice"]


def test_a_wrapped_description_is_joined() -> None:
    """A line of words under a row belongs to its description; one that names something else does not."""
    found = rows_of([HEAD, TEA, [(40, "from Uji")], [(40, "Lot: 77")], RICE])
    assert found[0] == ["Green tea from Uji", 2.0, 3.0, 6.0]
    assert found[1][0] == "Rice"


def test_the_sums_end_the_table() -> None:
    """What follows a total's label is no row."""
    found = rows_of(
        [HEAD, TEA, RICE, [(330, "Subtotal"), (485, "7.50")], [(40, "Shipping"), (345, "1.00"), (485, "1.00")]]
    )
    assert [row[0] for row in found] == ["Green tea", "Rice"]


def test_the_table_goes_on_over_a_page_with_its_header_again() -> None:
    """A repeated header is skipped, and so is what stands above it."""
    found = rows_of([HEAD, TEA], [[(40, "Page 2 of 2")], HEAD, RICE])
    assert [row[0] for row in found] == ["Green tea", "Rice"]


def test_the_table_goes_on_over_a_page_without_a_header() -> None:
    """Without a repeated header the columns stay where they were."""
    found = rows_of([HEAD, TEA], [RICE, TEA])
    assert [row[0] for row in found] == ["Green tea", "Rice", "Green tea"]


def test_a_header_may_have_several_lines() -> None:
    """Labels that stand over each other are one column's."""
    stacked: list[list[Cell]] = [
        [(330, "Unit")],
        [(40, "Description"), (250, "Qty"), (480, "Amount")],
        [(330, "price")],
    ]
    low = [[(x, text) for x, text in row] for row in stacked]
    found = extracted(ASKED, [*low, TEA])["items"]
    assert [row["description"] for row in found] == ["Green tea"]


def test_columns_nobody_asked_for_do_not_disturb() -> None:
    """Position numbers and article codes stay out of the description."""
    head: list[Cell] = [
        (10, "Pos"),
        (40, "Code"),
        (90, "Beschreibung"),
        (250, "Menge"),
        (330, "Einzelpreis"),
        (480, "Betrag"),
    ]
    row: list[Cell] = [(12, "1"), (40, "KR3M"), (90, "Kunstrasen"), (255, "3 Stk"), (345, "3,33"), (485, "9,99")]
    assert rows_of([head, row]) == [["Kunstrasen", 3.0, 3.33, 9.99]]


def test_a_sentence_with_numbers_is_no_row() -> None:
    """Prose between rows that happens to hold numbers adds nothing."""
    prose: list[Cell] = [(40, "Of the 5 boxes that were ordered on the first day, 4 will follow in the next 2 weeks")]
    assert [row[0] for row in rows_of([HEAD, TEA, prose, RICE])] == ["Green tea", "Rice"]


def test_without_a_header_there_are_no_rows() -> None:
    """No header, no guess."""
    assert rows_of([TEA, RICE]) == []


def test_a_long_table_comes_back_whole() -> None:
    """Four hundred rows over eight pages: every one is there."""
    row: list[Cell] = [(40, "Item"), (255, "1"), (345, "2.00"), (485, "2.00")]
    pages: list[list[list[Cell]]] = [[HEAD, *([row] * 50)] for _ in range(8)]
    assert len(rows_of(*pages)) == 400


def test_an_unlabelled_column_that_multiplies_is_the_quantity() -> None:
    """Number x price = sum tells which column counts, on later pages too; one that does not multiply stays out."""
    head: list[Cell] = [(40, "#"), (90, "Description"), (330, "Unit price"), (480, "Amount")]
    tea: list[Cell] = [(40, "2"), (90, "Green tea"), (345, "3.00"), (485, "6.00")]
    ink: list[Cell] = [(40, "4"), (90, "Ink"), (345, "0.50"), (485, "2.00")]
    assert [row[1] for row in rows_of([head, tea, ink], [head, ink])] == [2.0, 4.0, 4.0]
    numbered: list[Cell] = [(40, "7"), (90, "Green tea"), (345, "3.00"), (485, "6.00")]
    assert [row[1] for row in rows_of([head, numbered])] == [None]


def test_only_the_rows_that_are_asked_for_are_given() -> None:
    """A request may name the lines in which the rows begin; the others are context, such as the headings."""
    found = extracted(ASKED, [HEAD, TEA, RICE, TEA], only_rows=[Span(1, 9, 12)])
    assert ["Rice"] == [row["description"] for row in found["items"]]


def test_a_title_right_above_the_header_is_no_part_of_it() -> None:
    """A title that stands over two headings is not the first heading's upper line."""
    head: list[Cell] = [(40, "Line"), (70, "Description"), (330, "Qty"), (480, "Amount")]
    row: list[Cell] = [(50, "1"), (70, "Green tea"), (335, "2"), (485, "6.00")]
    assert rows_of([[(35, "Goods delivered in May")], head, row]) == [["Green tea", 2.0, None, 6.0]]


@pytest.mark.parametrize("row", [["2", "3.00", "6.00"], ["12", "3.00", "36.00"], ["100", "3.00", "300.00"]])
def test_numbers_set_right_under_headings_set_left_stay_in_their_columns(row: list[str]) -> None:
    """A narrow number may stand nearer to the next heading than to its own."""
    head: list[Cell] = [(40, "Description"), (160, "Qty"), (235, "Unit price"), (300, "Amount")]
    edges = [222, 275, 330]
    cells: list[Cell] = [(edge - 5 * len(text), text) for edge, text in zip(edges, row, strict=True)]
    assert rows_of([head, [(40, "Green tea"), *cells]]) == [["Green tea", *map(float, row)]]


def test_a_row_without_a_price_is_read_by_where_the_full_rows_stand() -> None:
    """A lone quantity that stands nearer to the heading of prices is a quantity where the other rows say so."""
    head: list[Cell] = [(40, "Description"), (160, "Qty"), (235, "Unit price"), (300, "Amount")]
    full: list[Cell] = [(40, "Green tea"), (217, "2"), (255, "3.00"), (310, "6.00")]
    sparse: list[Cell] = [(40, "Delivery"), (217, "1"), (310, "4.00")]
    assert rows_of([head, full, sparse, full])[1] == ["Delivery", 1.0, None, 4.0]


def test_cells_of_rows_are_no_single_values() -> None:
    """A heading that is also a field's label does not hand the first row's cell to the field."""
    asked = (
        *fields(
            number=field("identifier", "Invoice number", "Invoice number"),
            due=field("money", "Amount due", "Amount due"),
        ),
        *ASKED,
    )
    head: list[Cell] = [(20, "No."), *HEAD]
    rows: list[list[Cell]] = [head, [(20, "1"), *TEA], [(20, "2"), *RICE], [(330, "Subtotal"), (485, "7.50")]]
    found = extracted(asked, rows)
    assert (found["number"]["value"], found["due"]["value"], found["net_total"]["value"]) == (None, None, 7.5)
    labelled = extracted(asked, [[(40, "Amount due: 7.50")], [(40, "Invoice number: X-1")], *rows])
    assert (labelled["number"]["value"], labelled["due"]["value"]) == ("X-1", 7.5)


def test_the_table_goes_on_behind_the_foot_of_a_page() -> None:
    """A foot far below the rows ends the page; only a header that is repeated begins the table again."""
    gap: list[list[Cell]] = [[]] * 10
    foot: list[list[Cell]] = [*gap, [(40, "IBAN: DE68 2105 0170 0012 3456 78")]]
    rice = ["Rice", 1.0, 1.5, 1.5]
    assert rows_of([HEAD, TEA, *foot], [HEAD, RICE])[1:] == [rice]
    assert rows_of([HEAD, TEA, *foot], [RICE])[1:] == []


def test_numbers_set_right_in_wide_columns_belong_to_the_heading_left_of_them() -> None:
    """Where texts begin under their headings, a column reaches to the next heading."""
    head: list[Cell] = [(40, "Description"), (160, "Qty"), (300, "Unit price"), (440, "Amount"), (560, "Flag")]
    teas: list[Cell] = [(40, "Green tea"), (285, "2"), (410, "3.00"), (530, "6.00")]
    rice: list[Cell] = [(40, "Rice"), (285, "1"), (410, "1.50"), (530, "1.50"), (560, "x")]
    assert rows_of([head, teas, rice]) == [["Green tea", 2.0, 3.0, 6.0], ["Rice", 1.0, 1.5, 1.5]]


CLAIMS = fields(
    total=field("money", "Total", "Total"),
    claims=table(
        number=field("identifier", "Number", "Claim no."),
        claimant=field("text", "Claimant", "Claimant"),
        status=field("text", "Status", "Status"),
        paid=field("money", "Paid", "Paid"),
    ),
)
CLAIM_HEAD: list[Cell] = [(40, "Claim no."), (140, "Claimant"), (300, "Status"), (450, "Paid")]


def claims_of(*pages: list[list[Cell]]) -> list[list[Any]]:
    """The claims as lists of cells, without their lines."""
    return [[value for name, value in row.items() if name != "lines"] for row in extracted(CLAIMS, *pages)["claims"]]


def test_a_row_with_a_number_of_its_own_needs_no_amount() -> None:
    """A row whose amounts are words is no description of the row above."""
    rows: list[list[Cell]] = [
        CLAIM_HEAD,
        [(40, "A-1"), (140, "Ann Otter"), (300, "Open"), (450, "12.00")],
        [(40, "A-2"), (140, "Bo Elk"), (300, "Closed"), (450, "see below")],
        [(40, "A-3"), (140, "Cy Fox"), (300, "Open"), (450, "7.00")],
    ]
    read = claims_of(rows)
    assert [row[0] for row in read] == ["A-1", "A-2", "A-3"]
    assert read[1] == ["A-2", "Bo Elk", "Closed", None]


def test_a_table_goes_on_where_its_header_stands_again_after_a_sum() -> None:
    """Sections of one table, each with its header and its sum, on one page and on the next."""
    first: list[Cell] = [(40, "A-1"), (140, "Ann Otter"), (300, "Open"), (450, "12.00")]
    second: list[Cell] = [(40, "A-2"), (140, "Bo Elk"), (300, "Closed"), (450, "3.00")]
    total: list[Cell] = [(300, "Total"), (450, "12.00")]
    read = claims_of([CLAIM_HEAD, first, total, CLAIM_HEAD, second, total], [CLAIM_HEAD, first])
    assert [row[0] for row in read] == ["A-1", "A-2", "A-1"]


def test_another_table_with_the_same_headings_elsewhere_is_not_the_same() -> None:
    """After the sums only a header at the same places goes on."""
    first: list[Cell] = [(40, "A-1"), (140, "Ann Otter"), (300, "Open"), (450, "12.00")]
    moved: list[Cell] = [(x + 30, text) for x, text in CLAIM_HEAD]
    read = claims_of([CLAIM_HEAD, first, [(300, "Total"), (450, "12.00")], moved, first])
    assert [row[0] for row in read] == ["A-1"]


ACCOUNT = fields(
    transactions=table(
        date=field("date", "Date", "Date", "Datum"),
        description=field("text", "Description", "Description", "Vorgang"),
        amount=field("money", "Amount", "Amount", "Betrag"),
        balance=field("money", "Balance", "Balance", "Saldo"),
    )
)


def amounts_of(head: list[Cell], *rows: list[Cell]) -> list[list[float | None]]:
    """The amounts and balances of a statement's rows."""
    found = extracted(ACCOUNT, [head, *rows])["transactions"]
    return [[row["amount"], row["balance"]] for row in found]


@pytest.mark.parametrize(
    ("out", "into"),
    [("Debit", "Credit"), ("Paid out", "Paid in"), ("Withdrawals", "Deposits"), ("Soll", "Haben"), ("Débit", "Crédit")],
)
def test_money_out_and_in_have_columns_of_their_own(out: str, into: str) -> None:
    """What stands under money out gets a minus, what stands under money in none."""
    head: list[Cell] = [(40, "Date"), (130, "Description"), (300, out), (390, into), (480, "Balance")]
    rent: list[Cell] = [(40, "03.03.2025"), (130, "Rent"), (300, "1,200.00"), (480, "-1,100.00")]
    sale: list[Cell] = [(40, "05.03.2025"), (130, "Sale"), (390, "2,500.00"), (480, "1,400.00")]
    assert amounts_of(head, rent, sale) == [[-1200.0, -1100.0], [2500.0, 1400.0]]


@pytest.mark.parametrize(("sign", "debit", "credit"), [("S/H", "S", "H"), ("DR/CR", "DR", "CR")])
def test_a_column_of_signs_belongs_to_the_amounts(sign: str, debit: str, credit: str) -> None:
    """S and H, DR and CR in a column of their own are the signs of the amounts before it."""
    head: list[Cell] = [(40, "Date"), (130, "Description"), (300, "Amount"), (360, sign), (480, "Balance")]
    rent: list[Cell] = [(40, "03.03.2025"), (130, "Rent"), (300, "1,200.00"), (360, debit), (480, "100.00")]
    sale: list[Cell] = [(40, "05.03.2025"), (130, "Sale"), (300, "2,500.00"), (360, credit), (480, "2,600.00")]
    assert amounts_of(head, rent, sale) == [[-1200.0, 100.0], [2500.0, 2600.0]]


def test_a_letter_in_a_column_of_another_kind_is_no_sign() -> None:
    """A tax category S behind a price is no debit."""
    head: list[Cell] = [(40, "Description"), (200, "Unit price"), (300, "VAT category"), (480, "Amount")]
    row: list[Cell] = [(40, "Rope"), (220, "2.40"), (300, "S"), (480, "360.00")]
    assert rows_of([head, row]) == [["Rope", None, 2.4, 360.0]]
