"""The unit of fan-out, and the messages that travel between stages."""

from typing import Literal

from shared.domain.frozen import Frozen
from shared.domain.model_call import Bill

Stage = Literal["read", "extract", "validate", "decide"]

PLAN = "plan"
"""The name of a stage's first step, which decides the stage's tasks."""


class StageMessage(Frozen):
    """What a queue message between stages holds: ids only. Everything else is a claim check in the work container."""

    document_id: str
    run: int = 1
    task: str = PLAN


class DocumentMessage(Frozen):
    """What a message to `publish` and `review` holds."""

    document_id: str


class Task(Frozen):
    """One page range of a stage of a Run. Pages count from 1, both ends included."""

    stage: Stage
    name: str
    first_page: int
    last_page: int
    done: bool = False
    bill: Bill = Bill()


def page_ranges(pages: int, size: int) -> tuple[tuple[int, int], ...]:
    """Split pages 1..`pages` into consecutive ranges of at most `size`, each as (first, last)."""
    return tuple((first, min(first + size - 1, pages)) for first in range(1, pages + 1, size))


def range_name(first: int, last: int) -> str:
    """The name of the task for pages `first`..`last`; sorts in page order."""
    return f"p{first:05d}-{last:05d}"
