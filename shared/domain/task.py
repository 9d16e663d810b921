"""The unit of fan-out, and the messages that travel between stages."""

from datetime import datetime
from typing import Literal, Self

from shared.domain.model_call import Bill
from shared.domain.stored import Stored

Stage = Literal["read", "extract", "validate", "check", "decide"]

_RANGES = "-ranges"

PLAN = "plan"
"""The name of a stage's first step, which decides the stage's page ranges."""


def range_queue(stage: Stage) -> str:
    """Return the queue of a stage's page ranges.

    They have a queue of their own so that no small file waits behind the ranges of a large one.
    """
    return stage + _RANGES


def stage_of_queue(queue: str) -> str:
    """Return the stage whose tasks a queue holds; the queue itself where it is not one of page ranges."""
    return queue.removesuffix(_RANGES)


class StageMessage(Stored):
    """What every queue message holds: ids only. Everything else is a claim check in the work container.

    `waits` counts how often the step was put off (throttling, outages), which spends no attempt.
    """

    document_id: str
    run: int = 1
    task: str = PLAN
    waits: int = 0


class IntakeMessage(Stored):
    """A message of the queue `intake`: a version of a blob that is still to be received.

    `etag` (without quotes), `size` and `md5` (base64) describe that version as far as the sender knows them.
    `announced` is False when no event told of the version: a listing of the container showed it. `waits` counts how
    often the message was deferred.
    """

    container: str
    name: str
    etag: str | None = None
    size: int | None = None
    md5: str | None = None
    announced: bool = True
    waits: int = 0


class PageRange(Stored):
    """The unit of fan-out: pages `first`..`last`, counted from 1, both included."""

    first: int
    last: int

    @property
    def name(self) -> str:
        """The name of the range's task; sorts in page order."""
        return f"p{self.first:05d}-{self.last:05d}"

    @classmethod
    def named(cls, name: str) -> Self:
        """The range of this name."""
        first, _, last = name.removeprefix("p").partition("-")
        return cls(first=int(first), last=int(last))

    @property
    def numbers(self) -> range:
        """The page numbers."""
        return range(self.first, self.last + 1)


class TaskDone(Stored):
    """The receipt of a finished page range. That it can be stored only once makes a repeated message harmless.

    `counted`: the Run's `tasks_left` and `bill` include it, because it was stored in one transaction with them.
    `finished`: when, for receipts that are not counted: the Run's own `updated` does not show their progress.
    """

    stage: Stage
    name: str
    bill: Bill = Bill()
    counted: bool = True
    finished: datetime | None = None


def page_ranges(pages: int, size: int) -> tuple[PageRange, ...]:
    """Split pages 1..`pages` into consecutive ranges of at most `size` pages."""
    return tuple(range_with(first, pages, size) for first in range(1, pages + 1, size))


def range_count(pages: int, size: int) -> int:
    """Return how many `page_ranges` there are, without making them."""
    return -(-pages // size)


def range_with(page: int, pages: int, size: int) -> PageRange:
    """The one of `page_ranges` that holds `page`, without making the others."""
    first = page - (page - 1) % size
    return PageRange(first=first, last=min(first + size - 1, pages))


def planned_range(pages: int, size: int, name: str) -> PageRange | None:
    """The one of `page_ranges` with this name; None when there is none."""
    try:
        page = PageRange.named(name).first
    except ValueError:
        return None
    planned = range_with(page, pages, size) if 1 <= page <= pages and size else None
    return planned if planned and planned.name == name else None
