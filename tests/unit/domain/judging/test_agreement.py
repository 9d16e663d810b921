"""Two readings of a value agree, differ, or leave it open; rows find their partners."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.documents.extraction import Scalar
from shared.domain.judging.agreement import compare_values, parse_data_value
from shared.domain.judging.row_pairs import pair_rows
from shared.domain.types.document_type import FieldType

prices = st.lists(st.integers(1, 40), max_size=12)


@pytest.mark.parametrize(
    ("kind", "value", "other", "expected"),
    [
        ("money", Decimal("9.9"), Decimal("9.9"), True),
        ("money", Decimal("0.12"), Decimal("0.1234"), True),
        ("money", Decimal("9.9"), Decimal("9.91"), False),
        ("money", Decimal("9.9"), Decimal("-9.9"), False),
        ("number", Decimal("19.0"), Decimal("19.0"), True),
        ("date", "2026-03-01", "2026-03-01", True),
        ("date", "2026-03-01", "2026-01-03", False),
        ("currency", "EUR", "eur", True),
        ("identifier", "DE89 3704 0044", "DE8937040044", True),
        ("identifier", "4711", "47111", False),
        ("text", "BAKERY  Ltd.", "Bakery Ltd", True),
        ("text", "Bakery", "Bakery Ltd, Oslo", None),
        ("text", "Oslo Bakery Ltd", "Ltd Bakery", None),
        ("text", "Bakery Ltd", "Butchery Ltd", False),
        ("boolean", True, True, True),
        ("boolean", True, False, False),
    ],
)
def test_values_are_compared_by_their_kind(
    kind: FieldType, value: Scalar, other: Scalar, expected: bool | None
) -> None:
    """Spelling, spaces and rounding are no difference; an extent that differs is left open."""
    assert expected is compare_values(kind, value, other)
    assert expected is compare_values(kind, other, value)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("money", "1234.50", Decimal("1234.5")),
        ("money", "-3", Decimal(-3)),
        ("money", "1.234,50", None),
        ("date", "2026-03-01+01:00", "2026-03-01"),
        ("date", "202603", None),
        ("boolean", "false", False),
        ("text", "", None),
        ("identifier", "A-1", "A-1"),
    ],
)
def test_data_is_read_in_the_forms_of_its_format_only(kind: FieldType, text: str, expected: Scalar) -> None:
    """A guess at what malformed data means would be a third reading."""
    assert expected == parse_data_value(kind, text)


@given(prices, prices)
def test_every_row_has_at_most_one_partner_and_equal_rows_find_each_other(first: list[int], second: list[int]) -> None:
    """In order, each partner once, as many equal pairs as there can be."""
    rows, others = ([{"price": Decimal(price)} for price in given] for given in (first, second))
    partners = pair_rows(rows, others, ["price"])
    chosen = [partner for partner in partners if partner is not None]
    assert sorted(set(chosen)) == sorted(chosen)
    equal = sum(partner is not None and others[partner] == row for row, partner in zip(rows, partners, strict=True))
    assert equal == sum(min(first.count(price), second.count(price)) for price in set(first))


def test_rows_that_are_left_over_are_paired_in_order_when_they_are_equally_many() -> None:
    """So that a misread number is told of its own row; otherwise any pairing would be a guess."""
    rows, others, fewer = (
        [{"price": Decimal(price)} for price in column] for column in (("1", "2.5", "3"), ("1", "2", "3"), ("1", "3"))
    )
    assert [0, 1, 2] == pair_rows(rows, others, ["price"])
    assert [0, None, 1] == pair_rows(rows, fewer, ["price"])


def test_rows_without_numbers_are_paired_by_place() -> None:
    """A table of texts still compares when both have as many rows."""
    assert [0, 1] == pair_rows([{"what": "a"}, {"what": "b"}], [{"what": "a"}, {"what": "c"}], ["price"])
