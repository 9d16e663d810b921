"""Rows are matched as well as they can be."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quality.evals.comparing.rows import agreement, match_rows
from tests.unit.quality.evals.makers import KINDS, item


def test_agreement_counts_the_cells_that_are_right() -> None:
    """Numbers within half a cent, texts by letters and digits; an absent cell agrees with nothing, not with absence."""
    labelled = [{"what": "Nuts", "pieces": 2.0, "price": 1.5}, {"what": "Bolts", "pieces": 2.0}]
    predicted = [item("NUTS!", 2, 1.504), item(None, 2, None), item("bolts", 3, 1.5)]
    assert [[3, 1, 1], [1, 1, 1]] == agreement(KINDS, labelled, predicted).tolist()


def test_labels_as_printed_count_too() -> None:
    """A labelled amount may be a text."""
    assert [[1]] == agreement(KINDS, [{"price": "RM 1,200.00"}], [item(None, None, 1200)]).tolist()


def test_nothing_matches_nothing() -> None:
    """Without labelled or without predicted rows there is no pair, and rows without a common cell are none."""
    assert [] == match_rows(agreement(KINDS, [], [item("a", 1, 1)]))
    assert [] == match_rows(agreement(KINDS, [{"what": "a"}], []))
    assert [] == match_rows(agreement(KINDS, [{"what": "a"}], [item("b", 1, 1)]))


def test_a_shifted_table_is_matched_row_by_row() -> None:
    """A heading taken for a row moves all others by one, and costs no more than itself."""
    labelled = [dict(item(f"thing {number}", 1, number)) for number in range(1, 6)]
    predicted = [item("Description", None, None), *labelled]
    assert [(number, number + 1) for number in range(5)] == match_rows(agreement(KINDS, labelled, predicted))


def test_a_table_of_thousands_of_rows_is_matched() -> None:
    """Rows that are alike in most cells do not slow it down."""
    labelled = [dict(item(f"thing {number}", 1, 9.99)) for number in range(2000)]
    assert [(number, number) for number in range(2000)] == match_rows(agreement(KINDS, labelled, labelled))


tables = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 5), min_size=columns, max_size=columns), min_size=1, max_size=5)
)


@given(tables)
def test_no_other_matching_is_better(table: list[list[int]]) -> None:
    """The sum is what trying every permutation finds, and no row is used twice."""
    scores = np.array(table, dtype=np.int64)
    pairs = match_rows(scores)
    assert len(pairs) == len({row for row, _ in pairs}) == len({column for _, column in pairs})
    square = np.zeros((max(scores.shape),) * 2, dtype=np.int64)
    square[: scores.shape[0], : scores.shape[1]] = scores
    best = max(sum(square[row, column] for row, column in enumerate(order)) for order in orders(len(square)))
    assert best == sum(scores[pair] for pair in pairs)


def orders(size: int) -> list[tuple[int, ...]]:
    return list(itertools.permutations(range(size)))
