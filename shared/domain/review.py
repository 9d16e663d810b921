"""A ReviewTask, and the Lease that keeps two people off one case."""

from copy import replace
from datetime import datetime, timedelta

from shared.domain.errors import IntrayError
from shared.domain.extraction import Scalar
from shared.domain.frozen import Frozen
from shared.domain.run import Reason


class NotHolder(IntrayError):
    """The case is held by somebody else, or the lease (fencing token) is no longer the current one."""


class Lease(Frozen):
    """Who holds a case until when. `token` grows with each claim: an older one is refused."""

    holder: str
    token: int
    expires: datetime


class Correction(Frozen):
    """What a person changed in a field."""

    field: str
    before: Scalar
    after: Scalar


class ReviewTask(Frozen):
    """A case that waits for a person. `doubt` (0..1) orders the queue: the most doubtful first."""

    document_id: str
    run: int
    document_type: str | None
    name: str
    opened: datetime
    doubt: float
    reasons: tuple[Reason, ...]
    claims: int = 0
    lease: Lease | None = None
    completed: datetime | None = None
    corrections: tuple[Correction, ...] = ()


def claim(task: ReviewTask, holder: str, now: datetime, duration: timedelta) -> ReviewTask:
    """The task leased to `holder`; raises NotHolder while another's lease runs or the case is closed."""
    if task.completed:
        message = "the case is already closed"
        raise NotHolder(message)
    lease = task.lease
    if lease and lease.expires > now and lease.holder != holder:
        message = f"the case is held by somebody else until {lease.expires.isoformat()}"
        raise NotHolder(message)
    token = task.claims + 1
    return replace(task, claims=token, lease=Lease(holder=holder, token=token, expires=now + duration))


def complete(task: ReviewTask, token: int, now: datetime, corrections: tuple[Correction, ...]) -> ReviewTask:
    """The closed task; raises NotHolder unless `token` is the current, unexpired lease's."""
    if task.completed:
        message = "the case is already closed"
        raise NotHolder(message)
    lease = task.lease
    if lease is None or lease.token != token or lease.expires <= now:
        message = "the lease has ended or was taken over: claim the case again"
        raise NotHolder(message)
    return replace(task, completed=now, corrections=corrections)
