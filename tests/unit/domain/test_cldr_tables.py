"""The tables that stand for babel, which production does not install."""

from datetime import date

from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from scripts import generate_cldr
from shared.domain.cldr.tables import TABLES, load_tables
from shared.domain.values.detection.countries import date_order_of, decimal_sign_of, groups_with_space
from shared.domain.values.month_names import english_date


def test_the_tables_are_what_babel_says() -> None:
    """A new version of babel changes names and signs: run scripts/generate_cldr.py."""
    assert generate_cldr.text() == TABLES.read_text(encoding="utf-8")


def test_the_tables_say_how_a_country_writes() -> None:
    """One country of each habit, as a reader of its documents knows them."""
    assert ("EUR",) == load_tables().countries["DE"].currencies
    assert ("Germany", "Deutschland") == load_tables().countries["DE"].names
    assert [",", ".", "."] == [decimal_sign_of(country) for country in ("DE", "US", "CH")]
    assert ["dmy", "mdy", "ymd"] == [date_order_of(country) for country in ("DE", "US", "JP")]
    assert [False, True] == [groups_with_space(country) for country in ("DE", "FR")]
    assert [2, 0, 3] == [load_tables().fraction_digits[code] for code in ("EUR", "JPY", "KWD")]


def test_two_letters_that_are_no_country_say_nothing() -> None:
    """What looks like a bank number may begin with any letters."""
    assert ("", "", False) == (decimal_sign_of("XQ"), date_order_of("XQ"), groups_with_space("XQ"))


@given(st.dates())
def test_english_dates_are_those_of_babel(day: date) -> None:
    """A reviewer reads them beside what is printed."""
    assert format_date(day, "d MMMM y", locale="en") == english_date(day)
