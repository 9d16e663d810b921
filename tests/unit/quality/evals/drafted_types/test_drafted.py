"""Types drafted from what a set labels: real folders of types, made of names and shapes, without a value."""

from pathlib import Path
from typing import Any

import pytest

from quality.evals.drafted_types.drafted import Drafted, draft
from quality.evals.drafted_types.shapes import kind_of
from quality.evals.sets.labelled import Labelled
from quality.evals.sets.prediction import PredictedField, PredictedRow, Prediction
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.types.document_type import DocumentType
from shared.rule_reader.fields.fields import split_name


def documents(kind: str, *fields: dict[str, Any]) -> list[Labelled]:
    return [Labelled(f"{number}.pdf", Path(f"{number}.pdf"), kind, each) for number, each in enumerate(fields)]


def loaded(drafted: Drafted, folder: Path) -> DocumentType:
    drafted.write(folder)
    return load_types(folder)[drafted.name]


def test_a_type_is_drafted_from_names_and_shapes(tmp_path: Path) -> None:
    """Objects give dotted names, lists tables; the type is one that the loader takes, and it holds no value."""
    fields = {
        "ID #": "X-773",
        "payer.lastName": "Quillfeather",
        "payer.TIN": None,
        "issued": "4/25/18",
        "paid": "selected",
        "fees": [{"what": "Gooseberry", "sum": {"amount": 7.5}}],
    }
    [drafted] = draft(documents("409A Form", {**fields, "fees": [{"what": "Gooseberry", "sum.amount": 7.5}]}), {}, ())
    kind = loaded(drafted, tmp_path)
    assert {
        "ID #": ("identifier", ("ID #",)),
        "payer.lastName": ("text", ("last Name",)),
        "payer.TIN": ("text", ("TIN",)),
        "issued": ("date", ("issued",)),
        "paid": ("boolean", ("paid",)),
        "fees": ("table", ("fees",)),
    } == {spec.name: (spec.field_type, spec.labels) for spec in kind.fields}
    assert [("what", "text"), ("sum.amount", "money")] == [
        (spec.name, spec.field_type) for spec in kind.fields[-1].columns
    ]
    assert "n_409a_form" == kind.name
    for value in ("773", "Quillfeather", "2018", "Gooseberry", "7.5", "selected"):
        assert value not in drafted.body


def test_names_that_no_type_can_have_are_translated_both_ways(tmp_path: Path) -> None:
    """A dot at the end, a reserved word, a value where others have an object: predictions come in the set's names."""
    labels = {"No.": "7", "lines": [{"No.": "8", "a.b.c.d.e": "x"}], "to": "Ann", "to.name": "Ann", "a.b.c.d.e": "x"}
    [drafted] = draft(documents("Odd Ones", labels), {}, ())
    kind = loaded(drafted, tmp_path)
    assert list(labels) == [spec.name for spec in drafted.type_as_labelled(kind).fields]
    rows = (PredictedRow({column.name: "8" for column in kind.fields[1].columns}),)
    found = {spec.name: PredictedField("7") for spec in kind.fields if not spec.columns}
    found[kind.fields[1].name] = PredictedField(rows=rows)
    told = drafted.as_labelled(Prediction("0.pdf", "finalized", drafted.name, fields=found))
    assert ("Odd Ones", set(labels)) == (told.document_type, set(told.fields))
    assert [{"No.": "8", "a.b.c.d.e": "8"}] == told.fields["lines"].content


def test_the_null_of_an_object_is_no_field() -> None:
    """`tax` is null in one row and an object in another: only its values are columns."""
    [drafted] = draft(documents("note", {"rows": [{"tax": None}, {"tax.amount": 1.5}]}), {}, ())
    assert [("tax.amount", "money")] == [(column.label, column.kind) for column in drafted.shapes[0].columns]


def test_a_type_that_covers_the_labels_is_used_as_it_is() -> None:
    """So is any that was given for the evaluation, whatever it covers."""
    types = load_types(BUILT_IN)
    assert [] == draft(documents("receipt", {"total": "9.00"}), types, ())
    assert [] == draft(documents("receipt", {"Loyalty points": "9"}), types, {"receipt"})


