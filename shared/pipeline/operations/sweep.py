"""Sweep: find Documents that stopped moving, and send again what they wait for. Safe to run twice at once."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import load_stored
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import Stage, range_queue
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import REPLACED_BY_COPY
from shared.pipeline.operations.deferral_notes import STAGES_OF, deferred_until
from shared.pipeline.operations.held.unscanned import try_unscanned
from shared.pipeline.operations.held.untyped import try_untyped
from shared.pipeline.operations.replay import replay
from shared.pipeline.publish.forget import erase
from shared.pipeline.publish.outbox import Outbox, load_outbox, load_pending_events
from shared.pipeline.review.review import is_open, unlist
from shared.pipeline.store.fan_in import send_tasks
from shared.pipeline.store.messages import ask_to_publish, send
from shared.pipeline.store.rows.active import Mark, list_active, renew, unmark
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.receipts import last_progress, load_receipts
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import Snapshot, has_runs, load, run_key
from shared.ports.records import Record

STAGE_OF: dict[State, Stage] = {
    State.RECEIVED: "read",
    State.READING: "read",
    State.EXTRACTING: "extract",
    State.VALIDATING: "validate",
    State.DECIDING: "decide",
}
"""Which stage's queue moves a Run on from each unsettled state."""

QUEUE_PATIENCE = 12
"""Times `stalled_after` that a Run may wait behind others in its queue before its message is taken for lost."""
PATIENCE_BY_PUSHES = (1, 1, 2, 4, 8, QUEUE_PATIENCE)
"""Times `stalled_after` that a Run may stand still, by how often it was pushed since it last progressed."""


@dataclass
class _SweepPass:
    """One pass over the active Documents; it asks for the depth of each queue once."""

    context: Context
    depths: dict[str, int] = field(default_factory=dict)

    async def has_messages(self, queue: str) -> bool:
        """Return whether a queue holds messages, delayed ones included."""
        if queue not in self.depths:
            self.depths[queue] = await self.context.queues.depth(queue)
        return self.depths[queue] > 0


async def sweep(context: Context) -> int:
    """Check every active Document once: unmark finished ones, push stalled ones; return how many were pushed.

    Documents that are held for want of a type are tried again once there are other types, those that are held for want
    of a malware verdict once there is another one.
    """
    pushed, current_pass = 0, _SweepPass(context)
    async for mark in list_active(context):
        try:
            pushed += await _sweep_one(current_pass, mark)
        except UnreadableRecord as error:  # its mark stays, for a worker that can read it
            report_unreadable(mark.key, error.stored)
    return pushed + await try_untyped(context) + await try_unscanned(context)


async def _sweep_one(current_pass: _SweepPass, mark: Record) -> bool:
    context = current_pass.context
    if await _is_progressing(context, mark):
        return False
    snapshot = await load(context, mark.key)
    if snapshot is None:
        await _settle_absent(context, mark)
        return False
    run = snapshot.run
    events = await load_outbox(context, run.document_id)
    if run.is_settled and not events.waiting:
        if run.state is State.DUPLICATE and not events.unreadable:
            return await _settle_copy(context, mark, run)
        if await _settle(context, mark, run, events):
            return False
    pushes = await _pushes_if_stalled(current_pass, mark, run)
    if pushes is None or not await renew(context, mark, pushes + 1):
        return False
    await _push(context, snapshot)
    return True


async def _settle_absent(context: Context, mark: Record) -> None:
    """Take a Document off the active list that was never stored, or is gone; one that lacks its own row is logged."""
    if await has_runs(context, mark.key):
        report_unreadable(mark.key, "document", "missing")
    elif _is_stalled(context, _mark_time(mark)):
        await unmark(context, mark)


async def _settle(context: Context, mark: Record, run: Run, events: Outbox) -> bool:
    """Take a Document off the active list whose events were all told; False while its case is not open yet.

    One with an event that this version cannot read stays on the list, for a worker that can.
    """
    if run.state is State.DELETED and not events.unreadable:
        await erase(context, run.document_id)
    if not run.has_ended and not await is_open(context, run.document_id, run.number):
        return False
    await unlist(context, run.document_id)
    if not events.unreadable:
        await unmark(context, mark)
    return True


async def _is_progressing(context: Context, mark: Record) -> bool:
    """Return whether the marked Run is under way and was changed or pushed a short time ago: one row says so."""
    number = load_stored(Mark, mark.body).number
    row = await context.records.get(DOCUMENTS, mark.key, run_key(number))
    run = load_stored(Run, row.body) if row else None
    return run is not None and not run.is_settled and not _is_stalled(context, max(run.updated, _mark_time(mark)))


async def _pushes_if_stalled(current_pass: _SweepPass, mark: Record, run: Run) -> int | None:
    """Return how often the Run was pushed in vain, when it is time to push it again; else None.

    Not while its step is deferred, nor soon after a range of it was finished, nor while its message most likely waits
    its turn in a queue; and each time that pushing it did not help, later.
    """
    context, progress = current_pass.context, run.updated
    tasks: Stage | None = "check" if run.state is State.VALIDATING else STAGE_OF.get(run.state)
    if tasks and (run.range_size or tasks == "check"):
        progress = max(progress, last_progress(await load_receipts(context, run, tasks)))
        if not _is_stalled(context, progress):
            await renew(context, mark)  # so that the next sweeps need not read the receipts
            return None
    pushes = _push_count(mark) if _mark_time(mark) >= progress else 0
    since = max(progress, _mark_time(mark), await deferred_until(context, run))
    if not _is_stalled(context, since, PATIENCE_BY_PUSHES[min(pushes, len(PATIENCE_BY_PUSHES) - 1)]):
        return None
    queues = [queue for stage in STAGES_OF.get(run.state, ()) for queue in (stage, range_queue(stage))]
    if not _is_stalled(context, since, QUEUE_PATIENCE) and any(
        [await current_pass.has_messages(queue) for queue in queues]
    ):
        return None
    return pushes


async def _settle_copy(context: Context, mark: Record, run: Run) -> bool:
    """Keep the mark of a copy until its original has a result to share; process it after all when there is none."""
    original = await load(context, run.duplicate_of or "")
    if original is None or original.run.state in REPLACED_BY_COPY:
        if await renew(context, mark):
            await replay(context, run.document_id)
            return True
    elif original.run.is_settled:
        await unmark(context, mark)
    return False


async def _push(context: Context, snapshot: Snapshot) -> None:
    """Send again what moves a Run on: its events, its case, the first step of its stage, or the ranges still open."""
    run = snapshot.run
    if await load_pending_events(context, run.document_id):
        await ask_to_publish(context, run.document_id, run.number)
    if run.state is State.IN_REVIEW:
        await send(context, "review", run)
    elif not run.has_ended and run.range_size:
        await send_tasks(context, snapshot, STAGE_OF[run.state], first_time=False)
    elif not run.has_ended:
        await send(context, STAGE_OF[run.state], run)


def _mark_time(mark: Record) -> datetime:
    """Return when the Document was marked or last pushed; what waits in a long queue is not pushed at every sweep."""
    return load_stored(Mark, mark.body).updated


def _push_count(mark: Record) -> int:
    """Return how often the Document was pushed on since it was marked or last progressed."""
    return load_stored(Mark, mark.body).pushes


def _is_stalled(context: Context, since: datetime, times: int = 1) -> bool:
    return context.clock.now() - since >= times * context.limits.stalled_after
