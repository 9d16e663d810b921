"""Review: open a case for a Run that needs a person, lease it, and finalise what the person decided."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import replace
from itertools import accumulate
from typing import Literal, NamedTuple

from shared.domain.base.errors import Conflict, IntrayError
from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import dump_stored, load_stored
from shared.domain.corrections.request import ChangeRequest, read_requests
from shared.domain.documents import review as rules
from shared.domain.documents.artifact_names import DRAFT
from shared.domain.documents.result import Result
from shared.domain.documents.review import Correction, ReviewTask
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.review.corrections import apply_corrections
from shared.pipeline.store import artifacts
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.finalize import finalize
from shared.pipeline.store.rows.audit import action_row
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS, REVIEWS
from shared.pipeline.store.rows.stored_rows import load_or_report, load_readable
from shared.pipeline.store.runs import Snapshot, load, mark_active
from shared.ports.records import Change, Delete, Insert, Put, Replace

MAX_LISTED_LENGTH = 20_000
"""Characters of corrections that the row of a closed case holds beside its Result."""


_CASE_PREFIX = "review-"
TOKEN_BITS = 53
"""Bits of a lease's token: JSON readers keep all of them in a number."""


class UnknownCase(IntrayError):
    """The document was never in review."""


class CaseClosed(IntrayError):
    """The case was completed, or its document went on without it."""


class Outdated(IntrayError):
    """Somebody corrected the result, or processed the file again, since the caller looked at it."""


class Decision(Frozen):
    """What a person decided: the lease's token, ACCEPT or REJECT, and what they changed.

    `corrections`: new values by field name or JSON Pointer; `changes`: the same as a list, for rows of tables. Where
    `run` and `revision` are given, the draft must still be the one that the person saw.
    """

    token: int
    disposition: Literal["ACCEPT", "REJECT"] = "ACCEPT"
    corrections: Mapping[str, object] = {}
    changes: tuple[ChangeRequest, ...] = ()
    run: int | None = None
    revision: int | None = None


class OpenCase(NamedTuple):
    """A case with its Document, its draft Result and the version of its row."""

    snapshot: Snapshot
    task: ReviewTask
    version: str
    result: Result


async def open_review(context: Context, message: StageMessage) -> None:
    """Open the ReviewTask of a Run in review; safe to repeat."""
    snapshot = await load_if_current(context, message, State.IN_REVIEW)
    if snapshot is None:
        await unlist(context, message.document_id)
        return
    run, document_id = snapshot.run, snapshot.document.id
    result = await artifacts.fetch_saved(context, run, DRAFT, Result)
    task = ReviewTask(
        document_id=document_id,
        run=run.number,
        document_type=run.document_type,
        name=snapshot.document.name,
        group=snapshot.document.policy.reviewer_group,
        opened=context.clock.now(),
        doubt=round(1 - result.confidence, 4),
        reasons=run.reasons,
    )
    try:
        await context.records.commit(DOCUMENTS, document_id, [Insert(_key(run.number), dump_stored(task))])
    except Conflict:
        task = await _load_task(context, document_id, run.number) or task
    listed = replace(task, lease=None)
    await context.records.commit(CATALOG, REVIEWS, [Put(document_id, dump_stored(listed))])
    await unlist(context, document_id)


async def unlist(context: Context, document_id: str) -> None:
    """Take a Document off the list of cases, unless its Run waits for a person: whoever lists or closes looks after.

    The list is another partition than the Run, so no transaction holds the two together.
    """
    listed = await context.records.get(CATALOG, REVIEWS, document_id)
    snapshot = await load(context, document_id)
    if listed is None or (snapshot and snapshot.run.state is State.IN_REVIEW):
        return
    with suppress(Conflict):  # it was listed anew
        await context.records.commit(CATALOG, REVIEWS, [Delete(document_id, listed.version)])


async def is_open(context: Context, document_id: str, run: int) -> bool:
    """Return whether the ReviewTask of a Run exists and stands in the list of cases."""
    listed = await context.records.get(CATALOG, REVIEWS, document_id)
    if listed is None or load_or_report(ReviewTask, listed) is None:
        return False
    return await _load_task(context, document_id, run) is not None


async def open_cases(context: Context) -> list[ReviewTask]:
    """Return the cases that wait for a person, the most doubtful first."""
    listed = await load_readable(ReviewTask, context.records.partition(CATALOG, REVIEWS))
    tasks = [replace(task, lease=None) for task in listed]  # earlier versions listed leases too
    return sorted(tasks, key=lambda task: (-task.doubt, task.opened, task.document_id))


