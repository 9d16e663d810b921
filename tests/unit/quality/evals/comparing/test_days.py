"""Printed dates of labels become days, in the order that the set's other dates show."""

from datetime import date

import pytest

from quality.evals.comparing.days import with_days
from quality.evals.comparing.normalize import day, month_first
from tests.unit.quality.evals.makers import NOTE, labelled


def test_dates_that_leave_the_order_open_follow_the_others() -> None:
    """ "4/1/19" is the first of April in a set that has "4/25/18", and stays the fourth of January in one without."""
    american = with_days([labelled(day="4/25/18"), labelled(day="4/1/19")], {"note": NOTE})
    assert ["2018-04-25", "2019-04-01"] == [document.fields["day"] for document in american]
    [open_one] = with_days([labelled(day="4/1/19")], {"note": NOTE})
    assert "2019-01-04" == open_one.fields["day"]


@pytest.mark.parametrize("printed", ["[]/[]/2019", "perpetual", "09/14/200[]", "9/1/2006; 8/31/2007"])
def test_a_label_that_names_no_single_day_states_that_there_is_none(printed: str) -> None:
    """A field of a day cannot hold it: whatever is found there is wrong, and nothing is missed."""
    [read] = with_days([labelled(day=printed, number=printed)], {"note": NOTE})
    assert {"day": None, "number": printed} == read.fields


@pytest.mark.parametrize(
    ("texts", "us"),
    [(["4/25/18"], True), (["25/4/18"], False), (["4/5/18"], False), (["4/25/18", "25.4.18", "26.4.18"], False)],
)
def test_the_order_is_what_most_unequivocal_dates_show(texts: list[str], *, us: bool) -> None:
    """Without any, the day comes first."""
    assert us is month_first(texts)


def test_an_unequivocal_date_is_read_as_it_is() -> None:
    """Whatever the others show."""
    assert date(2025, 1, 31) == day("31/01/2025", month_first=True)
