"""Halves share no party."""

from hypothesis import given
from hypothesis import strategies as st

from quality.evals.split import groups, halves
from tests.unit.quality.evals.makers import labelled


def test_names_that_are_alike_are_one_party() -> None:
    """Spelling, a recognition error or a form of address make no other party; a document without one is alone."""
    documents = [
        labelled("1", merchant_name="MR. D.I.Y. (M) SDN BHD"),
        labelled("2", merchant_name="MR.D.I.Y(M)SDN BHD"),
        labelled("3", seller_name="GARDENIA BAKERIES (KL) SDN BHD"),
        labelled("4", seller_name="GARDENIA BAKERIES (KI ) SDN BHD"),
        labelled("5", total=1.0),
        labelled("6", total=1.0),
    ]
    found = groups(documents)
    assert (found[0], found[2]) == (found[1], found[3])
    assert ["5", "6"] == found[4:]
    assert 4 == len(set(found))


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=30))
def test_no_group_is_torn_apart(names: list[str]) -> None:
    """A group is in one half only, and the order of the documents does not matter."""
    sides = dict(zip(names, halves(names), strict=True))
    assert halves(names) == [sides[name] for name in names]
    assert sides == dict(zip(names[::-1], halves(names[::-1]), strict=True))


def test_halves_are_as_even_as_groups_allow() -> None:
    """One large group is balanced by the small ones."""
    assert [4, 4] == [halves([*"aaaa", *"bcde"]).count(side) for side in (0, 1)]
