"""Pair the rows of two readings of one table."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from decimal import Decimal

from shared.domain.documents.extraction import Scalar
from shared.domain.values.amounts import to_cents

Cells = Mapping[str, Scalar]
type _Key = tuple[Decimal, ...]


def pair_rows(
    rows: Sequence[Cells], other_rows: Sequence[Cells], numeric: Sequence[str], *, signless: bool = False
) -> list[int | None]:
    """Return for each row the index of its partner in `other_rows`, each used once; None without one.

    Rows whose numbers are equal belong together, in order. What is left is paired in order when it is equally many, so
    that a misread number is reported for its own row; else it stays alone, because any pairing would be a guess.
    """
    columns = [name for name in numeric if all(isinstance(row.get(name), Decimal) for row in (*rows, *other_rows))]
    waiting: defaultdict[_Key, deque[int]] = defaultdict(deque)
    for index, other_row in enumerate(other_rows):
        waiting[_key(other_row, columns, signless=signless)].append(index)
    partners: list[int | None] = []
    for row in rows:
        same = waiting[_key(row, columns, signless=signless)]
        partners.append(same.popleft() if columns and same else None)
    alone = [index for index, partner in enumerate(partners) if partner is None]
    left = sorted(set(range(len(other_rows))) - {partner for partner in partners if partner is not None})
    if len(alone) == len(left):
        for index, partner in zip(alone, left, strict=True):
            partners[index] = partner
    return partners


def _key(row: Cells, columns: Sequence[str], *, signless: bool) -> _Key:
    numbers = [value for name in columns if isinstance(value := row[name], Decimal)]
    return tuple(to_cents(abs(number) if signless else number) for number in numbers)
