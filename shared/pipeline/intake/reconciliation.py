"""Reconciliation: compare the containers of uploads with the table, and receive what no event told of.

A pass lists every name, page by page, but looks up only blobs that changed since the pass before began; blobs younger
than a grace period are left to the trigger and to the next pass. The position is a row of the catalog, so that each
run of the timer makes a bounded number of storage calls and the next one continues. Safe to run twice at once.
"""

import asyncio
from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from shared import telemetry
from shared.domain.base.errors import Conflict, Retryable, UnreadableRecord
from shared.domain.base.stored import Stored, dump_stored, load_stored
from shared.domain.documents.document import document_id
from shared.domain.documents.task import IntakeMessage
from shared.domain.uploads.containers import DEFAULT_CONTAINER
from shared.pipeline.context import IntakeContext
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS
from shared.ports.blobs import BlobEntry
from shared.ports.records import Insert, Record, Replace

PARTITION = "incoming"
"""The catalog partition of the reconciliation of `incoming`; those of other containers follow their names."""
DEPLOYED, POSITION = "deployed", "position"
MARGIN = timedelta(seconds=10)
"""How much clocks may differ, twice. Listings are consistent, so a longer one would only look blobs up again."""
CALLS_AROUND = 5
"""Storage calls of a run beside listing and looking up: the two rows are read and written, one perhaps twice."""
CALLS_PER_UPLOAD = 2
"""Most storage calls for a blob that changed: looking it up, and sending it to the queue `intake`."""
MIN_CALLS = 20
"""Storage calls of a container in a run, however many containers there are."""
_MAX_AT_ONCE = 16


@dataclass(frozen=True)
class Reconciliation:
    """How uploads are reconciled: storage calls of one run, age from which a blob is looked up, and since when.

    `since` None: uploads older than the first start of the app with their container, for which `started` stands in, are
    ignored.
    """

    max_calls: int
    grace: timedelta
    started: datetime
    since: datetime | None = None


class Position(Stored):
    """How far a pass has come.

    `began`: when the pass began; `changed_after`: blobs that changed before are not looked up; `oldest`: before which
    time blobs are ignored. `token`: the page to list next, of which the names up to `name` are done.
    """

    began: datetime
    changed_after: datetime
    oldest: datetime
    token: str | None = None
    name: str = ""
    is_complete: bool = False


async def reconcile_containers(context: IntakeContext, options: Reconciliation) -> int:
    """Take the next part of a pass over each container; return how many uploads were sent to the queue `intake`.

    The containers share the storage calls of a run. Raises Retryable while storage is away; the next run then takes the
    same part again.
    """
    share = replace(options, max_calls=max(MIN_CALLS, options.max_calls // len(context.containers)))
    return sum([await _reconcile(context, share, container) for container in context.containers])


def partition_of(container: str) -> str:
    """Return the catalog partition of the reconciliation of a container."""
    return PARTITION if container == DEFAULT_CONTAINER else f"{PARTITION}-{container}"


async def _reconcile(context: IntakeContext, options: Reconciliation, container: str) -> int:
    """Take the next part of a pass over one container; return how many uploads were sent."""
    row = await context.records.get(CATALOG, partition_of(container), POSITION)
    position = _load_position(row)
    if position is None or position.is_complete:
        position = await _begin_pass(context, options, container, position)
    position, sent = await _continue_pass(context, options, container, position)
    body = dump_stored(position)
    change = Insert(POSITION, body) if row is None else Replace(POSITION, body, row.version)
    try:
        await context.records.commit(CATALOG, partition_of(container), [change])
    except Conflict:  # another run was quicker: its position counts, and an upload that was sent twice is received once
        return sent
    return sent


def _load_position(row: Record | None) -> Position | None:
    """Return how far the pass has come; None when no pass has begun or the row is damaged, which begins the first."""
    try:
        return None if row is None else load_stored(Position, row.body)
    except UnreadableRecord as error:
        telemetry.report("position_unreadable", {telemetry.REASON: str(error)})
        return None


async def _begin_pass(
    context: IntakeContext, options: Reconciliation, container: str, last: Position | None
) -> Position:
    now = context.clock.now()
    oldest = options.since or await _load_first_start(context, container, min(now, options.started))
    if last is None or oldest < last.oldest:
        return Position(began=now, changed_after=oldest, oldest=oldest)
    changed_after = max(oldest, last.began - options.grace - MARGIN)
    return Position(began=now, changed_after=changed_after, oldest=oldest)


async def _load_first_start(context: IntakeContext, container: str, started: datetime) -> datetime:
    """Return when the app first started on this storage account with a container among those of uploads."""
    row = await context.records.get(CATALOG, partition_of(container), DEPLOYED)
    if row is not None:
        return datetime.fromisoformat(row.body)
    try:
        await context.records.commit(CATALOG, partition_of(container), [Insert(DEPLOYED, started.isoformat())])
    except Conflict:
        return await _load_first_start(context, container, started)
    return started


async def _continue_pass(
    context: IntakeContext, options: Reconciliation, container: str, position: Position
) -> tuple[Position, int]:
    """Return how far the pass comes with the calls of one run, and how many uploads were sent."""
    calls, sent = options.max_calls - CALLS_AROUND, 0
    at_once = max(1, min(_MAX_AT_ONCE, calls // CALLS_PER_UPLOAD - 1))
    newest = context.clock.now() - options.grace
    while calls > 0:
        page = await context.blobs.page(container, position.token)
        calls -= 1
        behind = [entry for entry in _entries_after(page.entries, position.name) if _has_text_name(entry)]
        changed = [entry for entry in behind if position.changed_after <= entry.modified <= newest]
        for batch in batched(changed, at_once, strict=False):
            if calls < CALLS_PER_UPLOAD * len(batch):
                return position, sent
            missing = sum(await asyncio.gather(*(_send_if_missing(context, container, entry) for entry in batch)))
            calls -= len(batch) + missing
            sent += missing
            position = replace(position, name=batch[-1].name)
        if page.token is None:
            return replace(position, token=None, name="", is_complete=True), sent
        position = replace(position, token=page.token, name="")
    return position, sent


async def _send_if_missing(context: IntakeContext, container: str, entry: BlobEntry) -> bool:
    """Return whether the blob had no Document and was sent; one that cannot be compared does not stop the others."""
    document = document_id(container, entry.name, entry.etag)
    try:
        if await context.records.get(DOCUMENTS, document, "document") is not None:
            return False
        message = IntakeMessage(
            container=container, name=entry.name, etag=entry.etag, size=entry.size, md5=entry.md5, announced=False
        )
        await context.queues.send("intake", dump_stored(message))
    except Retryable:
        raise
    except Exception as error:  # noqa: BLE001 - one blob that is at fault must not keep all others from being received
        telemetry.report(
            "upload_not_compared", {telemetry.DOCUMENT_ID: document, telemetry.REASON: type(error).__name__}
        )
        return False
    return True


def _entries_after(entries: Sequence[BlobEntry], name: str) -> Sequence[BlobEntry]:
    """Return the entries behind `name`, which may have been deleted since; services order some characters otherwise."""
    names = [entry.name for entry in entries]
    return entries[names.index(name) + 1 :] if name in names else [entry for entry in entries if entry.name > name]


def _has_text_name(entry: BlobEntry) -> bool:
    """Return whether a blob's name can be encoded; one that no row, message or URL can hold is logged and skipped."""
    try:
        return bool(entry.name.encode())
    except (AttributeError, UnicodeEncodeError):
        telemetry.report("upload_not_nameable", {telemetry.REASON: ascii(entry.name)[:100]})
        return False
