"""Digits that recognition may have made of units."""

from decimal import Decimal

import pytest

from shared.domain.values.look_alikes import find_litres_or_ones


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Olive oil, 51", ["5 l"]),
        ("Water 0,51", ["0,5 l"]),
        ("Lemonade 1.51 (deposit)", []),
        ("Lemonade (0.331)", ["0.33 l"]),
        ("Oil, 101; mild", ["10 l"]),
        ("Paint 2.51\nwhite", ["2.5 l"]),
        ("Olive oil, 5 l", []),
        ("Olive oil, 5l", []),
        ("Screws 51 mm", []),
        ("Olives, 52", []),
        ("Article A51", []),
        ("Article 4-51", []),
        ("Order 1234561", []),
        ("Sheets 1", []),
        ("Code 00121", []),
    ],
)
def test_a_last_one_may_be_the_unit_of_litres(text: str, expected: list[str]) -> None:
    """Where no unit follows, and the number is no code."""
    assert expected == [found.with_unit for found in find_litres_or_ones(text)]


def test_a_number_that_stands_elsewhere_was_read_right() -> None:
    """Twice the same misreading would be chance."""
    assert [] == list(find_litres_or_ones("Seats in row 51", {Decimal(51)}))
    assert ["5 l"] == [found.with_unit for found in find_litres_or_ones("Oil 51", {Decimal(5)})]
