"""Cells that wrap are read down their column."""

from shared.domain.judging.grounding.column_text import split_columns
from shared.domain.reading.page import Line, Page, Word


def line(number: int, text: str, left: float, top: float) -> tuple[Page, Line]:
    """A line of 10 points' height, 5 points a letter, on page 1."""
    words, x = [], left
    for word in text.split():
        words.append(Word(word, (x, top, x + 5 * len(word), top + 10)))
        x += 5 * len(word) + 5
    page = Page(number=1, width=595, height=842, unit="pt", source="text")
    return page, Line(id=f"p1.l{number}", words=tuple(words))


def test_a_wrapped_cell_goes_on_below_between_lines_of_other_columns() -> None:
    """Reading order takes the price first; the words of the description still follow each other."""
    lines = [
        line(1, "Artificial", 50, 100),
        line(2, "3.33", 300, 100),
        line(3, "10.00", 400, 100),
        line(4, "turf green", 50, 112),
        line(5, "3m wide", 50, 124),
    ]
    assert ["Artificial turf green 3m wide"] == [
        " ".join(part.text for part in column) for column in split_columns(lines, lambda line: line.box)
    ]


def test_cells_side_by_side_are_no_column() -> None:
    """Nor are lines of which one begins where the other has ended."""
    assert [] == split_columns(
        [line(1, "Apples", 50, 100), line(2, "3.33", 300, 100), line(3, "total", 200, 112)], lambda line: line.box
    )
