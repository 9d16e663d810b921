"""Sums are chosen together: arithmetic decides between labels."""

from shared.rule_reader.fields.values import Value
from tests.support.paper import Cell, extracted, field, fields

SUMS = fields(
    net_total=field("money", "Net total", "Net"),
    tax_total=field("money", "Tax total", "VAT"),
    grand_total=field("money", "Grand total", "Total"),
    amount_due=field("money", "Amount due", "Amount due"),
)
RECEIPT = fields(total=field("money", "Total", "Total"))


def sums(*rows: list[Cell]) -> dict[str, Value | None]:
    """Net, tax, gross and due as read from rows."""
    return {name.split("_")[0]: item["value"] for name, item in extracted(SUMS, list(rows)).items()}


def test_the_closing_assignment_wins() -> None:
    """Of two totals the one that equals net plus tax is taken."""
    found = sums([(40, "Total"), (300, "90.00")], [(40, "Net"), (300, "100.00")], [(40, "VAT 19 %"), (300, "19.00")],
                 [(40, "Total"), (300, "119.00")])  # fmt: skip
    assert (found["net"], found["tax"], found["grand"]) == (100.0, 19.0, 119.0)


def test_a_sum_without_a_label_is_found_by_arithmetic() -> None:
    """A row of three sums needs only one label."""
    found = sums([(40, "VAT"), (300, "19.00")], [(40, "Total"), (200, "100.00"), (300, "19.00"), (400, "119.00")])
    assert (found["net"], found["tax"], found["grand"]) == (100.0, 19.0, 119.0)


def test_taxes_of_several_rates_are_one_sum() -> None:
    """Two rates' taxes are added when only their sum closes."""
    found = sums([(40, "Net"), (300, "200.00")], [(40, "VAT 19 %"), (300, "19.00")], [(40, "VAT 7 %"), (300, "7.00")],
                 [(40, "Total"), (300, "226.00")])  # fmt: skip
    assert found["tax"] == 26.0


def test_a_tax_that_contradicts_is_left_out() -> None:
    """A tax that does not fit net and gross is no tax of this document."""
    found = sums([(40, "Net"), (300, "100.00")], [(40, "VAT 19 %"), (300, "3.00")], [(40, "Total"), (300, "119.00")])
    assert (found["net"], found["tax"], found["grand"]) == (100.0, None, 119.0)


def test_a_column_of_sums_ends_in_its_total() -> None:
    """Under a column's label the sum of those above is the total."""
    heads: list[Cell] = [(40, "Net"), (160, "VAT"), (280, "Total")]
    found = sums(heads, [(40, "100.00"), (160, "19.00"), (280, "119.00")],
                 [(40, "200.00"), (160, "14.00"), (280, "214.00")],
                 [(40, "300.00"), (160, "33.00"), (280, "333.00")])  # fmt: skip
    assert (found["net"], found["tax"], found["grand"]) == (300.0, 33.0, 333.0)


def test_the_amount_due_follows_from_a_printed_prepayment() -> None:
    """The total less a deposit is due when the difference is printed; else all of the total is."""
    rest = sums([(40, "Total"), (300, "119.00")], [(40, "Deposit"), (300, "-19.00")], [(40, "Rest"), (300, "100.00")])
    assert rest["amount"] == 100.0
    assert sums([(40, "Total"), (300, "119.00")])["amount"] == 119.0
    assert sums([(40, "Total"), (300, "119.00")], [(40, "Paid with thanks")])["amount"] is None


def test_cash_less_change_confirms_the_total() -> None:
    """What was handed over less the change tells which of two totals it is."""
    rows: list[list[Cell]] = [
        [(40, "Total"), (300, "80.91")],
        [(40, "Total"), (300, "80.90")],
        [(40, "CASH"), (300, "100.00")],
        [(40, "CHANGE"), (300, "19.10")],
    ]
    assert extracted(RECEIPT, rows)["total"]["value"] == 80.9


def test_a_total_may_be_confirmed_without_any_label() -> None:
    """Where OCR lost the label, cash less change still finds the total."""
    rows: list[list[Cell]] = [
        [(40, "Tee"), (300, "4.25")],
        [(40, "CASH"), (300, "4.30")],
        [(40, "CHANGE"), (300, "0.05")],
    ]
    assert extracted(RECEIPT, rows)["total"]["value"] == 4.25


def test_rounding_prefers_the_rounded_total() -> None:
    """Where the page prints a rounding, the rounded total is the total."""
    rows: list[list[Cell]] = [
        [(40, "Total"), (300, "31.02")],
        [(40, "Rounding"), (300, "-0.02")],
        [(40, "Total"), (300, "31.00")],
    ]
    assert extracted(RECEIPT, rows)["total"]["value"] == 31.0
