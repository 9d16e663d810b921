"""Documents that no type fits: held, and tried again by the sweeper once classifying would be told of other types."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress

from shared.domain.documents.run import Reason, State
from shared.domain.errors import Conflict, UnreadableRecord
from shared.domain.models.model_call import Bill
from shared.domain.stored import Stored, dump_stored, load_stored
from shared.domain.types.document_type import DocumentType
from shared.pipeline.context import Context
from shared.pipeline.models.prompting.prompts import listed_types
from shared.pipeline.operations.replay import StillRunning, replay
from shared.pipeline.store.endings import hold
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import CATALOG, Snapshot, load
from shared.ports.records import Delete, Put, Record

UNTYPED = "untyped"
"""The catalog partition of the Documents that wait for a type; a row says which types were tried."""
CODE = "unknown_type"
_MESSAGE = (
    "No document type fits this file: add one that does (it is then tried again), or drop it under incoming/<type>/."
)


class TriedTypes(Stored):
    """The row of a Document that waits for a type: the hash of the types that were tried."""

    tried: str


async def hold_untyped(context: Context, snapshot: Snapshot, known: Mapping[str, DocumentType], bill: Bill) -> None:
    """Hold a Run that none of the `known` types fits; raises Conflict when somebody moved it first."""
    row = Put(snapshot.document.id, dump_stored(TriedTypes(tried=_fingerprint(known))))
    await context.records.commit(CATALOG, UNTYPED, [row])  # first, so that no held Run is without it
    await hold(context, snapshot, Reason(code=CODE, message=_MESSAGE), bill)


async def try_untyped(context: Context) -> int:
    """Start a new Run of each Document that waits for a type and was not tried with the present ones; how many."""
    waiting = [record async for record in context.records.partition(CATALOG, UNTYPED)]
    if not waiting:
        return 0
    present, started = _fingerprint(await context.types.known()), 0
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
    if snapshot is not None and not snapshot.run.ended:
        return False  # it is being tried right now, and its outcome decides
    started = False
    if snapshot is not None and _waits(snapshot):
        with suppress(StillRunning, Conflict):  # another sweeper was quicker
            await replay(context, record.key)
            started = True
    with suppress(Conflict):  # it was held anew meanwhile
        await context.records.commit(CATALOG, UNTYPED, [Delete(record.key, record.version)])
    return started


def _waits(snapshot: Snapshot) -> bool:
    held = snapshot.run.state is State.HELD
    return held and any(reason.code == CODE for reason in snapshot.run.reasons)


def _fingerprint(known: Mapping[str, DocumentType]) -> str:
    """The hash of what classifying is told of types: a type whose rules change is no reason to ask again."""
    listing = listed_types(known[name] for name in sorted(known))
    return hashlib.sha256(listing.encode()).hexdigest()[:16]
