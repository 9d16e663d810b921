"""Stable ids of table rows, which follow from the corrections of a result."""

from collections.abc import Sequence

from shared.domain.corrections.request import ROOT, Target, read_target
from shared.domain.documents.review import Correction


def row_ids(table: str, count: int, history: Sequence[Correction]) -> tuple[tuple[str, ...], int]:
    """Return the ids of a table's `count` rows, and the number of the next new one.

    As a model read them, rows are r1, r2, … A new row is the last one and has the next number; a removed row's id is
    never given again. So the ids follow from the corrections so far, and no result has to hold them.
    """
    rows = [(target.row, change.before is None) for change in history if (target := _row_target(change, table))]
    added = [row for row, is_new in rows if is_new and row]
    removed = {row for row, is_new in rows if not is_new}
    first = count - len(added) + len(removed)
    ids = [row for row in (*(f"r{number}" for number in range(1, first + 1)), *added) if row not in removed]
    return tuple(ids), first + len(added) + 1


def _row_target(change: Correction, table: str) -> Target | None:
    target = read_target(change.field) if change.field.startswith(f"/{ROOT}/") else None
    return target if target and target.field == table and target.row and target.column is None else None
