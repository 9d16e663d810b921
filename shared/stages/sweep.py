"""Sweep: find Documents that stopped moving, and send again what they wait for. Safe to run twice at once."""

import json
from datetime import datetime

from shared.domain.run import Run, State
from shared.domain.task import Stage, StageMessage
from shared.ports.records import Record
from shared.stages.admit import REPLACED_BY_COPY
from shared.stages.core import Core
from shared.stages.fan_in import send_tasks
from shared.stages.forget import erase
from shared.stages.ledger import Snapshot, active, load, renew, unmark
from shared.stages.outbox import ask_to_publish
from shared.stages.publish import pending
from shared.stages.replay import replay
from shared.stages.review import is_open, unlist
from shared.stages.untyped import try_untyped

STAGE_OF: dict[State, Stage] = {
    State.RECEIVED: "read",
    State.READING: "read",
    State.EXTRACTING: "extract",
    State.VALIDATING: "validate",
    State.DECIDING: "decide",
}
"""Which stage's queue moves a Run on from each unsettled state."""

PATIENCE = 12
"""Times `stalled_after` that a Run may wait behind others in its queue before its message is taken for lost."""


async def sweep(core: Core) -> int:
    """Look at every active Document once: settle the marks of finished ones, push on stalled ones; how many pushed.

    Documents that are held for want of a type are tried again once there are other types.
    """
    pushed = 0
    async for mark in active(core):
        pushed += await _sweep_one(core, mark)
    return pushed + await try_untyped(core)


async def _sweep_one(core: Core, mark: Record) -> bool:
    snapshot = await load(core, mark.key)
    if snapshot is None:
        if _stalled(core, _marked(mark)):
            await unmark(core, mark)
        return False
    run = snapshot.run
    told = not await pending(core, run.document_id)
    if run.state is State.DELETED and told:
        await erase(core, run.document_id)
    if run.state is State.DUPLICATE and told:
        return await _settle_copy(core, mark, run)
    if run.settled and told and (run.ended or await is_open(core, run.document_id, run.number)):
        await unlist(core, run.document_id)
        await unmark(core, mark)
        return False
    since = max(run.updated, _marked(mark))
    if not _stalled(core, since) or await _queued(core, run, since) or not await renew(core, mark):
        return False
    if not told:
        await ask_to_publish(core, run.document_id)
    if run.state is State.IN_REVIEW:
        await _send(core, run, "review")
    elif not run.ended:
        await _push(core, snapshot, STAGE_OF[run.state])
    return True


async def _settle_copy(core: Core, mark: Record, run: Run) -> bool:
    """Keep the mark of a copy until its original has a result to share; process it after all when there is none."""
    original = await load(core, run.duplicate_of or "")
    if original is None or original.run.state in REPLACED_BY_COPY:
        if await renew(core, mark):
            await replay(core, run.document_id)
            return True
    elif original.run.settled:
        await unmark(core, mark)
    return False


async def _queued(core: Core, run: Run, since: datetime) -> bool:
    """Whether the Run most likely waits its turn: its stage's queue holds messages, and it has not waited for ages."""
    stage = STAGE_OF.get(run.state)
    if stage is None or _stalled(core, since, times=PATIENCE):
        return False
    return await core.queues.depth(stage) > 0


async def _push(core: Core, snapshot: Snapshot, stage: Stage) -> None:
    """Send again the first step of a Run's stage, or the page ranges that are still open."""
    run = snapshot.run
    if run.range_size:
        await send_tasks(core, snapshot, stage, first_time=False)
    else:
        await _send(core, run, stage)


async def _send(core: Core, run: Run, queue: str) -> None:
    message = StageMessage(document_id=run.document_id, run=run.number)
    await core.queues.send(queue, message.model_dump_json())


def _marked(mark: Record) -> datetime:
    """When the Document was marked or last pushed on: what waits in a long queue is not pushed at every sweep."""
    return datetime.fromisoformat(json.loads(mark.body)["updated"])


def _stalled(core: Core, since: datetime, times: int = 1) -> bool:
    return core.clock.now() - since >= times * core.limits.stalled_after
