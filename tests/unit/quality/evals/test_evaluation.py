"""A whole set is summed up, and nothing of it is left out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quality.evals.evaluation import Case, cases, evaluation, judged_values
from quality.evals.sets.prediction import Prediction
from quality.evals.tables import classification, figures
from tests.unit.quality.evals.makers import NOTE, item, labelled, predicted

DOCUMENTS = [
    labelled("good", number="1", total=5.0, items=[item("nut", 1, 5)]),
    labelled("bad", number="2", total=6.0),
    labelled("unsure", number="3", total=7.0),
    labelled("lost", number="4", total=8.0),
]
PREDICTIONS = [
    predicted("good", number=("1", 0.99), total=(5.0, 0.99), items=[item("nut", 1, 5)]),
    predicted("bad", number=("2", 0.95), total=(6.1, 0.93)),
    predicted("unsure", "REVIEW", number=("9", 0.2), total=(7.0, 0.95), day=("2026-01-01", 0.9)),
]


def found() -> list[Case]:
    return cases(DOCUMENTS, {one.file: one for one in PREDICTIONS}, {"note": NOTE})


def told() -> Mapping[str, Any]:
    return evaluation(found()) | {"set": "tiny", "seconds": 1.0}


def test_a_document_without_outcome_counts_as_missed() -> None:
    """Nothing that was lost on the way makes the accuracy look better."""
    report = told()
    assert 4 == report["documents"]
    assert {"n": 4, "predicted": 3, "correct": 2} == {key: report["fields"]["number"][key] for key in COUNTS}
    assert {"n": 8, "predicted": 6, "correct": 4} == {key: report["overall"][key] for key in COUNTS}
    assert {"ACCEPT": 2, "REVIEW": 1, "none": 1} == report["dispositions"]


COUNTS = ("n", "predicted", "correct")


def test_values_without_a_label_are_counted_apart() -> None:
    """The day is neither right nor wrong."""
    assert (0, 0, 1) == tuple(told()["fields"]["day"][key] for key in ("n", "predicted", "unlabelled"))


def test_what_passed_without_a_person_is_held_to_account() -> None:
    """Two of four passed, one of them with a wrong total."""
    documents = told()["confidence"]["documents"]
    assert (2, 0.5, 0.5, ["bad"]) == tuple(documents[key] for key in ("accepted", "coverage", "error_rate", "wrong"))


def test_another_threshold_lets_others_pass() -> None:
    """At 0.5 only the one at 0.2 waits; at 0.93 also the good one with its row at 0.9; the lost one never passes."""
    steps = {step["threshold"]: step for step in told()["confidence"]["documents"]["at_thresholds"]}
    assert [2, 1, 0] == [steps[threshold]["accepted"] for threshold in (0.5, 0.93, 0.95)]
    assert [0.5, 1.0, 0.0] == [steps[threshold]["error_rate"] for threshold in (0.5, 0.93, 0.95)]


def test_what_a_rule_refused_passes_at_no_threshold() -> None:
    """Only low confidence depends on the threshold."""
    refused = replace(PREDICTIONS[0], disposition="REVIEW", reasons=("low_confidence", "totals_add_up"))
    report = evaluation(cases(DOCUMENTS[:1], {"good": refused}, {"note": NOTE}))
    assert {0} == {step["accepted"] for step in report["confidence"]["documents"]["at_thresholds"]}


def test_a_repeat_counts_as_what_its_reading_was_worth() -> None:
    """The same invoice in another rendering is in the set to be read, not to be refused."""
    report = [
        evaluation(
            cases(
                DOCUMENTS[:1], {"good": replace(PREDICTIONS[0], disposition="REVIEW", reasons=reasons)}, {"note": NOTE}
            )
        )
        for reasons in (("repeated",), ("repeated", "totals_add_up"))
    ]
    assert [1, 0] == [one["confidence"]["documents"]["accepted"] for one in report]


def test_fields_and_rows_have_confidences_of_their_own() -> None:
    """Six judged values, two wrong, and one row, right."""
    confidence = told()["confidence"]
    assert (6, 4, 1, 1) == tuple(confidence[part][key] for part in ("fields", "rows") for key in ("n", "correct"))
    assert {"note": {"threshold": 0.9, "n": 5, "coverage": 0.8333, "wrong": 1, "error_rate": 0.2}} == confidence[
        "fields"
    ]["accepted"]


def test_the_worst_come_first_and_the_faultless_not_at_all() -> None:
    """Each with what was expected and what was found."""
    assert ["lost", "bad", "unsure"] == [document["file"] for document in told()["worst"]]
    assert [{"place": "total", "expected": 6.0, "got": 6.1}] == told()["worst"][1]["faults"]


def test_halves_hold_every_document_once() -> None:
    """Together they are the set."""
    assert 4 == sum(half["documents"] for half in told()["halves"])


def test_every_judged_value_has_its_group() -> None:
    """A document without a party is a group of its own."""
    assert {("note", "good"), ("note", "bad"), ("note", "unsure")} == {
        (kind, group) for kind, group, _ in judged_values(found())
    }


def test_figures_have_the_goals_of_their_set() -> None:
    """A goal belongs to a set by its folder's name; a set that has none is measured, not judged."""
    assert {None} == {figure.goal for figure in figures(told())}
    looked = {"evidence": {"share": 0.9}}
    goals = {figure.name: figure.goal for figure in figures({**told(), **looked, "set": "invoices_en16931"})}
    assert (0.88, 0.75, None) == (goals["header_f1"], goals["row_f1"], goals["cell_f1"])
    assert 0.95 == goals["evidence_share"]


def test_a_goal_may_be_of_some_fields_together() -> None:
    """Their counts are added up, as for all fields."""
    counts = {"n": 4, "predicted": 4, "correct": 4, "f1": 1.0}, {"n": 4, "predicted": 0, "correct": 0, "f1": 0.0}
    fields = dict(zip(("title", "expiration_date"), counts, strict=True))
    found = {one.name: one for one in figures({**told(), "set": "contracts", "fields": fields})}
    assert (round(8 / 12, 4), 0.6) == (found["fields_f1"].value, found["fields_f1"].goal)


def test_a_set_without_rows_has_no_figures_of_rows() -> None:
    """What was not measured is not shown as nothing."""
    report = evaluation(cases(DOCUMENTS[1:], {}, {"note": NOTE})) | {"set": "tiny", "seconds": 1.0}
    assert {"header_f1"} == {figure.name for figure in figures(report) if figure.name.endswith("_f1")}


def test_classification_is_scored_when_types_are_found_out() -> None:
    """Three of four were taken for notes; the lost one for nothing."""
    scored = classification(found())
    assert (4, 0.75) == (scored["n"], scored["accuracy"])
    assert [{"file": "lost", "expected": "note", "got": None}] == scored["confused"]


def test_a_line_of_predictions_has_values_with_their_confidence() -> None:
    """What was not found is left out; a table is a list of rows."""
    line = predicted("a", number=("1", 0.9), day=None, items=[item("nut", 1, 5)]).line()
    assert {
        "file": "a",
        "document_type": "note",
        "fields": {
            "number": {"value": "1", "confidence": 0.9},
            "items": {"value": [{"what": "nut", "pieces": 1, "price": 5}], "confidence": 0.9},
        },
        "disposition": "ACCEPT",
    } == line
    assert {"file": "b", "document_type": None, "fields": {}, "disposition": None} == Prediction("b", "failed").line()
