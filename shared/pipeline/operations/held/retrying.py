"""Start a new Run of a held Document, once, and take its row off the list of those that wait."""

from contextlib import suppress

from shared.domain.base.errors import Conflict, StillRunning
from shared.pipeline.context import Context
from shared.pipeline.operations.replay import replay
from shared.pipeline.store.rows.keys import CATALOG
from shared.ports.records import Delete, Record


async def retry_held(context: Context, partition: str, record: Record, *, is_waiting: bool) -> bool:
    """Start a new Run of the Document of a row if it is still waiting; return whether it was started.

    The row is deleted in both cases: a Document that is held again makes a new one.
    """
    started = False
    if is_waiting:
        with suppress(StillRunning, Conflict):  # another sweeper was quicker
            await replay(context, record.key)
            started = True
    with suppress(Conflict):  # it was held anew meanwhile
        await context.records.commit(CATALOG, partition, [Delete(record.key, record.version)])
    return started
