"""Notes on deferred steps: a row `wait-<run>` beside the Run says why it waits and until when."""

from datetime import datetime
from typing import get_args

from shared.domain.base.errors import Retryable
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import Stage, StageMessage, stage_of_queue
from shared.domain.documents.waiting import Waiting
from shared.pipeline.context import Context
from shared.pipeline.store.rows.keys import DOCUMENTS, WAIT_PREFIX
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.pipeline.store.runs import load
from shared.ports.records import Delete, Put, Record

_RUN_STAGES = frozenset(get_args(Stage))
"""The stages that move a Run on. `publish` relays events beside it, so it does not explain why a Run waits."""
STAGES_OF: dict[State, tuple[Stage, ...]] = {
    State.RECEIVED: ("read",),
    State.READING: ("read",),
    State.EXTRACTING: ("extract",),
    State.VALIDATING: ("validate", "check"),
    State.DECIDING: ("decide",),
}
"""The stages whose steps a Run may wait for in each unsettled state."""


def wait_key(number: int) -> str:
    """Return the key of the row that says why a Run waits."""
    return f"{WAIT_PREFIX}{number:04d}"


async def note_waiting(context: Context, message: StageMessage, queue: str, error: Retryable, until: datetime) -> None:
    """Record that the step of `message`, taken from `queue`, was deferred by `error` and runs again at `until`.

    `since` is kept from the first deferral of the same stage while the Run does not progress. Raises what the tables
    raise.
    """
    stage = stage_of_queue(queue)
    snapshot = await load(context, message.document_id, message.run) if stage in _RUN_STAGES else None
    if snapshot is None or snapshot.run.is_settled:
        return
    earlier = await load_waiting(context, message.document_id, snapshot.run)
    note = Waiting(
        stage=stage,
        code=error.code,
        message=str(error),
        since=earlier.since if earlier and earlier.stage == stage else context.clock.now(),
        until=until,
        deferrals=message.waits + 1,
    )
    key = wait_key(message.run)
    await context.records.commit(DOCUMENTS, message.document_id, [Put(key, dump_stored(note))])
    if await context.records.get(DOCUMENTS, message.document_id, "document") is None:
        # The document was erased between the two: nothing is left of a forgotten one.
        await context.records.commit(DOCUMENTS, message.document_id, [Delete(key)])


async def load_waiting(context: Context, document_id: str, run: Run) -> Waiting | None:
    """Return why the Run waits; None when it does not: it is settled, or was updated after the note began."""
    if run.is_settled:
        return None
    note = await _read(context, document_id, run.number)
    return None if note is None or run.updated > note.since else note


def read_note(row: Record | None, run: Run) -> Waiting | None:
    """Return what a row says of why the Run waits; None when it does not, or this version cannot read the row."""
    if row is None or run.is_settled or row.key != wait_key(run.number):
        return None
    note = load_or_report(Waiting, row)
    return None if note is None or run.updated > note.since else note


async def deferred_until(context: Context, run: Run) -> datetime:
    """Return until when a step of the Run's present state is deferred, or was; the Run's last change when none is.

    The Run may have changed since: of a fan-out some tasks are finished while others are deferred.
    """
    note = await _read(context, run.document_id, run.number)
    return run.updated if note is None or note.stage not in STAGES_OF.get(run.state, ()) else note.until


async def _read(context: Context, document_id: str, number: int) -> Waiting | None:
    """Return the note of a Run; one that cannot be read says nothing, and is replaced by the next."""
    row = await context.records.get(DOCUMENTS, document_id, wait_key(number))
    return None if row is None else load_or_report(Waiting, row)