async def load_case(context: Context, document_id: str) -> OpenCase:
    """Return an open case with everything that a reviewer needs; raises UnknownCase or CaseClosed."""
    snapshot = await load(context, document_id)
    if snapshot is None or snapshot.run.state is State.DELETED:
        raise _unknown_case(document_id)
    if snapshot.run.state is not State.IN_REVIEW:
        async for _ in context.records.partition(DOCUMENTS, document_id, _CASE_PREFIX):
            raise CaseClosed(f"the case of document {document_id} is closed: it is {snapshot.run.state}")
        raise _unknown_case(document_id)
    record = await context.records.get(DOCUMENTS, document_id, _key(snapshot.run.number))
    if record is None:
        raise _unknown_case(document_id)
    result = await artifacts.fetch_saved(context, snapshot.run, DRAFT, Result)
    return OpenCase(snapshot, load_stored(ReviewTask, record.body), record.version, result)


async def claim(
    context: Context, document_id: str, holder: str, token: int | None = None, actor: str | None = None
) -> ReviewTask:
    """Lease a case to `holder`; return the task with the lease's token, which nobody else is shown.

    `actor` is the id of the caller, here and below; the lease is theirs alone. The holder of a running lease renews it
    with its `token`. Raises UnknownCase, CaseClosed, NotHolder while a lease runs whose token the caller does not have,
    Conflict in a race.
    """
    open_case = await load_case(context, document_id)
    new_token = secrets.randbits(TOKEN_BITS)
    now = context.clock.now()
    task = rules.claim(open_case.task, holder, now, context.limits.lease, token=token, new_token=new_token, actor=actor)
    changes: list[Change] = [Replace(_key(task.run), dump_stored(task), open_case.version)]
    if task.claims > open_case.task.claims:
        changes.append(action_row(open_case.snapshot.run, "claimed", actor, now))
    await context.records.commit(DOCUMENTS, document_id, changes)
    return task


async def release(context: Context, document_id: str, token: int, actor: str | None = None) -> ReviewTask:
    """End a lease before its time, so that somebody else may take the case; raises as `complete` does."""
    open_case = await load_case(context, document_id)
    now = context.clock.now()
    task = rules.release(open_case.task, token, now, actor)
    change = Replace(_key(task.run), dump_stored(task), open_case.version)
    line = action_row(open_case.snapshot.run, "released", actor, now)
    await context.records.commit(DOCUMENTS, document_id, [change, line])
    return task


def check_revision(run: Run, seen_run: int | None, seen_revision: int | None) -> None:
    """Raise Outdated unless the Run and its revision are those that the caller saw; None was not looked at."""
    if seen_run in {None, run.number} and seen_revision in {None, run.revision}:
        return
    expected, actual = f"run {seen_run}, revision {seen_revision}", f"run {run.number}, revision {run.revision}"
    raise Outdated(
        f"the result has changed: you saw {expected}, it is {actual}. Look at it again before you correct it"
    )


async def complete(context: Context, document_id: str, decision: Decision, actor: str | None = None) -> Result:
    """Close a case with what a person decided; return the final Result.

    Raises UnknownCase, CaseClosed, NotHolder (lease over or taken), Outdated, Conflict, or InvalidCorrections.
    """
    open_case = await load_case(context, document_id)
    rules.check_lease(open_case.task, decision.token, context.clock.now(), actor)
    check_revision(open_case.snapshot.run, decision.run, decision.revision)
    requests = read_requests(decision.corrections, decision.changes, "corrections")
    rejected = decision.disposition == "REJECT"
    result, changes = await apply_corrections(
        context, open_case.snapshot, open_case.result, requests, rejected=rejected
    )
    task = rules.complete(open_case.task, decision.token, context.clock.now(), listed_corrections(changes), actor)
    result = replace(result, disposition=decision.disposition, finished=context.clock.now())
    closing = Replace(_key(task.run), dump_stored(task), open_case.version)
    await mark_active(context, open_case.snapshot.run)
    await finalize(context, open_case.snapshot, result, reviewed=True, also=(closing,), actor=actor)
    await unlist(context, document_id)
    return result


def listed_corrections(changes: Sequence[Correction]) -> tuple[Correction, ...]:
    """Return the corrections that fit a case's row; the Result has them all."""
    lengths = accumulate(len(dump_stored(change)) for change in changes)
    return tuple(change for change, length in zip(changes, lengths, strict=True) if length <= MAX_LISTED_LENGTH)


async def _load_task(context: Context, document_id: str, run: int) -> ReviewTask | None:
    record = await context.records.get(DOCUMENTS, document_id, _key(run))
    return load_stored(ReviewTask, record.body) if record else None


def _key(run: int) -> str:
    return f"{_CASE_PREFIX}{run:04d}"


def _unknown_case(document_id: str) -> UnknownCase:
    return UnknownCase(f"document {document_id} has no case for review")
