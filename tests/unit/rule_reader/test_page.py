"""Geometry: rows, columns, neighbours."""

from shared.rule_reader.text.page import Box, Line, Page, cite
from tests.support.paper import document


def test_cells_at_one_height_are_a_row_from_left_to_right() -> None:
    """Order within the request does not matter."""
    lines = (Line("b", 1, Box(200, 11, 230, 20), "right"), Line("a", 1, Box(40, 10, 80, 20), "left"))
    page = Page(1, (595, 842), lines)
    assert [[line.id for line in row] for row in page.rows] == [["a", "b"]]
    assert [line.id for line in page.right_of(lines[1])] == ["b"]


def test_lines_over_each_other_are_rows_of_their_own() -> None:
    """Lines that touch but stand over each other do not share a row."""
    page = Page(1, (595, 842), (Line("a", 1, Box(40, 10, 80, 20), "x"), Line("b", 1, Box(40, 16, 80, 26), "y")))
    assert len(page.rows) == 2


def test_below_finds_the_column() -> None:
    """Flush left, flush right or overlapping lines are below; others are not."""
    (page,) = document([[(40, "Label"), (200, "Other")], [(40, "value"), (300, "far")]]).pages
    assert [line.text for line in page.below(page.lines[0].box)] == ["value"]


def test_a_part_of_a_line_has_its_share_of_the_box() -> None:
    """Characters are taken as equally wide."""
    assert Line("a", 1, Box(0, 0, 100, 10), "0123456789").part(2, 4) == Box(20, 0, 40, 10)


def test_lines_without_an_id_are_not_cited() -> None:
    """Lines that the reader found by OCR have no id; each id is cited once."""
    named, unnamed = Line("a", 1, Box(0, 0, 1, 1), "x"), Line("", 1, Box(0, 0, 1, 1), "y")
    assert cite([named, unnamed, named]) == ["a"]
