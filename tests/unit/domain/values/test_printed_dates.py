"""Dates as documents print them, with all their readings."""

from datetime import date

import pytest

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates

OPEN = Conventions()
DAY_FIRST = Conventions(day_first=True, date_certainty=0.99)
MONTH_FIRST = Conventions(day_first=False, date_certainty=0.99)


@pytest.mark.parametrize(
    "text",
    [
        "14.03.2025", "14.3.25", "14/03/2025", "03/14/2025", "14-03-2025", "2025-03-14", "2025/3/14", "20250314",
        "14 March 2025", "March 14, 2025", "14th of March 2025", "14-Mar-25", "14MAR2025", "14. März 2025",
        "14 mars 2025", "14 de marzo de 2025", "14 marzo 2025", "14 maart 2025", "14 de março de 2025",
        "14 marca 2025", "14. marts 2025", "14. maaliskuuta 2025", "2025. március 14.", "14 Mart 2025",
        "14 марта 2025 г.", "14 मार्च 2025", "14 มีนาคม 2568",
        "14 Μαρτίου 2025", "2025年3月14日", "2025년 3월 14일", "令和7年3月14日",
        "ngày 14 tháng 3 năm 2025", "this 14th day of March, 2025", "14/03/2025 09:30", "１４／０３／２０２５",
    ],
)  # fmt: skip
def test_reads_a_date_that_needs_no_convention(text: str) -> None:
    """A day above 12, a name of a month or the year in front settles a date."""
    (found,) = find_dates(text, OPEN)
    assert date(2025, 3, 14) == found.value
    assert found.is_settled


@pytest.mark.parametrize("text", ["04/05/2025", "04-05-2025", "4/5/25", "Date:04/05/2025"])
def test_reads_figures_by_the_document(text: str) -> None:
    """Day and month of figures follow the document; where nothing settles them, both readings are named."""
    assert date(2025, 5, 4) == find_dates(text, DAY_FIRST)[0].value
    assert date(2025, 4, 5) == find_dates(text, MONTH_FIRST)[0].value
    (open_date,) = find_dates(text, OPEN)
    assert not open_date.is_settled
    assert {date(2025, 5, 4), date(2025, 4, 5)} == {reading.value for reading in open_date.readings[:2]}


def test_dots_put_the_day_first() -> None:
    """Nobody writes the month before a dot."""
    (found,) = find_dates("04.05.2025", OPEN)
    assert date(2025, 5, 4) == found.value
    assert found.is_settled


def test_the_same_day_and_month_are_settled() -> None:
    """5 May is 5 May in either order."""
    (found,) = find_dates("05/05/2025", OPEN)
    assert found.is_settled


def test_a_month_of_two_languages_follows_the_document() -> None:
    """In Polish listopad is November, in Croatian October."""
    assert {10, 11} == {reading.value.month for reading in find_dates("5 listopada 2024", OPEN)[0].readings}
    polish = Conventions(languages={"pl": 1.2})
    assert [11] == [reading.value.month for reading in find_dates("5 listopada 2024", polish)[0].readings]


@pytest.mark.parametrize("text", ["192.168.1.12", "31/02/2025", "13/13/2025", "v1.2.3", "03/2025", "Tel. 030 1234567"])
def test_finds_no_date_in_other_figures(text: str) -> None:
    """Addresses, versions and days that do not exist are no dates."""
    assert [] == find_dates(text, OPEN)


def test_finds_several_dates_in_order() -> None:
    """The dates of a period do not run into each other."""
    found = find_dates("1.2.2025 bis 3.2.2025, due 4 March 2025", OPEN)
    assert [date(2025, 2, 1), date(2025, 2, 3), date(2025, 3, 4)] == [each.value for each in found]


@pytest.mark.parametrize("text", ["HD03-04-06", "REF12.05.2024"])
def test_figures_behind_letters_are_a_code(text: str) -> None:
    """Articles and references are numbered so."""
    assert [] == find_dates(text, OPEN)
