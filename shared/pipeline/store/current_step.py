"""Drop stale and duplicate messages and log them."""

from shared import telemetry
from shared.domain.documents.run import State
from shared.domain.documents.task import PLAN, StageMessage
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.runs import Snapshot, load, load_run


async def load_if_current(context: StoreContext, message: StageMessage, *states: State) -> Snapshot | None:
    """Return the Run of a message if it is in one of `states`; else None, which is logged."""
    load_snapshot = load_run if message.task == PLAN else load
    snapshot = await load_snapshot(context, message.document_id, message.run)
    if snapshot is not None and snapshot.run.state in states:
        return snapshot
    fields: dict[str, str | int | float] = {
        telemetry.DOCUMENT_ID: message.document_id,
        telemetry.RUN: message.run,
        telemetry.TASK: message.task,
        telemetry.STATE: snapshot.run.state if snapshot else "unknown",
    }
    telemetry.report("message_not_due", fields)
    return None
