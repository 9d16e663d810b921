"""Numbers of documents keep their decimal digits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.documents.extraction import FieldValue, Scalar
from shared.domain.values.amounts import DIGITS, MAX_SIZE, MAX_WHOLE, is_storable, to_amount, to_cents

PRINTED = st.builds(
    lambda sign, digits, places: Decimal((sign, digits, -places)),
    st.integers(0, 1),
    st.lists(st.integers(0, 9), min_size=1, max_size=DIGITS).map(tuple),
    st.integers(0, 6),
)
"""Amounts of up to DIGITS digits, some of them decimals."""
STORABLE = st.floats(allow_nan=False, allow_infinity=False, min_value=-MAX_SIZE, max_value=MAX_SIZE)


@given(PRINTED)
def test_every_printed_amount_comes_back_from_json(amount: Decimal) -> None:
    """Digit for digit, and its JSON is read by what knows doubles only."""
    text = FieldValue(value=amount).model_dump_json()
    assert amount == to_amount(amount) == FieldValue.model_validate_json(text).value
    assert str(to_amount(amount)) == str(FieldValue.model_validate_json(text).value)


@given(STORABLE)
def test_what_json_can_hold_is_kept_by_it(number: float) -> None:
    """Whatever the number, writing and reading it changes nothing any more."""
    amount = to_amount(number)
    assert amount == to_amount(float(amount)) == to_amount(amount)
    assert amount == FieldValue.model_validate_json(FieldValue(value=amount).model_dump_json()).value


@given(st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=2), max_size=20))
def test_sums_of_doubles_lose_their_noise(cents: list[Decimal]) -> None:
    """So that what a client has added up is the amount that it means."""
    assert sum(cents, Decimal()) == to_cents(to_amount(sum(float(cent) for cent in cents)))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1234.50", "1234.5"),
        ("1234.00", "1234"),
        ("1E+5", "100000"),
        ("-0.0", "0"),
        ("0.30000000000000004", "0.3"),
        ("0.1234567890123456", "0.123456789012346"),
        (str(MAX_WHOLE), str(MAX_WHOLE)),
        (f"-{MAX_WHOLE}", f"-{MAX_WHOLE}"),
        ("1E-400", "0"),
    ],
)
def test_a_number_has_one_form(number: str, expected: str) -> None:
    """Texts of it are compared and shown."""
    assert expected == str(to_amount(Decimal(number)))


@pytest.mark.parametrize("number", [10**400, -(10**400), Decimal("1E+309"), Decimal("NaN"), float("inf"), float("nan")])
def test_what_json_readers_cannot_hold_is_not_storable(number: Decimal | float) -> None:
    """No finite double is near it."""
    assert not is_storable(number)


@pytest.mark.parametrize("value", ["12.50", "true", True, False, None, Decimal("12.5")])
def test_values_of_other_types_stay_what_they_are(value: Scalar) -> None:
    """A text of digits is no number, nor is a truth value."""
    found = FieldValue.model_validate_json(FieldValue(value=value).model_dump_json()).value
    assert (type(value), value) == (type(found), found)
