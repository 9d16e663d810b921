"""Places on a sheet that is turned."""

import pytest

from shared.domain.reading.page import Box
from shared.domain.reading.turn import turn_box, turn_box_back, turn_size

BOX: Box = (10.0, 5.0, 40.0, 15.0)


def test_boxes_are_told_on_the_sheet_as_it_was() -> None:
    """A word at the top left of the turned sheet lies where the turns took it from (sheet: 200 x 100)."""
    boxes = [turn_box_back(BOX, turns, 200, 100) for turns in range(4)]
    assert [(10, 5, 40, 15), (185, 10, 195, 40), (160, 85, 190, 95), (5, 60, 15, 90)] == boxes


@pytest.mark.parametrize("turns", range(4))
def test_turning_back_undoes_turning(turns: int) -> None:
    """Else a reviewer would see the mark beside the word."""
    assert BOX == turn_box_back(turn_box(BOX, turns, 200, 100), turns, 200, 100)


def test_a_sheet_on_its_side_is_as_wide_as_it_was_high() -> None:
    """Half a turn changes nothing about its size."""
    assert [(200, 100), (100, 200), (200, 100), (100, 200)] == [turn_size(200, 100, turns) for turns in range(4)]