def test_a_type_of_the_library_lends_the_fields_that_it_has(tmp_path: Path) -> None:
    """Where it lacks a labelled field one is drafted, which keeps the known labels of the fields that it shares."""
    types = load_types(BUILT_IN)
    [drafted] = draft(documents("receipt", {"total": "9.00", "Loyalty points": "9"}), types, ())
    kind = loaded(drafted, tmp_path)
    own = {spec.name: spec for spec in kind.fields}
    known = next(spec for spec in types["receipt"].fields if spec.name == "total")
    assert ({"total", "Loyalty points"}, known.labels) == (set(own), own["total"].labels)


def test_known_fields_of_the_same_words_and_kind_lend_their_labels(tmp_path: Path) -> None:
    """By their name, or by a label of several words that is theirs before another's; another kind borrows nothing."""
    types = load_types(BUILT_IN)
    fields = {
        "IssueDate": "2024-05-16",
        "Invoice Date": "2024-05-16",
        "GrandTotal": "see there",
        "to.dueDate": "2024-06-01",
    }
    [drafted] = draft(documents("bill", fields), types, ())
    own = {spec.name: spec.labels for spec in loaded(drafted, tmp_path).fields}
    issued = set(next(spec for spec in types["invoice"].fields if spec.name == "issue_date").labels)
    assert (True, True) == (issued < set(own["IssueDate"]), issued < {*own["Invoice Date"], "Invoice date"})
    assert (("Grand Total",), True) == (own["GrandTotal"], "Zahlbar bis" in own["to.dueDate"])


def test_labels_without_any_field_give_no_type() -> None:
    """There is nothing to look for."""
    assert [] == draft(documents("note", {}, {"rows": []}), {}, ())


def test_two_types_never_share_a_name() -> None:
    """Names that are written alike get numbers, and no built-in type is replaced by accident."""
    both = [*documents("Tax form", {"a": "b"}), *documents("tax_form", {"a": "b"})]
    assert ["tax_form", "tax_form_2"] == [each.name for each in draft(both, {}, ())]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("x", [True, None], "boolean"),
        ("x", ["selected", ":unselected:", "☒"], "boolean"),
        ("year", [2024], "number"),
        ("annual_total", [532.19, 600], "money"),
        ("total_years", [4], "number"),
        ("x", ["$ 2,189", "200", "RM 12.50"], "money"),
        ("x", ["12", "7"], "identifier"),
        ("total", ["12", "700"], "money"),
        ("tax_year", ["2024"], "identifier"),
        ("quantity", ["12", "7"], "number"),
        ("x", ["GBP", "EUR"], "currency"),
        ("x", ["ABC", "EUR"], "text"),
        ("x", ["04-15-1974", "2024-05-16"], "date"),
        ("x", ["June 8, 2010", "5 March 2014"], "date"),
        ("x", ["123-45-6789", "12- 345- 6789"], "identifier"),
        ("x", ["1 2 3 4 5 6 7 8 9"], "identifier"),
        ("x", ["VS24DMC", "AB12CDE"], "identifier"),
        ("x", ["12 High Street, London"], "text"),
        ("x", [None, None], "text"),
        ("x", [], "text"),
    ],
)
def test_the_form_of_the_values_tells_the_kind(name: str, values: list[Any], kind: str) -> None:
    """Where it leaves it open, as of numbers, the name does."""
    assert kind == kind_of(name, values)


@pytest.mark.parametrize(
    ("name", "told"),
    [("PayerTIN", "Payer TIN"), ("payer_tin", "payer tin"), ("409ADeferrals", "409A Deferrals"), ("ID #", "ID #"),
     ("TaxClassifyCCorp", "Tax Classify C Corp"), ("Box6cCheckbox", "Box 6c Checkbox")],
)  # fmt: skip
def test_names_are_told_in_words(name: str, told: str) -> None:
    """As they could stand on a form."""
    assert told == split_name(name)
