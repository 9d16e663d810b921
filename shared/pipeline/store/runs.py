"""Documents and Runs in a table: a state change, its audit row and its event commit in one transaction (outbox).

Rows of the partition of a Document: `document`, `run-0001`, `audit-…`, `event-…`, `done-…`, `review-0001`.
The `active` partition of the catalog marks every Document that may still need work; the sweeper reads only those.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import NamedTuple, Unpack

from shared.domain.base.errors import Conflict
from shared.domain.base.stored import dump_stored, load_stored
from shared.domain.documents.document import Document, is_document_id
from shared.domain.documents.event import EventName, Fact
from shared.domain.documents.run import Run, RunChanges, State, advance, amend
from shared.domain.documents.task import Stage, TaskDone
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.outcomes import Transition, report_outcome
from shared.pipeline.store.rows import receipts
from shared.pipeline.store.rows.active import Mark
from shared.pipeline.store.rows.audit import audit_row
from shared.pipeline.store.rows.keys import ACTIVE, CATALOG, DOCUMENTS, RUN_PREFIX
from shared.pipeline.store.rows.outbox import event_key, event_row, new_event
from shared.pipeline.store.rows.receipts import (
    done_key,
    insert_receipt,
    last_finished,
    load_all_receipts,
    load_receipts,
    planned_count,
    uncounted_bill,
)
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.ports.records import Change, Insert, Put, Replace

DOCUMENT_KEY = "document"
"""The key of the row of a Document."""
ATTEMPTS = 12
"""How often a fan-in re-reads a Run that other workers change at the same time, before the queue tries again."""
FEW_TASKS = receipts.FEW_TASKS
"""Up to so many tasks lower the Run's `tasks_left`: less than ATTEMPTS, so that each of them wins a race in time."""
FIRST_MOVER_LEAD = 6
"""Lost races whose waiting time a worker gives to the one that is more likely to move the Run."""
MAX_JITTER_SECONDS = 0.5
"""Seconds that a worker waits at most before it takes part in a race again."""


class Snapshot(NamedTuple):
    """A Document, its Run, and the version of the Run's row that a change must still find."""

    document: Document
    run: Run
    version: str


def run_key(number: int) -> str:
    """Return the key of a Run's row."""
    return f"{RUN_PREFIX}{number:04d}"


def content_partition(content_hash: str, configuration: str) -> str:
    """Return the catalog partition that says which Document processed these bytes under this configuration."""
    return f"content-{content_hash}-{configuration}"


async def load_run(context: StoreContext, document_id: str, number: int) -> Snapshot | None:
    """Return the Document with one of its Runs as `load` does, in one request in place of two.

    The service passes over all rows of the Document: for steps that a Run takes once, not for each of many ranges.
    """
    if not is_document_id(document_id):
        return None
    keys = (DOCUMENT_KEY, run_key(number))
    rows = {record.key: record async for record in context.records.select(DOCUMENTS, document_id, keys)}
    document, run = (rows.get(key) for key in keys)
    if document is None or run is None:
        return None
    return Snapshot(load_stored(Document, document.body), load_stored(Run, run.body), run.version)


async def load(context: StoreContext, document_id: str, number: int | None = None) -> Snapshot | None:
    """Return the Document with one of its Runs, by default the latest; None when there is no such pair."""
    if not is_document_id(document_id):
        return None  # a table refuses some characters as keys, and HTTP callers may send anything
    document = await context.records.get(DOCUMENTS, document_id, DOCUMENT_KEY)
    if document is None:
        return None
    if number is None:
        runs = [record async for record in context.records.partition(DOCUMENTS, document_id, RUN_PREFIX)]
        run = runs[-1] if runs else None
    else:
        run = await context.records.get(DOCUMENTS, document_id, run_key(number))
    if run is None:
        return None
    return Snapshot(load_stored(Document, document.body), load_stored(Run, run.body), run.version)


async def has_runs(context: StoreContext, document_id: str) -> bool:
    """Return whether a row of a Run exists, whatever became of the Document's own."""
    async for _ in context.records.partition(DOCUMENTS, document_id, RUN_PREFIX):
        return True
    return False


