"""Publish: relay a Document's events from its outbox to the topic, in order and at least once, each with its own id."""

from copy import replace
from datetime import datetime

from opentelemetry.trace import SpanKind

from shared import telemetry
from shared.domain.base.errors import Permanent, Retryable, UnreadableRecord
from shared.domain.base.stored import dump_stored
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.publish.forget import delete_blobs, erase, forget_children
from shared.pipeline.publish.outbox import OutboxEntry, load_events, load_outbox_and_runs
from shared.pipeline.publish.outcome_tags import show_outcome
from shared.pipeline.store.finalize import deliver_result
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.audit import action_row
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import all_documents, load, mark_active
from shared.ports.records import Change, Replace
from shared.telemetry import traces

BATCH_SIZE = 50


async def publish(context: Context, message: StageMessage) -> int:
    """Publish the pending events of a Document; return how many the topic accepted.

    An event that the topic refuses for good is parked in the outbox with the reason, and does not hold up the others.
    A result is delivered, and a Document's blobs are deleted, before that is told; the tags of the upload's blob follow
    the events and hold up none. Raises Retryable while the topic is away, or the tags cannot be written; what is left
    is done at the next try.
    """
    events = await load_outbox_and_runs(context, message.document_id)
    waiting = events.waiting
    forgotten = bool(waiting) and waiting[-1].row.event.name == "deleted"
    if forgotten:
        await forget_children(context, message.document_id, waiting[-1].row.event.data["cause"])
        await delete_blobs(context, message.document_id)
    if any(entry.row.event.name in {"finalized", "corrected", "unpacked"} for entry in waiting):
        await deliver_result(context, message.document_id, events.runs)
    try:
        published_count = await _relay_all(context, message.document_id, waiting)
    except Retryable:
        await show_outcome(context, message.document_id, events.rows)
        raise
    if published_count and forgotten:
        await erase(context, message.document_id)
    if not forgotten:
        await show_outcome(context, message.document_id, events.rows)
    return published_count


async def republish(context: Context, since: datetime, actor: str | None = None) -> int:
    """Publish all events since a time again, with their ids; return how many. Scans all Documents.

    `actor`: the id of the caller, for the history of each Document.

    Raises Conflict when a Document's events are being published at this moment.
    """
    count = 0
    async for document in all_documents(context):
        try:
            count += await _republish_one(context, document.id, since, actor)
        except UnreadableRecord as error:
            report_unreadable(document.id, error.stored)
    return count


async def _republish_one(context: Context, document_id: str, since: datetime, actor: str | None) -> int:
    entries = [entry for entry in await load_events(context, document_id) if entry.row.event.time >= since]
    snapshot = await load(context, document_id)
    if not entries or snapshot is None:
        return 0
    await mark_active(context, snapshot.run)
    line = action_row(snapshot.run, "republished", actor, context.clock.now())
    await _store(context, document_id, [entry._replace(row=_reset_publication(entry.row)) for entry in entries], line)
    await ask_to_publish(context, document_id, snapshot.run.number)
    return len(entries)


def _reset_publication(row: OutboxRow) -> OutboxRow:
    return replace(row, published=None, refused=None)


async def _relay_all(context: Context, document_id: str, waiting: list[OutboxEntry]) -> int:
    return sum(
        [
            await _relay(context, document_id, waiting[start : start + BATCH_SIZE])
            for start in range(0, len(waiting), BATCH_SIZE)
        ]
    )


async def _relay(context: Context, document_id: str, batch: list[OutboxEntry]) -> int:
    """Publish a batch and record it; events of a rejected batch are published one by one, to park only the bad ones."""
    try:
        with traces.span("publish events", {telemetry.EVENTS: len(batch)}, SpanKind.PRODUCER):
            await context.events.publish([entry.row.event for entry in batch])
    except Permanent as error:
        if len(batch) == 1:
            refused = replace(batch[0].row, refused=f"{error.code}: {error}")
            await _store(context, document_id, [batch[0]._replace(row=refused)])
            return 0
        return sum([await _relay(context, document_id, [entry]) for entry in batch])
    published = context.clock.now()
    await _store(context, document_id, [entry._replace(row=replace(entry.row, published=published)) for entry in batch])
    return len(batch)


async def _store(context: Context, document_id: str, rows: list[OutboxEntry], *also: Change) -> None:
    """Store outbox rows in batches, the first one together with `also`."""
    for start in range(0, len(rows), BATCH_SIZE):
        changes: list[Change] = [
            Replace(key, dump_stored(row), version) for key, row, version in rows[start : start + BATCH_SIZE]
        ]
        await context.records.commit(DOCUMENTS, document_id, [*changes, *(also if start == 0 else ())])
