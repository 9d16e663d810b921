"""Tables: which predicted row is which labelled one, by the best matching of all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.evals.comparing.normalize import HALF_A_CENT, amount, remove_spaces
from shared.domain.types.document_type import FieldType

Cells = Mapping[str, Any]
Grid = NDArray[np.int64]


def agreement(kinds: Mapping[str, FieldType], labelled: Sequence[Cells], predicted: Sequence[Cells]) -> Grid:
    """Return how many labelled cells each predicted row (second axis) has right of each labelled row (first axis).

    Cells are compared by the rules of `quality.evals.comparing.normalize.same`, a whole column at once, so that
    thousands of rows are no burden.
    """
    total = np.zeros((len(labelled), len(predicted)), dtype=np.int64)
    for name in dict.fromkeys(name for row in labelled for name in row):
        wanted, found = [row.get(name) for row in labelled], [row.get(name) for row in predicted]
        numeric = kinds.get(name) in {"number", "money"}
        total += _equal_numbers(wanted, found) if numeric else _equal_texts(wanted, found)
    return total


def _equal_numbers(wanted: Sequence[object], found: Sequence[object]) -> NDArray[np.bool_]:
    left, right = (
        np.array([np.nan if (number := amount(value)) is None else number for value in values], dtype=np.float64)
        for values in (wanted, found)
    )
    return np.asarray(np.abs(left[:, None] - right[None, :]) < HALF_A_CENT)


def _equal_texts(wanted: Sequence[object], found: Sequence[object]) -> NDArray[np.bool_]:
    codes: dict[str, int] = {}

    def rows_by_code(values: Sequence[object], absent: int) -> Grid:
        texts = [None if value is None else remove_spaces(str(value)) for value in values]
        return np.array([absent if text is None else codes.setdefault(text, len(codes)) for text in texts])

    return np.asarray(rows_by_code(wanted, -1)[:, None] == rows_by_code(found, -2)[None, :])


def match_rows(scores: Grid) -> list[tuple[int, int]]:
    """Pairs (labelled, predicted) with the greatest sum of scores, each row in one pair at most, pairs of 0 left out.

    Pairs that some best matching must hold are taken first: a table of thousands of rows that was read well needs no
    search.
    """
    if not scores.size:
        return []
    pairs = _obvious(scores)
    rest_rows = sorted(set(range(scores.shape[0])) - {row for row, _ in pairs})
    rest_columns = sorted(set(range(scores.shape[1])) - {column for _, column in pairs})
    if rest_rows and rest_columns:
        rest = scores[np.ix_(rest_rows, rest_columns)]
        pairs += [(rest_rows[row], rest_columns[column]) for row, column in _assignment(rest)]
    return sorted((row, column) for row, column in pairs if scores[row, column] > 0)


def _obvious(scores: Grid) -> list[tuple[int, int]]:
    """Pairs that score at least as much as the best other pairs of their row and of their column do together.

    Tearing one apart can win no more than that, so there is a best matching that holds all of them.
    """
    tops = [(int(row), int(column)) for row, column in enumerate(scores.argmax(axis=1))]
    others = scores.copy()
    others[[row for row, _ in tops], [column for _, column in tops]] = -1
    second_in_row = others.max(axis=1)
    obvious = []
    for row, column in tops:
        score = scores[row, column]
        second_in_column = np.delete(scores[:, column], row).max(initial=0)
        if score >= second_in_row[row] + second_in_column:
            obvious.append((row, column))
    taken = Counter(column for _, column in obvious)
    return [pair for pair in obvious if taken[pair[1]] == 1]


def _assignment(scores: Grid) -> list[tuple[int, int]]:
    """Find the assignment of the greatest sum: Hungarian method with potentials, O(n²m) (Jonker, Volgenant 1987)."""
    flipped = scores.shape[0] > scores.shape[1]
    costs = (-scores.T if flipped else -scores).astype(np.float64)
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    holder = np.zeros(columns + 1, dtype=np.int64)  # the row (from 1) that holds a column; column 0 is the start
    for row in range(1, rows + 1):
        holder[0], column = row, 0
        least = np.full(columns + 1, np.inf)
        came_from = np.zeros(columns + 1, dtype=np.int64)
        used = np.zeros(columns + 1, dtype=np.bool_)
        while holder[column]:
            used[column] = True
            reduced = costs[holder[column] - 1] - row_price[holder[column]] - column_price[1:]
            better = ~used[1:] & (reduced < least[1:])
            least[1:][better], came_from[1:][better] = reduced[better], column
            following = int(np.argmin(np.where(used, np.inf, least)))
            step = least[following]
            row_price[holder[used]] += step
            column_price[used] -= step
            least[~used] -= step
            column = following
        while column:
            holder[column], column = holder[came_from[column]], int(came_from[column])
    pairs = [(int(holder[column]) - 1, column - 1) for column in range(1, columns + 1) if holder[column]]
    return [(column, row) for row, column in pairs] if flipped else pairs
