"""Retry uploads that are held for want of a malware verdict when another verdict is there."""

from contextlib import suppress
from copy import replace
from datetime import datetime, timedelta

from shared.domain.base.errors import Conflict, Superseded, UnreadableRecord
from shared.domain.base.stored import dump_stored, load_stored
from shared.domain.documents.run import State
from shared.pipeline.context import Context
from shared.pipeline.intake.current_upload import find_current_etag
from shared.pipeline.intake.malware import NO_VERDICT, NOT_SCANNED, NotClean, UnscannedUpload, load_verdict
from shared.pipeline.operations.held.retrying import retry_held
from shared.pipeline.store.rows.keys import CATALOG, UNSCANNED
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import Snapshot, load
from shared.ports.records import Record, Replace

MAX_CHECKS = 100
"""Uploads that one sweep looks at: each costs a request of the blob service."""
MAX_PAUSE = timedelta(hours=1)
"""Longest time between two looks at an upload. It grows with the time for which it was held, from every sweep on."""


async def try_unscanned(context: Context) -> int:
    """Start a new Run of each upload that has another verdict than when it was held; return how many."""
    if context.limits.malware_wait is None:
        return 0
    started, now = 0, context.clock.now()
    rows = [record async for record in context.records.partition(CATALOG, UNSCANNED)]
    due = [(upload.checked, record, upload) for record, upload in _readable(rows) if _is_due(upload, now)]
    for _, record, upload in sorted(due, key=lambda entry: entry[0])[:MAX_CHECKS]:
        try:
            started += await _try_one(context, record, upload)
        except UnreadableRecord as error:
            report_unreadable(record.key, error.stored)
        except (Superseded, NotClean):  # it was replaced just now, or there are no index tags: the next look will tell
            continue
    return started


def _readable(rows: list[Record]) -> list[tuple[Record, UnscannedUpload]]:
    """Return the rows that this version can read; the others are logged and left to another."""
    readable = []
    for row in rows:
        try:
            readable.append((row, load_stored(UnscannedUpload, row.body)))
        except UnreadableRecord as error:
            report_unreadable(row.key, error.stored)
    return readable


def _is_due(upload: UnscannedUpload, now: datetime) -> bool:
    return now - upload.checked >= min((upload.checked - upload.held) / 4, MAX_PAUSE)


async def _try_one(context: Context, record: Record, upload: UnscannedUpload) -> bool:
    """Start a new Run of a held upload with another verdict; return whether it was started."""
    snapshot = await load(context, record.key)
    if snapshot is not None and not snapshot.run.has_ended:
        return False  # it is being tried right now, and its outcome decides
    is_waiting = snapshot is not None and _waits_for_verdict(snapshot)
    if snapshot is not None and is_waiting and not await _has_other_verdict(context, snapshot, upload.seen):
        checked = replace(upload, checked=context.clock.now())
        with suppress(Conflict):  # another sweeper was quicker
            await context.records.commit(
                CATALOG, UNSCANNED, [Replace(record.key, dump_stored(checked), record.version)]
            )
        return False
    return await retry_held(context, UNSCANNED, record, is_waiting=is_waiting)


def _waits_for_verdict(snapshot: Snapshot) -> bool:
    codes = {reason.code for reason in snapshot.run.reasons}
    return snapshot.run.state is State.HELD and bool(codes & {NO_VERDICT, NOT_SCANNED})


async def _has_other_verdict(context: Context, snapshot: Snapshot, seen: str) -> bool:
    """Return whether a new Run would end otherwise: with another verdict, or because the blob was replaced."""
    try:
        verdict = await load_verdict(context, snapshot, snapshot.document.etag)
    except Superseded:
        etag = await find_current_etag(context, snapshot.document.id)
        if etag is None:
            return True
        verdict = await load_verdict(context, snapshot, etag)
    return verdict is not None and verdict.value != seen