async def create(context: StoreContext, document: Document, run: Run, fact: Fact) -> bool:
    """Store a new Document with its first Run; False when it is already there (a repeated event).

    Raises Conflict when storage refused it for another reason.
    """
    await mark_active(context, run)
    event = new_event(context, document, run, "received", fact)
    changes: list[Change] = [
        Insert(DOCUMENT_KEY, dump_stored(document)),
        Insert(run_key(run.number), dump_stored(run)),
        audit_row(run, None, "received"),
        Insert(event_key(run), event_row(event)),
    ]
    try:
        await context.records.commit(DOCUMENTS, document.id, changes)
    except Conflict:
        if await context.records.get(DOCUMENTS, document.id, DOCUMENT_KEY) is None:
            raise
        return False
    return True


async def create_next_run(context: StoreContext, last: Snapshot, run: Run, actor: str | None = None) -> None:
    """Store another Run of a Document, asked for by `actor`.

    Raises Conflict when somebody else just did, or changed the `last` one.
    """
    await mark_active(context, run)
    changes: list[Change] = [
        _run_change(last.run, last.version),
        Insert(run_key(run.number), dump_stored(run)),
        audit_row(run, None, None, actor),
    ]
    await context.records.commit(DOCUMENTS, run.document_id, changes)


async def mark_active(context: StoreContext, run: Run) -> None:
    """Note that a Document may need work, for the sweeper: before what a crash could leave half done."""
    mark = Mark(number=run.number, updated=context.clock.now())
    await context.records.commit(CATALOG, ACTIVE, [Put(run.document_id, dump_stored(mark))])


async def move(
    context: StoreContext,
    snapshot: Snapshot,
    to: State,
    *,
    event: EventName | None = None,
    fact: Fact | None = None,
    also: tuple[Change, ...] = (),
    actor: str | None = None,
    **changes: Unpack[RunChanges],
) -> Snapshot:
    """Move the Run to state `to` with `changes`, in one transaction with its audit row, its event and `also`.

    Return it as it is stored now. `actor`: the id of the caller who asked for it; None: the system. Raises Conflict
    when somebody moved it first, IllegalTransition when the state machine has no such step.
    """
    run = advance(snapshot.run, to, context.clock.now(), **changes)
    rows: list[Change] = [
        _run_change(run, snapshot.version),
        audit_row(run, snapshot.run.state, event, actor),
        *also,
    ]
    if event is not None and fact is not None:
        rows.append(Insert(event_key(run), event_row(new_event(context, snapshot.document, run, event, fact))))
    versions = await context.records.commit(DOCUMENTS, run.document_id, rows)
    report_outcome(Transition(snapshot.document, snapshot.run, run))
    return snapshot._replace(run=run, version=versions[run_key(run.number)])


async def save_plan(context: StoreContext, snapshot: Snapshot, **changes: Unpack[RunChanges]) -> Snapshot:
    """Write down the fan-out of the Run's present state and return it as it is stored now.

    Raises Conflict when somebody changed the Run first.
    """
    run = amend(snapshot.run, context.clock.now(), **changes)
    versions = await context.records.commit(DOCUMENTS, run.document_id, [_run_change(run, snapshot.version)])
    return snapshot._replace(run=run, version=versions[run_key(run.number)])


async def finish_task(context: StoreContext, snapshot: Snapshot, done: TaskDone, then: State) -> Run | None:
    """Write the receipt of a page range; the last one moves the Run to `then`. Return the Run if it is now in `then`.

    With few tasks the receipt is one transaction with the Run's `tasks_left`. With many that row would be changed by
    all of them at once: a task inserts its receipt only, and counts. A receipt that exists, or a Run that has left its
    state, changes nothing; a commit whose answer was lost is recognised by its receipt. Raises Conflict after many lost
    races.
    """
    if planned_count(snapshot.run) <= FEW_TASKS:
        return await _finish_counted_task(context, snapshot, done, then)
    await insert_receipt(context, snapshot.run, done)
    return await move_if_complete(context, snapshot, done.stage, then, done.name)


