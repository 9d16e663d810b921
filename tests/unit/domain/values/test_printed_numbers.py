"""Numbers as documents print them, with all their readings."""

from decimal import Decimal

import pytest

from shared.domain.values.conventions import Conventions
from shared.domain.values.numbers import PrintedNumber, find_numbers

OPEN = Conventions()
COMMA = Conventions(decimal_sign=",", decimal_certainty=0.99)
POINT = Conventions(decimal_sign=".", decimal_certainty=0.99)
BANK = Conventions(credit_is_negative=0.03)
BILL = Conventions(credit_is_negative=0.97)


def only_number(text: str, conventions: Conventions = OPEN) -> PrintedNumber:
    numbers = find_numbers(text, conventions)
    assert len(numbers) == 1, numbers
    return numbers[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56 €", "1234.56"),
        ("EUR 1,234.50", "1234.50"),
        ("10.000,- €", "10000"),
        ("10.000,-- €", "10000"),
        ("5.000,–", "5000"),
        ("250.- CHF", "250"),
        ("1'234.50 CHF", "1234.50"),
        ("1’234’567.00", "1234567.00"),
        ("1\u202f234,50 €", "1234.50"),
        ("12\u00a0345", "12345"),
        ("1,18,000.00", "118000.00"),
        ("₹ 12,34,567", "1234567"),
        ("0.123", "0.123"),
        ("1.234.567", "1234567"),
        ("1234.5", "1234.5"),
        ("١٢٣٫٤٥", "123.45"),
        ("１，２３４．５０", "1234.50"),
        ("US$5.00", "5.00"),
        ("Total12.50", "12.50"),
        ("3x", "3"),
    ],
)
def test_reads_a_number_that_needs_no_convention(text: str, value: str) -> None:
    """A number whose own signs settle its meaning has one reading, whatever the document."""
    number = only_number(text)
    assert Decimal(value) == number.value
    assert number.is_settled


@pytest.mark.parametrize(
    ("conventions", "value", "settled"),
    [(COMMA, "1234", True), (POINT, "1.234", True), (OPEN, "1234", False)],
)
def test_reads_three_digits_behind_a_point_by_the_document(
    conventions: Conventions, value: str, *, settled: bool
) -> None:
    """A number such as 1.234 is a thousand, or one and a bit; where nothing settles it, both readings are named."""
    number = only_number("1.234", conventions)
    assert number.is_settled == settled
    if settled:
        assert Decimal(value) == number.value
    else:
        assert {Decimal(1234), Decimal("1.234")} == {reading.value for reading in number.readings}


def test_weighs_the_digits_of_the_currency() -> None:
    """Three digits are the fraction of dinars, and never that of rupiahs."""
    assert Decimal("12.500") == only_number("KWD 12.500").value
    assert Decimal(110000) == only_number("Rp 110.000").value


@pytest.mark.parametrize(
    ("text", "conventions", "value"),
    [
        ("-50,00", OPEN, "-50.00"),
        ("50,00-", OPEN, "-50.00"),
        ("50,00- EUR", OPEN, "-50.00"),
        ("(50.00)", OPEN, "-50.00"),
        ("($1,250.00)", OPEN, "-1250.00"),
        ("−50,00 €", OPEN, "-50.00"),
        ("€ -50", OPEN, "-50"),
        ("-€50.00", OPEN, "-50.00"),
        ("100.00 DR", OPEN, "-100.00"),
        ("100.00 OD", OPEN, "-100.00"),
        ("50,00 S", OPEN, "-50.00"),
        ("850.00 CR", BANK, "850.00"),
        ("850.00 Cr.", BANK, "850.00"),
        ("50,00 H", BANK, "50.00"),
        ("500.00 CR", BILL, "-500.00"),
        ("CR 500.00", BILL, "-500.00"),
        ("+50,00", OPEN, "50.00"),
    ],
)
def test_reads_the_sign(text: str, conventions: Conventions, value: str) -> None:
    """A minus may stand on either side, as brackets, or as a word of bookkeeping."""
    number = only_number(text, conventions)
    assert Decimal(value) == number.value
    assert number.is_settled


@pytest.mark.parametrize("text", ["RE-2014", "Artikel-50", "VAT (20%)", "10.000,-", "pages 10-20", "5 Dr. Smith"])
def test_takes_no_hyphen_for_a_minus(text: str) -> None:
    """A hyphen in a word, a range, a dash for cents and brackets around a rate are no minus."""
    assert all(number.value >= 0 and number.is_settled for number in find_numbers(text, OPEN))


def test_leaves_the_meaning_of_credit_open() -> None:
    """Without a word of banks or bills, CR may mean plus or minus."""
    assert {Decimal(5), Decimal(-5)} == {reading.value for reading in only_number("5.00 CR").readings}


@pytest.mark.parametrize("text", ["14.03.2025", "04/05/2025", "v1.2.3", "192.168.1.10", "4B7", "2nd", "AB12"])
def test_finds_no_number_in_dates_and_codes(text: str) -> None:
    """Digits of a date, a version, an address or a code are no amounts."""
    assert [] == find_numbers(text, OPEN)


def test_splits_digits_that_spaces_separate() -> None:
    """Where spaces group, "2 500,00" is one number; where another sign groups, two; else each is possible."""
    one = find_numbers("2 500,00", Conventions(space_groups=0.99))
    two = find_numbers("2 500,00", Conventions(space_groups=0.01))
    both = find_numbers("2 500,00", OPEN)
    assert [Decimal("2500.00")] == [number.value for number in one if number.is_settled]
    assert [Decimal(2), Decimal("500.00")] == [number.value for number in two if number.is_settled]
    assert {Decimal("2500.00"), Decimal(2), Decimal("500.00")} == {number.value for number in both}
    assert not any(number.is_settled for number in both)


def test_places_stay_true() -> None:
    """`start` and `end` are places in the text as it was given."""
    text = "Summe：１，２３４．５０ € netto"
    number = only_number(text)
    assert text[number.start : number.end] == number.text
    assert "１，２３４．５０ €" in number.text
