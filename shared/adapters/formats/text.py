"""Parse text and CSV: the encoding by `charsets`, the delimiter by what makes even rows."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator

from shared.adapters.base.charsets import decode_text
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Cell, Flow, NotRead, PageBreak, Paragraph, Table, header_row, is_number
from shared.domain.content.csv_rows import read_declared_delimiter, split_rows
from shared.ports.reading import SourceFile

DELIMITERS = ",;\t|"
EVEN_SHARE = 0.9
"""At least this share of the rows of a table has the same number of cells."""
SAMPLE = 200
"""Rows and kilobytes that are looked at."""
LINES_TOGETHER = 5000
_MARKDOWN = re.compile(r"^\s*\|?(\s*:?-{3,}:?\s*\|)+\s*(:?-{3,}:?\s*)?$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)


def parse_text(file: SourceFile, markdown: Callable[[str], Flow]) -> Flow:
    """Yield the text as it is; as a table when its lines are rows of one; as Markdown when it has headings or a table.

    NotRead (`uncertain_encoding`) comes first when bytes do not fit the encoding.
    """
    text, doubtful = decode_text(file.path.read_bytes())
    if doubtful:
        yield NotRead("uncertain_encoding")
    if _MARKDOWN.search(text) or len(_HEADING.findall(text[: SAMPLE << 10])) > 1:
        yield from markdown(text)
        return
    declared, below = read_declared_delimiter(text)
    text = below if declared else text
    delimiter = declared or _delimiter(text, certain=False)
    if delimiter:
        yield _table(text, delimiter)
        return
    for number, page in enumerate(text.split("\f")):
        if number:
            yield PageBreak()
        yield from _lines(page)


def parse_csv(file: SourceFile) -> Flow:
    """Yield the rows of a CSV file, whatever its delimiter; NotRead (`uncertain_encoding`) as `parse_text` does."""
    text, doubtful = decode_text(file.path.read_bytes())
    if doubtful:
        yield NotRead("uncertain_encoding")
    declared, text = read_declared_delimiter(text)
    yield _table(text, declared or _delimiter(text, certain=True) or ",")


def _lines(text: str) -> Iterator[Paragraph]:
    lines = text.replace("\0", "").splitlines()
    for first in range(0, len(lines), LINES_TOGETHER):
        yield Paragraph("\n".join(lines[first : first + LINES_TOGETHER]), pre=True)


def _table(text: str, delimiter: str) -> Table:
    rows = [
        [Cell(value.strip(), is_number(value.strip())) for value in row] for row in _rows(text, delimiter) if any(row)
    ]
    return Table(rows, header_row(rows))


def _delimiter(text: str, *, certain: bool) -> str | None:
    """Return the delimiter that gives the most even rows of two cells or more; None when none does."""
    sample = text[: SAMPLE << 10]
    best: tuple[float, int, str] | None = None
    for delimiter in DELIMITERS:
        widths = [len(row) for _, row in zip(range(SAMPLE), _rows(sample, delimiter), strict=False) if any(row)]
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        share = count / len(widths)
        if width > 1 and (certain or (share >= EVEN_SHARE and len(widths) > 1)):
            best = max(best or (0.0, 0, ""), (share, width, delimiter))
    return best[2] if best else None


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows, quotes understood."""
    try:
        yield from split_rows(text, delimiter)
    except csv.Error as failure:
        text = "A cell of the table is larger than 16 million characters: split the file."
        raise Unreadable("unreadable", text) from failure
