"""The order in which a person reads lines."""

from shared.domain.reading.layout import reading_order, rows
from shared.domain.reading.page import Box


def line(x: float, y: float, characters: int = 10) -> Box:
    """A line of 10-point text, its characters 5 points wide."""
    return (x, y, x + 5.0 * characters, y + 10.0)


def test_lines_on_one_height_are_a_row_from_the_left() -> None:
    """Cells of a table row are drawn in any order and with baselines that differ a little."""
    boxes = [line(300, 52), line(50, 50), line(50, 70), line(300, 69)]
    assert [[1, 0], [2, 3]] == rows(boxes)


def test_a_row_does_not_swallow_the_next() -> None:
    """Tight lines whose boxes overlap stay apart: their middles are more than half a height away from each other."""
    boxes = [line(50, 50), line(50, 58), line(50, 66)]
    assert [[0], [1], [2]] == rows(boxes)


def test_a_table_is_read_row_by_row() -> None:
    """Cells do not fill their column, so a wide gap between columns does not make them prose."""
    boxes = [line(x, y, 8) for x in (50, 250, 400) for y in range(100, 300, 15)]
    order = reading_order(boxes)
    assert [(50, 100), (250, 100), (400, 100), (50, 115)] == [boxes[index][:2] for index in order[:4]]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    """Between a title and a footer that cross the gutter, the left column comes whole, then the right one."""
    title, footer = line(50, 20, 90), line(50, 500, 90)
    left = [line(50, 50 + 12 * row, 44) for row in range(30)]
    right = [line(300, 54 + 12 * row, 44) for row in range(30)]
    shuffled = [*right, footer, *left, title]
    assert [title, *left, *right, footer] == [shuffled[index] for index in reading_order(shuffled)]


def test_three_columns_of_prose_are_three_columns() -> None:
    """The sides of a gutter are looked at in the same way."""
    columns = [[line(x, 50 + 12 * row, 30) for row in range(20)] for x in (50, 220, 390)]
    flat = [box for column in zip(*columns, strict=True) for box in column]
    assert [box for column in columns for box in column] == [flat[index] for index in reading_order(flat)]


def test_a_page_without_lines_has_no_order() -> None:
    """A blank page is no special case for the caller."""
    assert [] == reading_order([])
