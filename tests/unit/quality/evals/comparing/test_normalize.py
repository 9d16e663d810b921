"""Values are compared by what they mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.evals.comparing.normalize import amount, day, same
from shared.domain.types.document_type import FieldType


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("79.35", 79.35),
        ("RM 21.50", 21.5),
        ("RM1.00", 1.0),
        ("1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("1'234.50", 1234.5),
        ("1 234,50", 1234.5),
        ("1,234", 1234.0),
        ("1.234.567", 1234567.0),
        ("3.3333", 3.3333),
        ("12", 12.0),
        ("-5,00", -5.0),
        ("-$ 5.00", -5.0),
        ("$-5.00", -5.0),
        ("5.00-", -5.0),
        ("(5.00)", -5.0),
        ("EUR 5.00", 5.0),
        ("", None),
        ("none", None),
        ("2 x 3.00", None),
        (4, 4.0),
        (4.25, 4.25),
        (None, None),
    ],
)
def test_an_amount_is_its_number(text: object, expected: float | None) -> None:
    """Currency, grouping and either decimal sign make no difference; more or less than one number is no amount."""
    assert expected == amount(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-03-02", date(2018, 3, 2)),
        ("02/03/18", date(2018, 3, 2)),
        ("5/3/2018", date(2018, 3, 5)),
        ("22-05-16", date(2016, 5, 22)),
        ("25/FEB/2017", date(2017, 2, 25)),
        ("12.11.2017", date(2017, 11, 12)),
        ("25/12/2018 8:13:39 PM", date(2018, 12, 25)),
        ("3. März 2018", date(2018, 3, 3)),
        ("2018-13-02", None),
        ("soon", None),
    ],
)
def test_a_date_is_its_day_with_the_day_first(text: str, expected: date | None) -> None:
    """A date as printed is the same as its ISO form; a time behind it makes no difference."""
    assert expected == day(text)


@pytest.mark.parametrize(
    ("kind", "expected", "got", "verdict"),
    [
        ("money", "RM 21.50", 21.5, True),
        ("money", 21.5, 21.504, True),
        ("money", 21.5, 21.51, False),
        ("money", 21.5, -21.5, False),
        ("money", 21.5, "unreadable", False),
        ("money", "free", "Free!", True),
        ("number", 3.0, 3, True),
        ("date", "02/03/18", "2018-03-02", True),
        ("date", "02/03/18", "2018-02-03", False),
        ("date", "[]/[]/2019", "2019", True),
        ("text", "MR. D.I.Y. (M) SDN BHD", "Mr.D.I.Y(M)Sdn Bhd", True),
        ("text", "Lieferant GmbH", "Lieferant", False),
        ("text", "Straße 1", "STRASSE 1", True),
        ("identifier", "#BLR-42", "BLR 42", True),
        ("currency", "EUR", "eur", True),
        ("boolean", "Yes", True, True),
        ("boolean", "No", True, False),
    ],
)
def test_values_are_the_same_by_their_kind(kind: FieldType, expected: object, got: object, verdict: bool) -> None:
    """Amounts within half a cent, dates by day, text by letters and digits alone."""
    assert verdict is same(kind, expected, got)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_amount_is_read_back_in_either_notation(number: object) -> None:
    """What is printed with two decimals comes back, English or German."""
    english = f"{number:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert float(f"{number}") == amount(english) == amount(german)
