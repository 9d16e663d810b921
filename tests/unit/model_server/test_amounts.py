"""Amounts are read in every way people print them."""

import pytest

from local.model_server.reading.amounts import decimal_sign, find_amounts, to_currency


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1.234,56", ",", 1234.56),
        ("1,234.56", ".", 1234.56),
        ("1 234,56 €", ",", 1234.56),
        ("2'450.00", ".", 2450.0),
        ("12.000.000", ",", 12_000_000.0),
        ("1.234", ",", 1234.0),
        ("1.234", ".", 1.234),
        ("100,0000", ",", 100.0),
        ("RM15.90", ".", 15.9),
        ("€ 4.053,67", ",", 4053.67),
        ("$4.11", ".", 4.11),
        ("-50,00", ",", -50.0),
        ("€ -9,32", ",", -9.32),
        ("(12.50)", ".", -12.5),
        ("100,00-", ",", -100.0),
        ("0,79 €", ",", 0.79),
        ("PM1.00", ".", 1.0),
    ],
)
def test_reads_an_amount(text: str, decimal: str, expected: float) -> None:
    """Grouping, decimal sign, sign and glued currency do not matter."""
    assert [found.value for found in find_amounts(text, decimal)] == [expected]


@pytest.mark.parametrize("text", ["RE-2014", "05.06.2018", "INV/2023", "A4", "100ml", "ABC 12x"])
def test_leaves_alone_what_is_no_amount(text: str) -> None:
    """Identifiers, dates and measures are no amounts."""
    assert find_amounts(text, ".") == []


def test_knows_currency_cents_and_percent() -> None:
    """The marks beside a number are kept with it."""
    amount, rate = find_amounts("12,50 EUR, 19 %", ",")
    assert (amount.currency, amount.cents, amount.percent) == ("EUR", True, False)
    assert (rate.value, rate.percent) == (19.0, True)


@pytest.mark.parametrize(("texts", "expected"), [(["1,50", "3,20", "1.5"], ","), (["1.50", "2,000.00"], ".")])
def test_decimal_sign_is_the_documents_own(texts: list[str], expected: str) -> None:
    """The sign that stands before two last digits more often is the decimal sign."""
    assert decimal_sign(texts) == expected


@pytest.mark.parametrize(
    ("mark", "expected"), [("€", "EUR"), ("RM", "MYR"), ("CHF", "CHF"), ("Rs.", "INR"), ("xyz", "")]
)
def test_currency_marks(mark: str, expected: str) -> None:
    """Symbols and codes give the ISO code, anything else nothing."""
    assert to_currency(mark) == expected
