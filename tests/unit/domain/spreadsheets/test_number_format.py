"""Cells as a spreadsheet program shows them."""

from datetime import date, datetime, time, timedelta

import pytest

from shared.domain.spreadsheets.format_languages import list_decimal_symbols
from shared.domain.spreadsheets.number_format import format_cell
from shared.domain.spreadsheets.number_notation import COMMA, POINT, Notation, detect_notation


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
        ("1235", 1234567, "#,##0,"),
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
    assert expected == format_cell(value, code)


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
    assert expected == format_cell(value, code)


@pytest.mark.parametrize(
    ("expected", "value", "code"),
    [
        ("1.234,50", 1234.5, "#,##0.00"),
        ("1.234.567", 1234567, "#,##0"),
        ("10000 €", 10000, '#,##0 "€"'),
        ("2,5%", 0.025, "0.0%"),
        ("0,3", 0.3, "General"),
        ("-1,5", -1.5, "General"),
        ("1,50E+06", 1.5e6, "0.00E+00"),
        ("123-45-6789", 123456789, "000-00-0000"),
    ],
)
def test_a_number_is_shown_in_the_notation_of_its_workbook(expected: str, value: object, code: str) -> None:
    """A format code says which separators there are, not how they look."""
    assert expected == format_cell(value, code, COMMA)


@pytest.mark.parametrize(
    "code", ["dd/mm/yyyy", "m/d/yy", "dd-mm-yyyy", "mm.dd.yyyy", "[$-409]d/m/yyyy;@", "dd mm yyyy;"]
)
def test_a_date_of_numbers_has_one_reading(code: str) -> None:
    """Which of 4 and 5 is the month depends on the reader's country."""
    expected = "04 05 2025" if code.startswith("dd mm") else "2025-05-04"
    assert expected == format_cell(date(2025, 5, 4), code)


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        ("2025/05/04", "yyyy/mm/dd"),
        ("04-May-25", "dd-mmm-yy"),
        ("4 May", "d/m"),
        ("Sunday, 2025-05-04 08:30", "dddd, d/m/yyyy hh:mm"),
        ("08:30", "hh:mm"),
        ("05/2025", "mm/yyyy"),
    ],
)
def test_a_date_that_has_one_reading_stays(expected: str, code: str) -> None:
    """A year in front, a month's name, times and months without a day."""
    assert expected == format_cell(datetime.fromisoformat("2025-05-04 08:30"), code)


@pytest.mark.parametrize(
    ("texts", "codes", "expected"),
    [
        (["Skonto: 2,50 %", "Versand 0,00"], [], COMMA),
        (["Net 1,234.50", "Tax 20.00"], [], POINT),
        (["14.03.2025", "Version 2.1.10", "Tel. 0421/12,34"], [], POINT),
        (["am 14.03. und am 15.03.", "1.234,56 €"], [], COMMA),
        (["1 234,50 EUR"], [], COMMA),
        ([], ["#,##0.00 [$€-407]"], COMMA),
        ([], ["#,##0.00 [$£-809]"], POINT),
        (["Total 5.00"], ["#,##0.00 [$€-407]"], POINT),
        ([], ["[$-FFFFF]0", "[$x-1]0"], POINT),
    ],
)
def test_the_notation_is_that_of_typed_amounts(texts: list[str], codes: list[str], expected: Notation) -> None:
    """Dates and numbers of versions are no amounts; a format's language counts where no text does."""
    assert expected == detect_notation(texts, list_decimal_symbols(codes))


def test_a_format_without_a_section_for_text_hides_it() -> None:
    """Three semicolons show nothing."""
    assert ["", "", "seen"] == [format_cell("x", ";;;"), format_cell(5, ";;;"), format_cell("seen", "0;-0;;@")]