async def move_if_complete(
    context: StoreContext, snapshot: Snapshot, stage: Stage, then: State, name: str | None = None
) -> Run | None:
    """Move the Run to `then` when every planned range has its receipt; return the Run if this call moved it.

    `name`: the task that was finished last, which saves reading all receipts. Receipts that the Run counts are in its
    bill already. Raises Conflict after many lost races.
    """
    finished, state = await load_all_receipts(context, snapshot.run, stage, name), snapshot.run.state
    if finished is None:
        return None
    if name is not None and name != last_finished(finished):
        await _wait_for_others(FIRST_MOVER_LEAD)  # who finished last is likely to move the Run right now
    for attempt in range(ATTEMPTS):
        snapshot = await reload(context, snapshot)
        if snapshot.run.state is not state or state is then:
            return None
        if snapshot.run.tasks_left < len(finished):  # some are counted; a change of that from here on fails the commit
            finished = await load_receipts(context, snapshot.run, stage)
        bill = snapshot.run.bill.plus(uncounted_bill(finished))
        moved = advance(snapshot.run, then, context.clock.now(), tasks_left=0, range_size=0, bill=bill)
        if await _try_commit(context, snapshot, moved):
            return moved
        await _wait_for_others(attempt)
    raise Conflict


async def _finish_counted_task(context: StoreContext, snapshot: Snapshot, done: TaskDone, then: State) -> Run | None:
    state, key = snapshot.run.state, done_key(snapshot.run.number, done.stage, done.name)
    if snapshot.run.tasks_left > 1:
        snapshot = await reload(context, snapshot)  # other ranges ended while this one was at work
    for attempt in range(ATTEMPTS):
        if snapshot.run.state is state is not then:
            run = _without_task(context, snapshot.run, done, then)
            if await _try_commit(context, snapshot, run, Insert(key, dump_stored(done))):
                return run if run.state is then else None
        await _wait_for_others(attempt)
        snapshot = await reload(context, snapshot)
        if await context.records.get(DOCUMENTS, snapshot.document.id, key):
            return snapshot.run if snapshot.run.state is then else None
        if snapshot.run.state is not state or state is then:
            return None
    raise Conflict


async def _wait_for_others(attempt: int) -> None:
    """After a lost race, let the others finish theirs: a random time, longer with each lost race."""
    await asyncio.sleep(random.uniform(0, min(MAX_JITTER_SECONDS, 0.01 * 2**attempt)))  # noqa: S311 - no secret


async def _try_commit(context: StoreContext, snapshot: Snapshot, run: Run, *inserts: Insert) -> bool:
    """Store `run` in one transaction with `inserts`; return False when a row is not as expected."""
    rows: list[Change] = [*inserts, _run_change(run, snapshot.version)]
    if run.state is not snapshot.run.state:
        rows.append(audit_row(run, snapshot.run.state, None))
    try:
        await context.records.commit(DOCUMENTS, run.document_id, rows)
    except Conflict:
        return False
    return True


async def reload(context: StoreContext, snapshot: Snapshot) -> Snapshot:
    """Return the same Run as it is now; Conflict when it vanished meanwhile."""
    row = await context.records.get(DOCUMENTS, snapshot.document.id, run_key(snapshot.run.number))
    if row is None:
        message = "the document was removed meanwhile"
        raise Conflict(message)
    return snapshot._replace(run=load_stored(Run, row.body), version=row.version)


async def all_documents(context: StoreContext) -> AsyncIterator[Document]:
    """Yield every Document that can be read (a scan of the table: for listings)."""
    async for record in context.records.list_by_key(DOCUMENTS, "document"):
        document = load_or_report(Document, record)
        if document is not None:
            yield document


def _without_task(context: StoreContext, run: Run, done: TaskDone, then: State) -> Run:
    """Return the Run with one task less and its bill added; in state `then`, with no plan yet, when it was the last."""
    now = context.clock.now()
    bill = run.bill.plus(done.bill)
    if run.tasks_left > 1:
        return amend(run, now, tasks_left=run.tasks_left - 1, bill=bill)
    return advance(run, then, now, tasks_left=0, range_size=0, bill=bill)


def _run_change(run: Run, version: str) -> Replace:
    return Replace(run_key(run.number), dump_stored(run), version)
