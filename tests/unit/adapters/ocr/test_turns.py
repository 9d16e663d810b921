"""Which way up a picture is read."""

from shared.adapters.ocr.rapidocr.turns import certainty, read_best_way_up
from shared.adapters.ocr.rapidocr.words import RawLine, RawWord

LEVEL, TALL = (0.0, 0.0, 90.0, 10.0), (0.0, 0.0, 10.0, 90.0)
GOOD: list[RawLine] = [[RawWord("Rechnung", LEVEL, 0.97)]]
POOR: list[RawLine] = [[RawWord("buuupey", LEVEL, 0.55)]]
DOWNWARDS: list[RawLine] = [[RawWord("Rechnung", TALL, 0.95)]]
UPWARDS: list[RawLine] = [[RawWord("buuupey", TALL, 0.52)]]


class Engine:
    """Reads what it is told after each number of quarter turns, and remembers what it was asked."""

    def __init__(self, *readings: list[RawLine]) -> None:
        self.readings = readings
        self.asked: list[int] = []

    def __call__(self, turns: int) -> list[RawLine]:
        self.asked.append(turns)
        return self.readings[turns]


def test_an_upright_page_is_read_once() -> None:
    """Reading costs seconds, and most pages are upright."""
    engine = Engine(GOOD, UPWARDS, POOR, DOWNWARDS)
    assert (0, GOOD) == read_best_way_up(engine)
    assert [0] == engine.asked


def test_a_page_upside_down_is_turned_twice() -> None:
    """Upside down the engine sees lines, but is sure of none."""
    engine = Engine(POOR, DOWNWARDS, GOOD, UPWARDS)
    assert (2, GOOD) == read_best_way_up(engine)
    assert [0, 2] == engine.asked


def test_a_page_on_its_side_is_turned_the_shorter_way() -> None:
    """Lines that run down are read as they are, lines that run up are not: it tells which side is up."""
    fallen_right, fallen_left = Engine(DOWNWARDS, GOOD, UPWARDS, POOR), Engine(UPWARDS, POOR, DOWNWARDS, GOOD)
    assert (1, GOOD) == read_best_way_up(fallen_right)
    assert (3, GOOD) == read_best_way_up(fallen_left)
    assert [[0, 1], [0, 3]] == [fallen_right.asked, fallen_left.asked]


def test_a_poor_page_keeps_the_better_reading() -> None:
    """A faint page is poor either way up; turning it must not lose what was read."""
    worse: list[RawLine] = [[RawWord("buuup", LEVEL, 0.4)]]
    assert (0, POOR) == read_best_way_up(Engine(POOR, [], worse, []))


def test_a_page_without_lines_is_not_turned() -> None:
    """A blank back side costs one reading."""
    engine = Engine([], [], [], [])
    assert (0, []) == read_best_way_up(engine)
    assert [0] == engine.asked


def test_certainty_counts_characters() -> None:
    """Many specks of one character must not outvote a few long lines."""
    assert 0.85 == round(certainty([[RawWord("x", LEVEL, 0.1), RawWord("seventeen letters", LEVEL, 0.8941)]]), 2)
    assert 0.0 == certainty([])
