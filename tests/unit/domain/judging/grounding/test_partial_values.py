"""An identifier that is a part of what stands in its cell."""

import pytest

from shared.domain.judging.grounding.partial_values import is_part_of_cell
from shared.domain.types.document_type import FieldSpec

SPEC = FieldSpec(name="order", field_type="identifier", title="Order", labels=("Your reference", "Order … of"))


@pytest.mark.parametrize(
    ("value", "text"), [("118", "Proj. 118 / B. Miller"), ("A-17", "see A-17 and A-18 below"), ("17", "A 17 b")]
)
def test_other_words_in_the_cell_make_it_a_part(value: str, text: str) -> None:
    """The whole cell may be the reference."""
    assert is_part_of_cell(SPEC, value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("118", "118"),
        ("A-17/3", "A-17/3"),
        ("118", "Your reference: 118, Mr Miller"),
        ("118", "Order 118 of 3 May 2026"),
        ("118", "No. 118"),
        ("118", "118 05.03.2026"),
        ("118", "(380) Nr. 118 vom 05.03.2026"),
        ("AB89 3704", "AB893704 0044"),
        ("Proj. 118 / B. Miller", "Proj. 118 / B. Miller"),
    ],
)
def test_a_value_alone_or_behind_its_label_is_whole(value: str, text: str) -> None:
    """A date or a word for number beside it changes nothing."""
    assert not is_part_of_cell(SPEC, value, text)
