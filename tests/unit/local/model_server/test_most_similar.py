"""The local model server finds similar labels by a faster library, with the same results."""

from hypothesis import given, settings
from hypothesis import strategies as st

from local.model_server.offline.word_lists import load_vocabulary
from shared.domain.values.matching import most_similar

WORDS = st.text(alphabet="abcde", max_size=8)


@settings(max_examples=100, deadline=None)
@given(WORDS, st.lists(WORDS, min_size=1, max_size=6))
def test_the_fast_function_finds_what_the_plain_one_finds(text: str, candidates: list[str]) -> None:
    """Place and similarity agree, so that answers do not depend on which of them the reader was given."""
    fast = load_vocabulary().find_most_similar(text, candidates, 60.0)
    plain = most_similar(text, candidates, 60.0)
    assert (plain is None) == (fast is None)
    if plain and fast:
        assert (plain[0], round(plain[1], 6)) == (fast[0], round(fast[1], 6))
