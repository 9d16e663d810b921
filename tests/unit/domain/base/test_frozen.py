"""Value objects: `copy.replace` checks names and values."""

from copy import replace

import pytest

from shared.domain.models.model_call import Bill, Usage


def test_replace_returns_a_changed_copy() -> None:
    """The other fields stay, and the first value is untouched."""
    bill = Bill(calls=1, usage=Usage(prompt=5))
    assert Bill(calls=2, usage=Usage(prompt=5)) == replace(bill, calls=2)
    assert bill.calls == 1


def test_replace_rejects_a_name_that_is_no_field() -> None:
    """A typing mistake must not vanish."""
    with pytest.raises(TypeError, match="cals"):
        replace(Bill(), cals=2)  # type: ignore[call-arg]  # the mistake


@pytest.mark.parametrize("value", ["2", None, 2.5])
def test_replace_rejects_a_value_of_another_type(value: object) -> None:
    """Nothing is converted: what a caller gives is what is stored, or an error."""
    with pytest.raises(ValueError, match="calls"):
        replace(Bill(), calls=value)  # type: ignore[arg-type]  # the mistake
