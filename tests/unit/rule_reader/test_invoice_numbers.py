"""The number of an invoice by the names that such documents give it, read with the built-in type."""

from functools import cache

import pytest

from shared.document_types.loader import BUILT_IN, load_type
from shared.domain.types.document_type import FieldSpec
from tests.support.paper import Cell, extracted

HEAD: list[Cell] = [(40, "No."), (80, "Description"), (300, "Quantity"), (380, "Unit price"), (480, "Amount")]
ROWS: list[list[Cell]] = [
    [(40, str(number)), (80, name), (325, "2"), (400, "50.00"), (485, "100.00")]
    for number, name in enumerate(("Drill", "Saw"), 1)
]


@cache
def asked() -> tuple[FieldSpec, ...]:
    """The fields of the built-in invoice."""
    return load_type(BUILT_IN / "invoice").fields


@pytest.mark.parametrize(
    "label",
    [
        "Credit note number:",
        "Credit note no.",
        "Debit note no.",
        "Gutschriftsnummer:",
        "Gutschrift Nr.",
        "Stornorechnung Nr.",
        "Avoir n°",
        "Numéro d'avoir :",
        "Nota de crédito n°",
        "Nota di credito n.",
        "Creditnota:",
        "Kreditnota nr",
        "Invoice number:",
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_the_number_of_a_note_is_read_at_its_label(label: str, *, apart: bool) -> None:
    """The label may stand beside the number or before it; the first row's number is none."""
    labelled: list[Cell] = [(300, label), (450, "CN-15")] if apart else [(300, f"{label} CN-15")]
    rows: list[list[Cell]] = [
        [(40, "Marlow Tools Ltd")],
        labelled,
        [],
        HEAD,
        *ROWS,
        [(380, "Grand total"), (485, "200.00")],
    ]
    assert extracted(asked(), rows)["invoice_number"]["value"] == "CN-15"


@pytest.mark.parametrize("heading", ["No.", "Number", "Item no.", "Pos."])
def test_a_row_number_is_no_invoice_number(heading: str) -> None:
    """Without a number of the document there is none, whatever the rows' numbers are called."""
    head: list[Cell] = [(40, heading), *HEAD[1:]]
    rows: list[list[Cell]] = [[(40, "Tools Ltd")], [], head, *ROWS, [(380, "Grand total"), (485, "200.00")]]
    assert extracted(asked(), rows)["invoice_number"]["value"] is None


@pytest.mark.parametrize("stamp", ["PAID 20 March 2025", "PAID", "BEZAHLT", "VOID", "COPY", "ENTWURF"])
def test_a_stamp_makes_no_cell_the_amount_due(stamp: str) -> None:
    """The amount due is the total or nothing, and never a cell of the table."""
    rows: list[list[Cell]] = [
        [(40, "Marlow Tools Ltd")],
        [(300, "Invoice number:"), (450, "P-1")],
        HEAD,
        *ROWS,
        [(380, "Grand total"), (485, "200.00")],
        [],
        [(300, stamp)],
    ]
    assert extracted(asked(), rows)["amount_due"]["value"] in {None, 200.0}
