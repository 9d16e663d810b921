"""What people may enter as a value, by the kind of its field."""

import math
from decimal import Decimal
from typing import Any

import pytest

from shared.document_types.rules.identifiers import is_invalid
from shared.domain.corrections.value_rules import MAX_NUMBER, MAX_TEXT_LENGTH, InvalidValue, ValueChecks, check_value
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.domain.values.currency_signs import currency_codes

CHECKS = ValueChecks(currency_codes(), is_invalid)


def check(kind: FieldType, value: object, **spec: Any) -> object:
    return check_value(FieldSpec(name="field", field_type=kind, title="Field", **spec), value, CHECKS)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("money", 3, Decimal(3)),
        ("money", "1234.50", Decimal("1234.5")),
        ("money", " -12 ", Decimal(-12)),
        ("money", "+0.5", Decimal("0.5")),
        ("money", MAX_NUMBER, Decimal(MAX_NUMBER)),
        ("money", None, None),
        ("number", 1e-300, Decimal("1e-300")),
        ("date", " 2028-02-29 ", "2028-02-29"),
        ("date", "", None),
        ("currency", "eur", "EUR"),
        ("currency", "DEM", "DEM"),
        ("boolean", "Yes", True),
        ("boolean", "FALSE", False),
        ("text", " two\r\nlines\tand a tab ", "two\nlines\tand a tab"),
        ("text", "Grüße 🧾 \u202b\u0645\u202c", "Grüße 🧾 \u202b\u0645\u202c"),
        ("text", " \n ", None),
        ("identifier", "A-17", "A-17"),
    ],
)
def test_a_value_that_fits_is_returned_as_results_hold_it(kind: FieldType, value: object, expected: object) -> None:
    """Plain numbers, ISO dates, currency codes in capitals, texts without surrounding white space."""
    found = check(kind, value)
    assert (type(expected), expected) == (type(found), found)


def test_minus_zero_is_zero() -> None:
    """JSON writes -0.0 as it is; nobody means it."""
    assert 1.0 == math.copysign(1, float(str(check("money", -0.0))))


@pytest.mark.parametrize("kind", ["money", "number"])
@pytest.mark.parametrize(
    "value",
    [
        "abc", "lots", True, False, "", " ", math.nan, math.inf, -math.inf, MAX_NUMBER + 1, 10**400, -(10**400), 1e300,
        "NaN", "Infinity", "1e999", "1e3", "1_000", "1,234.56", "1.234,56", "1 234", "12 EUR", "€12", "0x10", "１２",
        "٣", ".5", "5.", "--5", "9" * 400, "9" * 5000, [1], {"value": 1}, b"1",
    ],
)  # fmt: skip
def test_what_is_no_plain_finite_number_is_refused(kind: FieldType, value: object) -> None:
    """The message shows how a number is written."""
    with pytest.raises(InvalidValue, match=r"1234\.50?"):
        check(kind, value)


def test_a_number_with_separators_is_told_how_to_write_it() -> None:
    """Whether 1.234 means a thousand is not guessed; an empty text is told from null."""
    with pytest.raises(InvalidValue, match="a point before the decimals and no thousands separator"):
        check("money", "1.234,56")
    with pytest.raises(InvalidValue, match="use null to clear"):
        check("money", "")


@pytest.mark.parametrize(
    "value",
    [
        "2026-13-45", "2026-02-29", "0000-01-01", "yesterday", "22.11.2026", "2026-11-22T10:00", "2026-11-22 10:00:00Z",
        "20261122", "2026-W47-7", "2026-1-2", "２０２６-11-22", 20261123, True, ["2026-11-22"],
    ],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_refused(value: object) -> None:
    """Dates are days, written in one way."""
    with pytest.raises(InvalidValue, match="2026-11-22, without a time"):
        check("date", value)


@pytest.mark.parametrize("value", ["BANANA", "ZZQ", "XXX", "XTS", "EU", "€", "E\u200bUR", 978, True, "EUR,USD"])
def test_what_is_no_currency_is_refused(value: object) -> None:
    """Three letters are not enough: ISO 4217 must know them, and mean a currency by them."""
    with pytest.raises(InvalidValue, match="ISO 4217"):
        check("currency", value)


@pytest.mark.parametrize("value", ["perhaps", "1", 2, 0, 0.0, "ja", "on", "y"])
def test_what_is_not_yes_or_no_is_refused(value: object) -> None:
    """The words are true, false, yes and no."""
    with pytest.raises(InvalidValue, match="yes or no"):
        check("boolean", value)


@pytest.mark.parametrize("value", [7.0, True, ["a"], {"a": "b"}, "a\x00b", "a\x1b[31m", "\ud800", "a\x85b"])
def test_what_is_no_text_is_refused(value: object) -> None:
    """Control characters and halves of surrogate pairs break whoever reads the result."""
    for kind in ("text", "identifier"):
        with pytest.raises(InvalidValue, match="text"):
            check(kind, value)


def test_a_text_has_a_longest_length() -> None:
    """A value is no document."""
    assert check("text", "x" * MAX_TEXT_LENGTH)
    for kind, length in (("text", MAX_TEXT_LENGTH + 1), ("identifier", 501), ("date", 501), ("currency", 501)):
        with pytest.raises(InvalidValue, match="at most"):
            check(kind, "x" * length)  # type: ignore[arg-type]  # a loop over kinds


def test_an_identifier_is_a_single_line() -> None:
    """A line break inside is not white space at its end."""
    with pytest.raises(InvalidValue):
        check("identifier", "A-17\nB-18")


@pytest.mark.parametrize(
    ("identifier", "valid", "wrong"),
    [
        ("iban", "DE89 3704 0044 0532 0130 00", "XX00"),
        ("iban", "GB29NWBK60161331926819", "GB29NWBK6016133192681"),
        ("vat", "DE136695976", "DE136695977"),
        ("isbn", "9780306406157", "9780306406158"),
        ("us.ein", "04-2103594", "00-0000000"),
    ],
)
def test_an_identifier_passes_its_check(identifier: str, valid: str, wrong: str) -> None:
    """A check digit that is wrong, and a number that was cut short, are errors of whoever entered it."""
    assert valid == check("identifier", valid, identifier=identifier)
    with pytest.raises(InvalidValue, match=f"a valid {identifier}"):
        check("identifier", wrong, identifier=identifier)


def test_a_choice_is_one_of_those_of_the_type() -> None:
    """As they are written in the type."""
    assert "rail" == check("text", "rail", choices=("rail", "road"))
    for value in ("sea", "Rail", "rail, road"):
        with pytest.raises(InvalidValue, match="one of rail, road"):
            check("text", value, choices=("rail", "road"))


@pytest.mark.parametrize("value", ["none", 1.0, None, True, [], {}])
def test_a_table_is_no_single_value(value: object) -> None:
    """Its rows are checked one by one, by whoever knows its columns."""
    with pytest.raises(InvalidValue, match="a list of rows"):
        check("table", value)
