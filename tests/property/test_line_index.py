"""An index of lines finds what their text says."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.judging.grounding.line_index import LineIndexes
from shared.domain.judging.grounding.search import is_grounded
from tests.unit.pipeline.checks.test_long_lines import VALUES, WORDS, line


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.lists(st.sampled_from(WORDS), max_size=4))
def test_an_index_of_lines_says_what_their_text_says(first: list[str], second: list[str]) -> None:
    """The same answer for lines one below the other, and boxes wherever a line states a value."""
    above, below = line(first), line(second, 2)
    indexes = LineIndexes()
    for kind, value in VALUES:
        text = f"{above.text}\n{below.text}"
        assert is_grounded(kind, value, text) == indexes.join([above, below]).states(kind, value)
        assert bool(indexes.of(above).boxes(kind, value)) >= is_grounded(kind, value, above.text)
