"""Replay: a Document gets a new Run. Stored model answers are reused, so what was paid is not paid again."""

from shared.domain.base.errors import StillRunning, UnknownDocument
from shared.domain.documents.run import Run, State
from shared.pipeline.context import Context
from shared.pipeline.store.messages import send
from shared.pipeline.store.runs import create_next_run, load


async def replay(context: Context, document_id: str, *, force: bool = False, actor: str | None = None) -> Run:
    """Start a new Run of a Document whose last one ended; with `force` also where equal content has a result.

    `actor`: the id of the caller, for the history.

    Raises UnknownDocument, StillRunning, or Conflict when somebody else just started one.
    """
    snapshot = await load(context, document_id)
    if snapshot is None or snapshot.run.state is State.DELETED:
        raise UnknownDocument(f"there is no document {document_id}")
    if not snapshot.run.has_ended:
        raise StillRunning(f"document {document_id} is {snapshot.run.state}: only an ended run can be replayed")
    now, number = context.clock.now(), snapshot.run.number + 1
    run = Run(document_id=document_id, number=number, started=now, updated=now, forced=force)
    await create_next_run(context, snapshot, run, actor)
    await send(context, "read", run)
    return run
