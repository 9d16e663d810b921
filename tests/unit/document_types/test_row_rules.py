"""Rules for each row of a table: how they are written, and what they say."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.document_types.loader import load_types
from shared.document_types.rules.evaluate import findings, row_results
from shared.document_types.rules.expressions import as_objects, evaluate
from shared.document_types.yaml_files.folder import InvalidType
from shared.domain.types.document_type import DocumentType

TYPE = """
name: note
title: Note
labels: [Note]
schema:
  type: object
  properties:
    total: {type: number}
    rows:
      type: array
      items:
        type: object
        properties:
          count: {type: number}
          unit: {type: object, properties: {price: {type: number}}}
          amount: {type: number}
rules:
  - RULE
"""
EXPRESSION = (
    '{id: r, each: rows, expression: "near(count * unit.price, amount)", message: No product., severity: warning}'
)
PRODUCT = "{product: [rows.count, rows.unit.price], equals: rows.amount}"


def kind(folder: Path, rule: str) -> DocumentType:
    (folder / "note").mkdir()
    (folder / "note" / "type.yaml").write_text(TYPE.replace("RULE", rule))
    return load_types(folder)["note"]


@pytest.mark.parametrize("rule", [EXPRESSION, PRODUCT])
def test_a_rule_for_each_row_names_the_rows_for_which_it_fails(tmp_path: Path, rule: str) -> None:
    """Rows in which a cell is empty are skipped; a product is within the tolerance."""
    note = kind(tmp_path, rule)
    rows: list[dict[str, object]] = [
        {"count": 3.0, "unit.price": 3.33, "amount": 10.0},
        {"count": 3.0, "unit.price": 3.33, "amount": 11.0},
        {"count": None, "unit.price": 3.33, "amount": 11.0},
        {"count": 2.0, "unit.price": 5.0, "amount": -10.0},
    ]
    (finding,) = findings(note, {"rows": rows})
    assert (("rows",), True) == (finding.fields, finding.message.endswith("(row 2, 4)."))
    assert [True, False, None, False] == row_results(note.rules[0], rows)


@pytest.mark.parametrize("values", [{}, {"rows": None}, {"rows": []}, {"rows": [{"count": 2.0}]}])
def test_without_rows_there_is_nothing_to_say(tmp_path: Path, values: dict[str, object]) -> None:
    """No table, an empty one, and a row that lacks the cells."""
    assert [] == findings(kind(tmp_path, EXPRESSION), values)


def test_what_cannot_be_evaluated_does_not_hold(tmp_path: Path) -> None:
    """A division by nothing in one row says nothing of the next."""
    rule = '{id: r, each: rows, expression: "int(amount) / int(count) > 0", message: Odd.}'
    rows: list[dict[str, object]] = [{"count": 0.0, "amount": 4.0}, {"count": 2.0, "amount": 4.0}]
    assert [False, True] == row_results(kind(tmp_path, rule).rules[0], rows)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ('{id: r, each: total, expression: "count > 0.0", message: m}', "no table is called total"),
        ('{id: r, each: rows, expression: "total > 0.0", message: m}', "no field is called total"),
        ("{product: [rows.count], equals: rows.amount}", "a product names columns of one table"),
        ("{product: [rows.count, total.price], equals: rows.amount}", "a product names columns of one table"),
        ("{product: [rows.count, rows.unit.price]}", "a product names columns of one table"),
        ("{product: [rows.count, rows.price], equals: rows.amount}", "no field is called price"),
    ],
)
def test_a_broken_rule_for_each_row_says_what_to_repair(tmp_path: Path, rule: str, problem: str) -> None:
    """Before any document is read."""
    with pytest.raises(InvalidType, match=problem):
        kind(tmp_path, rule)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20))
def test_sums_of_amounts_are_exact(cents: list[int]) -> None:
    """Without any tolerance, in the sum of a column and in a sum of fields."""
    amounts = [Decimal(cent).scaleb(-2) for cent in cents]
    values = as_objects({"rows": [{"amount": amount} for amount in amounts], "total": sum(amounts, Decimal())})
    assert evaluate('near(sum_of(rows, "amount"), total)', 0.0, values)
    assert not evaluate('near(sum_of(rows, "amount"), total + 0.01)', 0.0, values)
    first, rest = amounts[0], sum(amounts[1:], Decimal())
    fields = as_objects({"first": first, "rest": rest, "total": first + rest})
    assert evaluate("near(first + rest, total) && near(total - first, rest)", 0.0, fields)


def test_a_difference_as_large_as_the_tolerance_is_near() -> None:
    """1.10 and 1.15 lie 0.05 apart, though their doubles lie further apart."""
    values = as_objects({"first": Decimal("1.10"), "second": Decimal("1.15"), "third": Decimal("1.16")})
    assert evaluate("near(first, second)", 0.05, values)
    assert not evaluate("near(first, third)", 0.05, values)


def test_nothing_is_near_what_is_no_number() -> None:
    """A division by zero gives infinity in CEL."""
    values = as_objects({"first": Decimal(1), "zero": Decimal()})
    assert not evaluate("near(first / zero, first)", 0.05, values)
    assert not evaluate("near(first / zero, first / zero)", 0.05, values)
