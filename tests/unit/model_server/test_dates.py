"""Dates are read in every way people write them."""

import pytest

from local.model_server.reading.dates import find_dates, month_first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05.06.2018", "2018-06-05"),
        ("5/3/18", "2018-03-05"),
        ("2022-01-31", "2022-01-31"),
        ("7. Mai 2014", "2014-05-07"),
        ("19 avril 2014", "2014-04-19"),
        ("22. März 2019", "2019-03-22"),
        ("August 3 , 2014", "2014-08-03"),
        ("Jan 1, 2022", "2022-01-01"),
        ("25/FEB/2017", "2017-02-25"),
        ("1er juillet 2015", "2015-07-01"),
        ("2019年3月5日", "2019-03-05"),
        ("09/02/201811:40", "2018-02-09"),
        ("Date:19-09-17 15:39", "2017-09-19"),
    ],
)
def test_reads_a_date(text: str, expected: str) -> None:
    """Each common way to write a date gives its ISO form."""
    assert [found.value for found in find_dates(text)] == [expected]


@pytest.mark.parametrize("text", ["31.02.2018", "3.14159", "HD03-04-06", "Version 2.1", "10:35", "RE-2014/499"])
def test_leaves_alone_what_is_no_date(text: str) -> None:
    """Impossible days, numbers and article codes are no dates."""
    assert find_dates(text) == []


def test_several_dates_keep_their_order() -> None:
    """A period's two dates come in the order they stand."""
    found = find_dates("01.10.2018 bis 31.10.2018")
    assert [item.value for item in found] == ["2018-10-01", "2018-10-31"]


def test_american_order_is_for_slashes_only() -> None:
    """A document in American order swaps 03/04/2023, never 03.04.2023."""
    assert find_dates("03/04/2023", us_order=True)[0].value == "2023-03-04"
    assert find_dates("03.04.2023", us_order=True)[0].value == "2023-04-03"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/20/2023", "04/04/2023"], True),
        (["20/03/2023"], False),
        (["Larkfield, OR 97999", "Total $12.00", "04/05/2026"], True),
        (["04/05/2026", "12,00 €"], False),
    ],
)
def test_month_first_is_seen_from_the_document(texts: list[str], expected: bool) -> None:
    """A day above twelve settles the order; else dollars together with a US address do."""
    assert month_first(texts) is expected
