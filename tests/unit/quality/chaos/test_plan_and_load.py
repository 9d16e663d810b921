"""What a seed decides: the timetable of troubles and the uploads."""

import io
from itertools import pairwise

import pytest
from PIL import Image

from quality.chaos.faults.plan import EVERY, MODEL_FAULTS, RESTS, Trouble, keeps_answer, model_rule, timetable
from quality.chaos.load import make_burst, make_load, picture


def test_the_same_seed_is_the_same_run() -> None:
    """A run that found something can be asked for again; another seed is another run."""
    assert (timetable(7, 90), make_load(12, 7)) == (timetable(7, 90), make_load(12, 7))
    assert timetable(7, 90) != timetable(8, 90)
    assert make_load(12, 7) != make_load(12, 8)


@pytest.mark.parametrize("seed", range(20))
def test_every_kind_of_trouble_comes_in_order_and_within_the_time(seed: int) -> None:
    """Even a short run meets each kind once, and parts that are slow to start get their rest."""
    troubles = timetable(seed, 30)
    times = [trouble.at for trouble in troubles]
    assert set(EVERY) == {trouble.kind for trouble in troubles}
    assert sorted(times) == times
    assert max(times) < 30
    for kind, rest in RESTS.items():
        starts = [trouble.at for trouble in timetable(seed, 300) if trouble.kind == kind]
        assert [] == [pair for pair in pairwise(starts) if pair[1] - pair[0] < rest - 0.02]


def test_a_large_load_has_every_sort_of_document() -> None:
    """Copies, overwrites, deletions, bad files, pictures and long ones are all there; names are never used twice."""
    items = make_load(150, 1)
    assert 150 == len({item.name for item in items})
    assert {"stays", "overwritten", "deleted"} == {item.fate for item in items}
    assert len({item.data for item in items}) < 150
    assert b"" in {item.data for item in items}
    assert {"png", "pdf"} == {item.name.rpartition(".")[2] for item in items}
    assert {True, False} == {item.is_after_intake for item in items}
    assert all(item.after != item.data for item in items if item.fate == "overwritten")


def test_a_burst_has_only_clean_documents_of_their_own() -> None:
    """So that anything beyond one run and one call each is somebody's mistake."""
    items = make_burst(30, 1)
    assert (30, {"stays"}) == (len({item.data for item in items}), {item.fate for item in items})


def test_pictures_open_and_differ() -> None:
    """Each picture is content of its own, and really a picture."""
    pictures = {picture(number) for number in range(200)}
    assert 200 == len(pictures)
    assert {(120, 80)} == {Image.open(io.BytesIO(data)).size for data in pictures}


def test_a_model_trouble_is_one_of_the_faults() -> None:
    """Every fault can be drawn; throttling asks for the seconds of the trouble; three faults keep an answer back."""
    choices = [position / len(MODEL_FAULTS) for position in range(len(MODEL_FAULTS))]
    rules = [model_rule(Trouble(0, "model faults", 4.4, choice)) for choice in choices]
    assert [fault.kind for fault in MODEL_FAULTS] == [rule.fault.kind for rule in rules]
    assert {"retry-after": "4"} == rules[0].fault.headers
    assert ["delay", "drop", "cut"] == [fault.kind for fault in MODEL_FAULTS if keeps_answer(fault)]
