"""Split text into the rows of a table (RFC 4180), and mends what programs and people make of that."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Literal

MAX_CELL_CHARACTERS = 1 << 24
MAX_MENDED_ROWS = 100
"""Beyond this many quotes that are never closed, no quote of the file means anything."""
_DECLARED_DELIMITER = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="(.*)"', re.DOTALL)


def read_declared_delimiter(text: str) -> tuple[str | None, str]:
    """Return the delimiter that the first line declares (`sep=;`, as Excel has it), and the text below that line."""
    match = _DECLARED_DELIMITER.match(text)
    return (match[1], text[match.end() :]) if match else (None, text)


def split_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows; a quote that is never closed counts as a sign, so that it does not swallow the rows below.

    Raises csv.Error for a cell of more than 16 million characters.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = list(io.StringIO(text.replace("\0", ""), newline=""))
    start, mended = 0, 0
    while start < len(lines):
        quotes: Literal[0, 3] = csv.QUOTE_MINIMAL if mended < MAX_MENDED_ROWS else csv.QUOTE_NONE
        reader = csv.reader(iter(lines[start:]), delimiter=delimiter, quoting=quotes)
        first = begin = start
        for row in reader:
            end = first + reader.line_num
            if end - begin > 1 and not _is_closed(lines[begin:end], delimiter):
                yield [cell.strip("\r\n").removeprefix('"') for cell in lines[begin].split(delimiter)]
                start, mended = begin + 1, mended + 1
                break
            yield [_read_text_formula(cell) for cell in row]
            begin = end
        else:
            return


def _is_closed(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether the quotes of a row of several lines are closed where a cell ends."""
    try:
        return len(list(csv.reader(iter(lines), delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _read_text_formula(cell: str) -> str:
    """Return the text of a cell that is written as a formula to keep its zeros: `="00123"`."""
    match = _TEXT_FORMULA.fullmatch(cell) if cell.startswith("=") else None
    return match[1] if match else cell
