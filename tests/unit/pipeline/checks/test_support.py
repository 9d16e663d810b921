"""A rule that holds confirms a value only if it could have failed because of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from shared.document_types.rules.evaluate import findings as rule_findings
from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Evidence, Extraction, FieldValue, Row, Signals
from shared.domain.types.document_type import DocumentType, FieldSpec, Rule
from shared.pipeline.checks.support import ENTERED_BY_A_PERSON, supported_fields, supported_rows

KINDS = {"net": "money", "tax": "money", "gross": "money", "due": "money", "issued": "date", "expires": "date",
         "code": "identifier"}  # fmt: skip
SUM = Rule(id="sum", expression="near(net + tax, gross)", message="?", fields=("net", "tax", "gross"))
ORDER = Rule(id="order", expression="issued <= expires", message="?", fields=("issued", "expires"))
BELOW = Rule(id="below", expression="due <= gross + 0.05", message="?", fields=("due", "gross"))
SAME = Rule(id="same", expression="due == due", message="?", fields=("due",))
POSITIVE = Rule(id="positive", expression="net > 0.0", message="?", fields=("net",))
FORM = Rule(id="form", expression='code.matches("^[A-Z]{2}[0-9]{4}$")', message="?", fields=("code",))
ROWS = Rule(id="rows", expression='near(sum_of(items, "price"), net)', message="?", fields=("items", "net"))
UNLISTED = Rule(id="unlisted", expression="near(net + tax, gross)", message="?", fields=("net", "gross"))
TABLE = FieldSpec(
    name="items",
    field_type="table",
    title="Items",
    columns=(
        FieldSpec(name="what", field_type="text", title="What"),
        FieldSpec(name="price", field_type="money", title="Price"),
    ),
)


def _kind(*rules: Rule) -> DocumentType:
    fields = [FieldSpec.model_validate({"name": name, "kind": kind, "title": name}) for name, kind in KINDS.items()]
    return DocumentType(name="note", title="Note", fields=(*fields, TABLE), rules=rules)


def _value(value: Any, place: float = 0, grounded: float = 1.0, **changes: Any) -> FieldValue:
    """A value whose word stands at a height of its own."""
    evidence = Evidence(page=1, lines=("p1.l1",), boxes=((0, place, 50, place + 10),), text=str(value))
    signals = Signals(grounded=grounded, ocr=1, parsed=1)
    return FieldValue.model_validate({"value": value, "evidence": (evidence,), "signals": signals, **changes})


def _rows(*prices: float, text: str | None = None) -> tuple[Row, ...]:
    return tuple(
        Row(
            cells={"what": "Apples", "price": Decimal(repr(price))},
            evidence=(
                Evidence(
                    page=1,
                    lines=("p1.l9",),
                    boxes=((0, 500 + 20 * number, 300, 510 + 20 * number),),
                    text=text or f"Apples {price:.2f}",
                ),
            ),
            signals=Signals(grounded=1, ocr=1, parsed=1),
        )
        for number, price in enumerate(prices)
    )


def _supported(rule: Rule, rows: tuple[Row, ...] = (), **values: Any) -> set[str]:
    """The fields that a rule confirms; plain values stand at places of their own."""
    fields = {
        name: value if isinstance(value, FieldValue) else _value(value, 30.0 * place)
        for place, (name, value) in enumerate(values.items())
    }
    kind = _kind(rule)
    extraction = Extraction(fields=fields, tables={"items": rows})
    failed = {finding.rule for finding in rule_findings(kind, extraction.values())}
    assert rule.id not in failed or values.get("fails")
    return supported_fields(kind, extraction, failed)


def test_a_sum_of_three_printed_amounts_confirms_each() -> None:
    """No other amount would fit in the place of any of them."""
    assert {"net", "tax", "gross"} == _supported(SUM, net=100.0, tax=19.0, gross=119.0)


@pytest.mark.parametrize("missing", ["net", "tax", "gross"])
def test_a_value_that_stands_nowhere_confirms_nothing(missing: str) -> None:
    """Whoever computed it made it fit, so the rule could not fail."""
    values: dict[str, Any] = {"net": 100.0, "tax": 19.0, "gross": 119.0}
    values[missing] = _value(values[missing], 300, grounded=0.0)
    assert set() == _supported(SUM, **values)
    values[missing] = _value(values[missing].value, 300, evidence=())
    assert set() == _supported(SUM, **values)


def test_a_value_that_the_expression_uses_without_naming_it_counts_too() -> None:
    """The list of fields says when a rule applies, not what it rests on."""
    assert {"net", "gross"} == _supported(UNLISTED, net=100.0, tax=19.0, gross=119.0)
    assert set() == _supported(UNLISTED, net=100.0, tax=_value(19.0, 300, grounded=0.0), gross=119.0)


def test_two_values_from_the_same_words_confirm_nothing() -> None:
    """They are one piece of evidence; the same amount printed twice is another matter where it is a sum."""
    assert set() == _supported(SUM, net=_value(100.0, 0), tax=_value(19.0, 30), gross=_value(119.0, 0))
    whole_lines = _value(119.0).model_copy(
        update={"evidence": (Evidence(page=1, lines=("p1.l1",), boxes=((0, 0, 300, 45),), text="100 19"),)}
    )
    assert set() == _supported(SUM, net=_value(100.0, 0), tax=_value(19.0, 30), gross=whole_lines)


def test_the_same_box_on_another_page_is_another_place() -> None:
    """Forms print the same sum at the same height of each page."""
    other = Evidence(page=2, lines=("p2.l1",), boxes=((0, 0, 50, 10),), text="119.00")
    assert "gross" in _supported(
        SUM, net=_value(100.0, 0), tax=_value(19.0, 30), gross=_value(119.0, evidence=(other,))
    )


@pytest.mark.parametrize(
    ("net", "tax", "gross"), [(100.0, 0.0, 100.0), (0.0, 0.0, 0.0), (0.0, 7.0, 7.0), (-100.0, 0.0, -100.0)]
)
def test_a_sum_over_one_term_confirms_nothing(net: float, tax: float, gross: float) -> None:
    """It says that an amount equals itself; zeros add nothing to that."""
    assert set() == _supported(SUM, net=net, tax=tax, gross=gross)


@pytest.mark.parametrize(
    ("issued", "expires", "expected"),
    [("2026-03-09", "2026-03-09", set()), ("2026-03-09", "2026-04-08", {"issued", "expires"})],
)
def test_the_order_of_equal_days_confirms_neither(issued: str, expires: str, expected: set[str]) -> None:
    """Different days in their order do: exchanged, the rule would fail."""
    assert expected == _supported(ORDER, issued=issued, expires=expires)


@pytest.mark.parametrize(("due", "expected"), [(119.0, set()), (50.0, {"due", "gross"})])
def test_an_upper_bound_that_is_met_exactly_confirms_neither(due: float, expected: set[str]) -> None:
    """The amount due is mostly the total itself."""
    assert expected == _supported(BELOW, due=due, gross=119.0)


def test_what_holds_for_nearly_any_value_confirms_none() -> None:
    """A value equals itself; an amount that is not negative may be any amount."""
    assert set() == _supported(SAME, due=119.0)
    assert set() == _supported(POSITIVE, net=100.0)


def test_a_form_that_a_wrong_value_would_miss_confirms_its_field() -> None:
    """A letter more or less would not fit."""
    assert {"code"} == _supported(FORM, code="AB1234")


@pytest.mark.parametrize(
    ("prices", "net", "expected"),
    [
        ((60.0, 40.0), 100.0, {"items", "net"}),
        ((50.0, 50.0), 100.0, {"items", "net"}),
        ((100.0,), 100.0, set()),
        ((100.0, 0.0), 100.0, set()),
        ((0.0, 0.0), 0.0, set()),
    ],
)
def test_rows_that_add_up_confirm_each_other(prices: tuple[float, ...], net: float, expected: set[str]) -> None:
    """One row that equals its sum does not, nor do zeros."""
    assert expected == _supported(ROWS, _rows(*prices), net=net)


def test_amounts_of_rows_that_are_not_printed_confirm_nothing() -> None:
    """They were computed, from quantity and price, say."""
    assert set() == _supported(ROWS, _rows(60.0, 40.0, text="Apples 2 at 30"), net=100.0)


def test_what_a_person_entered_is_evidence() -> None:
    """It has no place on the page, and needs none."""
    entered = FieldValue(value=Decimal(19), confidence=ENTERED_BY_A_PERSON)
    assert {"net", "tax", "gross"} == _supported(SUM, net=100.0, tax=entered, gross=119.0)


def test_a_rule_that_failed_or_does_not_apply_confirms_nothing() -> None:
    """One value is absent, or the sum is wrong."""
    assert set() == _supported(SUM, net=100.0, tax=19.0)
    assert set() == _supported(SUM, net=100.0, tax=19.0, gross=120.0, fails=True)


@pytest.mark.parametrize(("grounded", "confirms"), [(1.0, True), (0.7, True), (0.5, False), (0.2, False)])
def test_a_sum_confirms_no_ambiguous_reading(grounded: float, *, confirms: bool) -> None:
    """10 + 1.9 = 11.9 closes as 10.000 + 1.900 = 11.900 does."""
    values: dict[str, Any] = {
        "net": _value(10.0, 0, grounded),
        "tax": _value(1.9, 20, grounded),
        "gross": _value(11.9, 40, grounded),
    }
    assert bool(_supported(SUM, **values)) == confirms


PRODUCT = Rule(id="product", each="items", expression="near(count * price, amount)", message="?", fields=("items",))
CELLS = tuple(FieldSpec(name=name, field_type="money", title=name) for name in ("count", "price", "amount"))


def _row_support(*rows: Row, rule: Rule = PRODUCT, findings: Sequence[Finding] = ()) -> list[bool | None]:
    table = FieldSpec(name="items", field_type="table", title="Items", columns=CELLS)
    kind = DocumentType(name="note", title="Note", fields=(table,), rules=(rule, ROWS))
    return supported_rows(kind, Extraction(fields={}, tables={"items": rows}), "items", findings)


def _row(count: float | None, price: float | None, amount: float | None, text: str = "", **changes: Any) -> Row:
    place = Evidence(page=1, lines=("p1.l1",), boxes=(), text=text or f"{count} x {price} = {amount}")
    signals = Signals(grounded=1, ocr=1, parsed=1)
    cells = {"count": count, "price": price, "amount": amount}
    return Row.model_validate({"cells": cells, "evidence": (place,), "signals": signals, **changes})


def test_a_rule_for_each_row_confirms_the_rows_for_which_it_holds() -> None:
    """A discount, or a misread price, leaves its own row alone."""
    assert [True, False, None] == _row_support(_row(2, 3.5, 7), _row(2, 3.5, 6), _row(None, 3.5, 7))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (_row(2, 3.5, 7, text="2 x 3.5"), "an amount that was computed"),
        (_row(0, 3.5, 0), "nothing times whatever"),
        (_row(2, 3.5, 7, evidence=()), "no evidence"),
        (_row(2, 3.5, 7, signals=Signals(grounded=0, ocr=1, parsed=1)), "nowhere on the page"),
    ],
)
def test_a_rule_for_each_row_that_could_not_fail_confirms_nothing(row: Row, why: str) -> None:
    """Neither does it deny anything."""
    assert [None] == _row_support(row), why


def test_rows_are_not_confirmed_while_their_sum_fails() -> None:
    """The rows that were read may be right, and one missing; not so when the page states elsewhere what they make."""
    rows = _row(2, 3.5, 7), _row(2, 3.5, 6)
    failing = Finding(rule="rows", severity="warning", message="?", fields=("items", "net"))
    stated = Finding(rule="rows_sum_stated", severity="info", message="?", fields=("items",))
    assert [None, False] == _row_support(*rows, findings=[failing])
    assert [True, False] == _row_support(*rows, findings=[failing, stated])


def test_a_discount_that_the_row_states_explains_its_amount() -> None:
    """Nothing confirms it, nothing keeps the table's sum from doing so; another amount is not explained."""
    assert [None, False, False] == _row_support(
        _row(50, 4.55, 204.75, text="50 4,55 10% 204,75"),
        _row(50, 4.55, 200.75, text="50 4,55 10% 200,75"),
        _row(50, 4.55, 204.75, text="50 4,55 204,75"),
    )
