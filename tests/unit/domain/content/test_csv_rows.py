"""Rows of text, whoever wrote it."""

import pytest

from shared.domain.content.csv_rows import MAX_MENDED_ROWS, read_declared_delimiter, split_rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('Item,Note\nScrew,"6"" long"\n', [["Item", "Note"], ["Screw", '6" long']]),
        ('a,"two\nlines"\nb,c\n', [["a", "two\nlines"], ["b", "c"]]),
        ('a,b\n"Open,3.00\nNut,2.00\n', [["a", "b"], ["Open", "3.00"], ["Nut", "2.00"]]),
        ('"Open,3.00\nNut,2.00\n"Bolt, long",1.00\n', [["Open", "3.00"], ["Nut", "2.00"], ["Bolt, long", "1.00"]]),
        ('17" monitor,200.00\nNut,2.00\n', [['17" monitor', "200.00"], ["Nut", "2.00"]]),
        ('="00123",A\n', [["00123", "A"]]),
        ("=A1,B\n", [["=A1", "B"]]),
    ],
)
def test_quotes_are_understood_where_they_are_closed(text: str, rows: list[list[str]]) -> None:
    """One that is never closed swallows no row."""
    assert rows == list(split_rows(text, ","))


def test_a_file_of_open_quotes_keeps_its_rows() -> None:
    """However many there are."""
    count = 3 * MAX_MENDED_ROWS
    rows = list(split_rows('"Open,3.00\n' * count, ","))
    assert (count, {"3.00"}) == (len(rows), {row[1] for row in rows})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\na;b\n", (";", "a;b\n")),
        ('"sep=|"\r\na|b\n', ("|", "a|b\n")),
        ("separate,words\n", (None, "separate,words\n")),
    ],
)
def test_a_declared_delimiter_is_no_row(text: str, expected: tuple[str | None, str]) -> None:
    """Excel writes and reads such a first line."""
    assert expected == read_declared_delimiter(text)
