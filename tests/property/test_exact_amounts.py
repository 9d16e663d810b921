"""An amount keeps its digits from the model's answer to the result."""

import asyncio
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.values.amounts import DIGITS
from tests.unit.pipeline.review.test_exact_amounts import result_of, world_of

DIGITS_AND_PLACES = st.tuples(st.integers(1, 10**DIGITS - 1), st.integers(0, 4))


@given(DIGITS_AND_PLACES)
def test_every_printed_amount_comes_back_digit_for_digit(parts: tuple[int, int]) -> None:
    """From the page and the answer over all artifacts to the result, as a value and as a cell."""
    amount = Decimal(parts[0]).scaleb(-parts[1])
    fields = asyncio.run(result_of(world_of(f"{amount:f}", f"{amount:f}")))
    assert amount == fields["total"]["value"]
    assert amount == fields["rows"]["value"][0]["price"] == fields["rows"]["rows"][0]["cells"]["price"]
