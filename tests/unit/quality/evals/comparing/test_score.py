"""What of one document is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.evals.comparing.score import Fault, score
from quality.evals.comparing.tally import Tally, total
from tests.unit.quality.evals.makers import NOTE, item, labelled, predicted


def test_right_wrong_missing_and_unlabelled_are_told_apart() -> None:
    """Only where a label speaks is a value right or wrong."""
    scored = score(
        labelled(number="7", day="02/03/18", total=5.0), predicted(number="#7", day="2018-02-03", x="?"), NOTE
    )
    assert {
        "number": Tally(n=1, predicted=1, correct=1),
        "day": Tally(n=1, predicted=1, correct=0),
        "total": Tally(n=1, predicted=0, correct=0),
        "x": Tally(unlabelled=1),
    } == scored.fields
    assert (Fault("day", "02/03/18", "2018-02-03"), Fault("total", 5.0, None)) == scored.faults
    assert [("number", True), ("day", False)] == [(value.field, value.correct) for value in scored.values]
    assert ("wrong", True) == (scored.verdict, scored.incomplete)


@pytest.mark.parametrize(
    ("expected", "got", "verdict"),
    [
        ("Herrn\nMax Mustermann", "Max Mustermann", "extent"),
        ("Au bon moulin", "Au Bon Moulin SARL", "extent"),
        ("Max Mustermann", "MAX MUSTERMANN", "right"),
        ("Max Mustermann", "Erika Mustermann", "wrong"),
    ],
)
def test_a_text_of_another_extent_is_told_apart_from_another_text(expected: str, got: str, verdict: str) -> None:
    """Neither is right, but only one was misread."""
    scored = score(labelled(who=expected), predicted(who=got), NOTE)
    assert (verdict, int(verdict == "right")) == (scored.verdict, scored.fields["who"].correct)


def test_only_text_has_an_extent() -> None:
    """An identifier of which a part is missing is another one."""
    assert "wrong" == score(labelled(number="4711-1"), predicted(number="4711"), NOTE).verdict


def test_an_empty_row_in_the_labels_is_none() -> None:
    """A row that states nothing cannot be found, and is not missed."""
    scored = score(labelled(items=[{}, {"what": None}]), predicted(), NOTE)
    assert (Tally(), ()) == (scored.tables["items"].found, scored.faults)


def test_a_null_label_states_that_there_is_nothing() -> None:
    """A value there is wrong; none there is no fault, and neither is counted as found."""
    assert Tally(predicted=1) == score(labelled(number=None), predicted(number="7"), NOTE).fields["number"]
    silent = score(labelled(number=None), predicted(number=None), NOTE)
    assert (Tally(), ()) == (silent.fields["number"], silent.faults)


def test_a_field_that_the_type_lacks_is_missed() -> None:
    """What a label has and the type does not ask for was not found."""
    assert Tally(n=1) == score(labelled(colour="red"), predicted(), NOTE).fields["colour"]


def test_rows_are_found_exact_or_neither() -> None:
    """Half of its labelled cells make a row found, all make it exact; what matches nothing is a row too many."""
    labels = [item("nut", 1, 1), item("bolt", 2, 2), item("pin", 3, 3), item("cog", 4, 4)]
    rows = [item("nut", 1, 1), item("bolt", 2, 9), item("pni", 9, 3), item("none", 7, None)]
    scored = score(labelled(items=labels), predicted(items=rows), NOTE)
    table = scored.tables["items"]
    assert Tally(n=4, predicted=4, correct=2) == table.found
    assert Tally(n=4, predicted=4, correct=1) == table.exact
    assert Tally(n=12, predicted=11, correct=6) == table.cells
    assert [True, False, False, False] == [value.correct for value in scored.values]
    assert (
        Fault("items[2]", {"price": 2}, {"price": 9}),
        Fault("items[3]", {"what": "pin", "pieces": 3}, {"what": "pni", "pieces": 9}),
        Fault("items[+]", None, item("none", 7, None)),
        Fault("items[4]", item("cog", 4, 4), None),
    ) == scored.faults


def test_cells_without_a_label_are_not_wrong() -> None:
    """A row whose label states two cells is exact when those two are right, whatever else it has."""
    table = score(labelled(items=[{"what": "nut", "pieces": None}]), predicted(items=[item("nut", 1, 1)]), NOTE).tables
    assert (Tally(1, 1, 1), Tally(1, 1, 1)) == (table["items"].exact, table["items"].cells)


def test_an_unlabelled_table_is_only_counted() -> None:
    """Rows where the labels have no table are neither right nor wrong."""
    scored = score(labelled(), predicted(items=[item("nut", 1, 1)]), NOTE)
    assert (Tally(unlabelled=1), ()) == (scored.tables["items"].found, scored.values)


def test_a_table_that_was_not_read_is_missed() -> None:
    """Every labelled row counts, and each is a fault."""
    scored = score(labelled(items=[item("nut", 1, 1), item("pin", 2, 2)]), predicted(), NOTE)
    assert (Tally(n=2), 2, True) == (scored.tables["items"].found, len(scored.faults), scored.incomplete)


counts = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)).map(
    lambda drawn: Tally(drawn[0] + drawn[2], drawn[1] + drawn[2], drawn[2])
)


@given(counts)
def test_f1_lies_between_precision_and_recall(tally: Tally) -> None:
    """The harmonic mean of the two, and zero when nothing is right."""
    low, high = sorted((tally.precision, tally.recall))
    assert low - 1e-9 <= tally.f1 <= high + 1e-9 <= 1 + 1e-9
    if tally.correct:
        assert abs(tally.f1 - 2 * low * high / (low + high)) < 1e-9


@given(st.lists(counts))
def test_tallies_add_up_in_any_order(tallies: list[Tally]) -> None:
    """The total is the same whichever document comes first."""
    assert total(tallies) == total(tallies[::-1])
    assert sum(tally.correct for tally in tallies) == total(tallies).correct
