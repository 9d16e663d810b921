"""Cells as a spreadsheet program shows them."""

from datetime import date, datetime, time, timedelta

import pytest

from shared.domain.number_format import shown


@pytest.mark.parametrize(
    ("expected", "value", "code"),
    [
        ("1,234.50", 1234.5, "#,##0.00"),
        ("1,234.50 €", 1234.5, "_-* #,##0.00 [$€-407]_-;-* #,##0.00 [$€-407]_-"),
        ("$(1,234.50)", -1234.5, '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)'),
        ("$-", 0, '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)'),
        ("(3)", -3, "0;[Red](0)"),
        ("19%", 0.19, "0%"),
        ("19.5%", 0.195, "0.0%"),
        ("000012", 12, "000000"),
        ("123-45-6789", 123456789, "000-00-0000"),
        ("2.68", 2.675, "0.00"),
        ("0.00", -0.001, "0.00"),
        ("5.0", 5, "0.0#"),
        ("1,235", 1234567, "#,##0,"),
        ("1.00E+06", 1e6, "0.00E+00"),
        ("Nr. 5", 5, '"Nr. "0'),
        ("0.3", 0.1 + 0.2, "General"),
        ("4006381333931", 4006381333931, "General"),
        ("1.5", 1.5, "# ?/?"),
        ("-5", -5, None),
        ("TRUE", True, "General"),
        ("", None, "0.00"),
        ("as it is", "as it is", "@"),
    ],
)
def test_a_number_is_shown_as_its_format_says(expected: str, value: object, code: str | None) -> None:
    """What a person sees is what a model is asked about: 0.19 is nowhere on an invoice that says 19%."""
    assert expected == shown(value, code)


@pytest.mark.parametrize(
    ("expected", "value", "code"),
    [
        ("05.11.2026", datetime.fromisoformat("2026-11-05"), "dd.mm.yyyy"),
        ("2026-11-05", datetime.fromisoformat("2026-11-05"), "mm-dd-yy"),
        ("2026-11-05 13:04", datetime.fromisoformat("2026-11-05 13:04"), "m/d/yy h:mm"),
        ("5 Nov 2026 1:04:09 PM", datetime.fromisoformat("2026-11-05 13:04:09"), "d mmm yyyy h:mm:ss AM/PM"),
        ("Thursday, 5. November 2026", date(2026, 11, 5), "[$-407]dddd, d. mmmm yyyy"),
        ("13:05", time(13, 5), "hh:mm"),
        ("30:05:00", timedelta(hours=30, minutes=5), "[h]:mm:ss"),
        ("2026-11-05", datetime.fromisoformat("2026-11-05"), "General"),
    ],
)
def test_a_date_is_shown_as_its_format_says(expected: str, value: object, code: str) -> None:
    """The short form of a country, which no file tells, is told in the one form that nobody misreads."""
    assert expected == shown(value, code)
