"""Ranges of consecutive pages: the unit of fan-out."""

from typing import Self

from shared.domain.base.stored import Stored


class PageRange(Stored):
    """The unit of fan-out: pages `first`..`last`, counted from 1, both included."""

    first: int
    last: int

    @property
    def name(self) -> str:
        """The name of the range's task; sorts in page order."""
        return f"p{self.first:05d}-{self.last:05d}"

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Return the range of this name."""
        first, _, last = name.removeprefix("p").partition("-")
        return cls(first=int(first), last=int(last))

    @property
    def numbers(self) -> range:
        """The page numbers."""
        return range(self.first, self.last + 1)


def page_ranges(pages: int, size: int) -> tuple[PageRange, ...]:
    """Split pages 1..`pages` into consecutive ranges of at most `size` pages."""
    return tuple(range_with(first, pages, size) for first in range(1, pages + 1, size))


def range_count(pages: int, size: int) -> int:
    """Return how many `page_ranges` there are, without making them."""
    return -(-pages // size)


def range_with(page: int, pages: int, size: int) -> PageRange:
    """Return the one of `page_ranges` that holds `page`, without making the others."""
    first = page - (page - 1) % size
    return PageRange(first=first, last=min(first + size - 1, pages))


def planned_range(pages: int, size: int, name: str) -> PageRange | None:
    """Return the one of `page_ranges` with this name; None when there is none."""
    try:
        page = PageRange.from_name(name).first
    except ValueError:
        return None
    planned = range_with(page, pages, size) if 1 <= page <= pages and size else None
    return planned if planned and planned.name == name else None
