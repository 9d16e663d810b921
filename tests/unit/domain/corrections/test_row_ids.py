"""Row ids follow from corrections alone, and stay with their rows whatever is corrected in which order."""

from hypothesis import given
from hypothesis import strategies as st

from shared.document_types.rules.identifiers import is_invalid
from shared.domain.corrections.apply import FieldValues, apply_changes
from shared.domain.corrections.request import ChangeRequest, read_requests
from shared.domain.corrections.row_ids import row_ids
from shared.domain.corrections.value_rules import ValueChecks
from shared.domain.documents.extraction import Row
from shared.domain.documents.review import Correction
from shared.domain.types.document_type import FieldSpec
from shared.domain.values.currency_signs import currency_codes

TABLE = FieldSpec(
    name="rows/1", field_type="table", title="Rows", columns=(FieldSpec(name="what", field_type="text", title="What"),)
)
CHECKS = ValueChecks(currency_codes(), is_invalid)
_step = st.tuples(st.sampled_from(["add", "remove", "change", "replace"]), st.integers(0, 9))


def _request(action: str, pick: int, ids: list[str], number: int) -> ChangeRequest | None:
    """A change of one of the rows that are there; None where there is none."""
    path = "/fields/rows~11"
    if action == "add":
        return ChangeRequest(op="add", path=f"{path}/-", value={"what": f"new {number}"})
    if action == "replace":
        return ChangeRequest(path=path, value=[{"what": f"all {number}.{n}"} for n in range(pick)])
    if not ids:
        return None
    row = ids[pick % len(ids)]
    if action == "remove":
        return ChangeRequest(op="remove", path=f"{path}/{row}")
    return ChangeRequest(path=f"{path}/{row}/what", value=f"changed {number}")


@given(st.integers(0, 4), st.lists(_step, max_size=12))
def test_a_row_is_called_the_same_for_ever(count: int, steps: list[tuple[str, int]]) -> None:
    """Each step is a correction of its own, which knows the rows as they are stored: without ids."""
    rows = [Row(cells={"what": f"read {number}"}) for number in range(count)]
    history: list[Correction] = []
    given_out = {f"r{number}" for number in range(1, count + 1)}
    for number, (action, pick) in enumerate(steps):
        ids, next_number = row_ids(TABLE.name, len(rows), history)
        assert len(rows) == len(ids) == len(set(ids))
        before = {row_id: row.cells for row_id, row in zip(ids, rows, strict=True)}
        request = _request(action, pick, list(ids), number)
        if request is None:
            continue
        identified = [Row(id=row_id, cells=row.cells) for row_id, row in zip(ids, rows, strict=True)]
        requests = read_requests({}, [request], "fields")
        corrected = apply_changes(
            {TABLE.name: TABLE}, FieldValues({}, {TABLE.name: identified}), requests, history, CHECKS
        )
        after = corrected.tables[TABLE.name]
        new = {row.id for row in after} - before.keys()
        assert new.isdisjoint(given_out)
        assert all(int(row_id[1:]) >= next_number for row_id in new)
        given_out |= new
        changed = {change.field for change in corrected.changes}
        for row in after:
            is_named = any(row.id in field.split("/") for field in changed)
            assert is_named or before[row.id] == row.cells
        history += corrected.changes
        rows = [Row(cells=row.cells) for row in after]
        assert tuple(row.id for row in after) == row_ids(TABLE.name, len(rows), history)[0]
