"""Retry documents that no type fits when the set of document types changes."""

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import load_stored
from shared.domain.documents.run import State
from shared.pipeline.context import Context
from shared.pipeline.extract.untyped import CODE, TriedTypes, fingerprint_types
from shared.pipeline.operations.held.retrying import retry_held
from shared.pipeline.store.rows.keys import CATALOG, UNTYPED
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import Snapshot, load
from shared.ports.records import Record


async def try_untyped(context: Context) -> int:
    """Start a new Run of each Document that waits for a type and was not tried with the present ones; how many."""
    waiting = [record async for record in context.records.partition(CATALOG, UNTYPED)]
    if not waiting:
        return 0
    present, started = fingerprint_types(context, await context.types.current_types()), 0
    for record in waiting:
        try:
            started += await _try_one(context, record, present)
        except UnreadableRecord as error:
            report_unreadable(record.key, error.stored)
    return started


async def _try_one(context: Context, record: Record, present: str) -> bool:
    """Start a new Run of a Document that was not tried with the `present` types; return whether it was started."""
    if load_stored(TriedTypes, record.body).tried == present:
        return False
    snapshot = await load(context, record.key)
    if snapshot is not None and not snapshot.run.has_ended:
        return False  # it is being tried right now, and its outcome decides
    is_waiting = snapshot is not None and _waits_for_type(snapshot)
    return await retry_held(context, UNTYPED, record, is_waiting=is_waiting)


def _waits_for_type(snapshot: Snapshot) -> bool:
    held = snapshot.run.state is State.HELD
    return held and any(reason.code == CODE for reason in snapshot.run.reasons)
