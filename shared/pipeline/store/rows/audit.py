"""A Document's history: every change of state, and what callers did without one."""

from datetime import datetime
from typing import Literal

from shared.domain.base.stored import Stored, dump_stored
from shared.domain.documents.event import EventName
from shared.domain.documents.run import Run, State
from shared.ports.records import Insert, Put

AUDIT_PREFIX = "audit-"
ACTION_PREFIX = "action-"
type Action = Literal["claimed", "released", "republished"]


class Audit(Stored):
    """A change of state. `actor`: the id of the caller who asked for it; None: the system itself."""

    at: str
    before: State | None
    after: State
    event: EventName | None
    actor: str | None = None


class CallerAction(Stored):
    """What a caller did without a change of state."""

    at: datetime
    action: Action
    actor: str | None


def audit_row(run: Run, before: State | None, event: EventName | None, actor: str | None = None) -> Insert:
    """Return the line of a Run's latest change, made for `actor`."""
    line = Audit(at=run.updated.isoformat(), before=before, after=run.state, event=event, actor=actor)
    return Insert(f"{AUDIT_PREFIX}{run.number:04d}-{run.sequence:06d}", dump_stored(line))


def action_row(run: Run, action: Action, actor: str | None, at: datetime) -> Put:
    """Return the line of what `actor` did at a time, after the Run's latest change."""
    key = f"{ACTION_PREFIX}{run.number:04d}-{run.sequence:06d}-{at:%Y%m%dT%H%M%S%f}-{action}"
    return Put(key, dump_stored(CallerAction(at=at, action=action, actor=actor)))
