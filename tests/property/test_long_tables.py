"""Tables that are asked for in several answers."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.pipeline.long_tables import Cells, TableModel
from tests.unit.pipeline.extract.test_long_tables import names, pages_of, read, wanted


@given(
    rows=st.integers(4, 40),
    each=st.integers(3, 15),
    most=st.integers(1, 50),
    extract_range=st.integers(1, 8),
    left_out=st.sets(st.integers(2, 40), max_size=8),
)
async def test_no_row_is_lost_and_none_comes_twice(
    rows: int, each: int, most: int, extract_range: int, left_out: set[int]
) -> None:
    """Answers cut off anywhere, rows left out of the first answers: what comes is the table, or what lacks is said."""
    kept_out = sorted(left_out)[: max(0, rows - 3)]

    def leave_out(answer: int, row: Cells) -> bool:
        return answer <= 3 and int(row[0].split()[1]) in kept_out

    _, result = await read(pages_of(rows, each), TableModel(most, leave_out), extract_range)
    found = names(result)
    assert len(set(found)) == len(found)
    assert found == [name for name in wanted(rows) if name in found]
    if found != wanted(rows):
        assert "REVIEW" == result["disposition"]
