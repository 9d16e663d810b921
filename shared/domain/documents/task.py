"""The unit of fan-out, and the messages that travel between stages."""

from datetime import datetime
from typing import Literal

from shared.domain.base.stored import Stored
from shared.domain.models.model_call import Bill

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

    `waits` counts how often the step was put off (throttling, outages), which spends no attempt. `traceparent`: the
    step of the same Run that sent the message (W3C Trace Context); empty for messages of sweeps and people.
    """

    document_id: str
    run: int = 1
    task: str = PLAN
    waits: int = 0
    traceparent: str = ""


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
