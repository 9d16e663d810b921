"""What a file without pages says, in order: paragraphs, tables, pictures. A typesetter makes pages of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

NOT_READ_MARK = "intray-not-read"
"""The name of a `meta` element by which the document of a mail says (by a code of UNREAD_PARTS) what was not read."""
NUMBER_LIKE = frozenset("0123456789.,'’-+()%€$£¥ \u00a0\u202f")
HEADER_WITHIN = 30
"""A table's header stands within its first rows, below a letterhead at most."""
HEADER_FILL = 0.6
"""A header row fills at least this share of the columns."""


class Paragraph(NamedTuple):
    """A paragraph; line feeds in it are kept. `level` 1 to 6: a heading. `indent` counts steps. `pre`: spaces count."""

    text: str
    level: int = 0
    indent: int = 0
    pre: bool = False


class Cell(NamedTuple):
    """A cell of a table; `right`: it is a number, set to the right; `span`: how many columns it covers."""

    text: str = ""
    right: bool = False
    span: int = 1


class Table(NamedTuple):
    """Rows of cells, which may be a stream. The `header` row (from 0; None: there is none) heads each page again."""

    rows: Iterable[Sequence[Cell]]
    header: int | None = None


class Picture(NamedTuple):
    """An encoded picture and the size at which the file shows it, in points (0: its own size at 96 dpi)."""

    data: bytes
    width: float = 0.0
    height: float = 0.0


class PageBreak(NamedTuple):
    """What follows begins a page."""


class Concealed(NamedTuple):
    """Text that the file does not show (`hidden`: a hidden sheet, a deletion, white letters), or strikes through."""

    text: str
    why: Literal["hidden", "struck"] = "hidden"


class NotRead(NamedTuple):
    """Content of the file that its parser does not read; `code` is one of `shared.domain.reading.page.UNREAD_PARTS`."""

    code: str


Block = Paragraph | Table | Picture | PageBreak | Concealed | NotRead
Flow = Iterator[Block]


def header_row(rows: Sequence[Sequence[Cell]]) -> int | None:
    """Return the first row that names the columns: words in most of them, and a number somewhere in the rows below."""
    columns = max((len(row) for row in rows), default=0)
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        named = [cell.text for cell in row if cell.text]
        if len(named) < max(2, HEADER_FILL * columns) or any(map(is_number, named)):
            continue
        return index if any(is_number(cell.text) for below in rows[index + 1 :] for cell in below) else None
    return None


def is_number(text: str) -> bool:
    """Return whether a cell's text is a number, an amount or a percentage."""
    return bool(text) and NUMBER_LIKE.issuperset(text) and any(sign.isdigit() for sign in text)
