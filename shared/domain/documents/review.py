"""A ReviewTask, and the Lease that keeps two people off one case."""

from copy import replace
from datetime import datetime, timedelta

from shared.domain.base.errors import IntrayError
from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored
from shared.domain.documents.extraction import Scalar
from shared.domain.documents.run import Reason


class NotHolder(IntrayError):
    """The case is held by somebody else, or the lease (fencing token) is no longer the current one."""


class Lease(Stored):
    """Who holds a case until when. `token` is random and known to the holder only: whoever shows it acts for them.

    `actor`: the id of the caller who took it; where it is known, nobody else can use the token.
    """

    holder: str
    token: int
    expires: datetime
    actor: str | None = None


class Correction(Stored):
    """What a person changed. `field`: the name of a single value, or the JSON Pointer of a row or of its cell.

    A whole row is its JSON text: `before` None means that it was added, `after` None that it was removed.
    """

    field: str
    before: Scalar
    after: Scalar


class ReviewTask(Stored):
    """A case that waits for a person. `doubt` (0..1) orders the queue: the most doubtful first.

    `group`: the reviewers whose case it is; None: everybody's.
    """

    document_id: str
    run: int
    document_type: str | None
    name: str
    group: str | None = None
    opened: datetime
    doubt: float
    reasons: tuple[Reason, ...]
    claims: int = 0
    lease: Lease | None = None
    completed: datetime | None = None
    completed_by: str | None = None
    corrections: tuple[Correction, ...] = ()


class LeaseView(Frozen):
    """A lease as everybody may see it: without its token."""

    holder: str
    expires: datetime


class CaseView(Frozen):
    """A ReviewTask as everybody may see it."""

    document_id: str
    run: int
    document_type: str | None
    name: str
    group: str | None
    opened: datetime
    doubt: float
    reasons: tuple[Reason, ...]
    claims: int
    lease: LeaseView | None


def case_view(task: ReviewTask) -> CaseView:
    """Return a task as anybody but its holder may see it."""
    lease = LeaseView(holder=task.lease.holder, expires=task.lease.expires) if task.lease else None
    shared = task.model_dump(include=set(CaseView.model_fields) - {"lease"})
    return CaseView(**shared, lease=lease)


def claim(
    task: ReviewTask,
    holder: str,
    now: datetime,
    duration: timedelta,
    *,
    token: int | None,
    new_token: int,
    actor: str | None = None,
) -> ReviewTask:
    """Return the task leased to `holder` under `new_token`; who has the `token` of a running lease prolongs that.

    Raises NotHolder while a lease runs whose token the caller does not have, or when the case is closed.
    """
    if task.completed:
        raise NotHolder("the case is already closed")
    lease = task.lease
    if lease is None or lease.expires <= now:
        lease = Lease(holder=holder, token=new_token, expires=now + duration, actor=actor)
        return replace(task, claims=task.claims + 1, lease=lease)
    if lease.holder != holder or _is_somebody_else(lease, actor):
        raise NotHolder(f"the case is held by somebody else until {lease.expires.isoformat()}")
    if lease.token != token:
        raise NotHolder(f"the case is held until {lease.expires.isoformat()}: send the lease's token to renew it")
    return replace(task, lease=Lease(holder=holder, token=lease.token, expires=now + duration, actor=actor))


def check_lease(task: ReviewTask, token: int, now: datetime, actor: str | None = None) -> None:
    """Raise NotHolder unless `token` is that of the current, unexpired lease of an open case, and `actor` took it."""
    if task.completed:
        raise NotHolder("the case is already closed")
    lease = task.lease
    if lease is None or lease.token != token or lease.expires <= now or _is_somebody_else(lease, actor):
        raise NotHolder("the lease has ended or was taken over: claim the case again")


def release(task: ReviewTask, token: int, now: datetime, actor: str | None = None) -> ReviewTask:
    """Return the task without its lease; raises NotHolder unless `token` is the current, unexpired lease's."""
    check_lease(task, token, now, actor)
    return replace(task, lease=None)


def complete(
    task: ReviewTask, token: int, now: datetime, corrections: tuple[Correction, ...], actor: str | None = None
) -> ReviewTask:
    """Return the closed task; raises NotHolder unless `token` is the current, unexpired lease's."""
    check_lease(task, token, now, actor)
    return replace(task, completed=now, completed_by=actor, corrections=corrections)


def _is_somebody_else(lease: Lease, actor: str | None) -> bool:
    """Whether a caller is known not to be who took the lease; earlier versions did not store that."""
    return lease.actor is not None and actor is not None and lease.actor != actor
