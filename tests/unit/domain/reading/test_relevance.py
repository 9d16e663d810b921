"""The pages of a long document that speak of what its type asks for."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.reading.relevance import MIN_PAGE_WORDS, PageWords, choose_relevant_pages, label_vocabulary
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.testing.builders.pages import text_page

KIND = DocumentType(
    name="contract",
    title="Contract",
    fields=(
        FieldSpec(name="law", field_type="text", title="Governing law", labels=("Laws of", "Applicable law")),
        FieldSpec(name="ends", field_type="date", title="Expiration date", labels=("Expires on",)),
        FieldSpec(name="audit", field_type="boolean", title="Audit", labels=("Books and records",)),
    ),
)
FILLER = "the parties agree that notices under this clause are given in writing and received within ten days of posting"


def words(number: int, *texts: str) -> PageWords:
    return PageWords.of(text_page(number, *texts).page, label_vocabulary(KIND))


def document(special: dict[int, str], pages: int = 30) -> list[PageWords]:
    """Pages of filler, some of which say something."""
    return [words(number, FILLER, special.get(number, "nothing"), FILLER) for number in range(1, pages + 1)]


def test_the_pages_that_name_a_field_are_chosen() -> None:
    """Beside the first page and the last one; those that say nothing are left out."""
    said = {12: "Governing law: the laws of the State of New York apply", 20: "This agreement expires on 4 May 2031"}
    assert (1, 12, 20, 30) == choose_relevant_pages(KIND, document(said), 10)


def test_fields_take_turns() -> None:
    """A field that stands on many pages leaves room for the best page of every other."""
    said = dict.fromkeys(range(2, 25), "audit of books and records") | {
        26: "the applicable law",
        27: "it expires on 1 May",
    }
    chosen = choose_relevant_pages(KIND, document(said), 6)
    assert {26, 27} < set(chosen)
    assert 6 == len(chosen)


def test_words_that_stand_together_count_more_than_apart() -> None:
    """`Governing law` is a label; `law` is on every page of a contract."""
    said = dict.fromkeys(range(2, 30), "as required by law") | {17: "governing law"}
    assert 17 in choose_relevant_pages(KIND, document(said), 3)


def test_a_page_with_next_to_no_words_is_always_read() -> None:
    """What it says may be in its picture, so nobody knows whether it matters."""
    pages = [*document({}, 9), words(10, "a scan"), *document({}, 30)[10:]]
    assert (1, 10, 30) == choose_relevant_pages(KIND, pages, 2)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted(label_vocabulary(KIND))), st.integers(1, 9)), min_size=2, max_size=40
    ),
    st.integers(2, 20),
)
def test_the_choice_is_small_in_order_and_the_same_each_time(counts: list[dict[str, int]], most: int) -> None:
    """Whatever the pages hold: no more than was allowed, the first and the last among them, in page order."""
    pages = [PageWords(number, MIN_PAGE_WORDS + number, found) for number, found in enumerate(counts, 1)]
    chosen = choose_relevant_pages(KIND, pages, most)
    assert chosen == choose_relevant_pages(KIND, pages, most)
    assert len(chosen) <= most
    assert {1, len(pages)} <= set(chosen) <= set(range(1, len(pages) + 1))
    assert list(chosen) == sorted(set(chosen))
