"""Publish: relay a Document's events from its outbox to the topic, in order and at least once, each with its own id."""

from copy import replace
from datetime import datetime
from typing import NamedTuple

from opentelemetry.trace import SpanKind

from shared import telemetry
from shared.domain.base.errors import Permanent, UnreadableRecord
from shared.domain.base.stored import dump_stored
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.publish.forget import delete_blobs, erase, forget_children
from shared.pipeline.store.finalize import deliver_result
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.keys import DOCUMENTS, EVENT_PREFIX
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.pipeline.store.rows.stored_rows import load_or_report, report_unreadable
from shared.pipeline.store.runs import all_documents, load, mark_active
from shared.ports.records import Replace
from shared.telemetry import traces

BATCH_SIZE = 50


class OutboxEntry(NamedTuple):
    """An outbox row with its key, and the version that a change must still find (it may be forgotten meanwhile)."""

    key: str
    row: OutboxRow
    version: str


class Outbox(NamedTuple):
    """The outbox rows of a Document in the order of the facts, and the keys of those that cannot be read."""

    rows: list[OutboxEntry]
    unreadable: list[str]

    @property
    def waiting(self) -> list[OutboxEntry]:
        """The rows that the topic has neither accepted nor rejected."""
        return [entry for entry in self.rows if entry.row.waiting]


async def publish(context: Context, message: StageMessage) -> int:
    """Publish the pending events of a Document; return how many the topic accepted.

    An event that the topic refuses for good is parked in the outbox with the reason, and does not hold up the others.
    A result is delivered, and a Document's blobs are deleted, before that is told. Raises Retryable while the topic is
    away; the rest then stays in the outbox for the next try.
    """
    waiting = await load_pending_events(context, message.document_id)
    forgotten = bool(waiting) and waiting[-1].row.event.name == "deleted"
    if forgotten:
        await forget_children(context, message.document_id, waiting[-1].row.event.data["cause"])
        await delete_blobs(context, message.document_id)
    if any(entry.row.event.name in {"finalized", "corrected", "unpacked"} for entry in waiting):
        await deliver_result(context, message.document_id)
    published_count = 0
    for start in range(0, len(waiting), BATCH_SIZE):
        published_count += await _relay(context, message.document_id, waiting[start : start + BATCH_SIZE])
    if published_count and forgotten:
        await erase(context, message.document_id)
    return published_count


async def load_pending_events(context: Context, document_id: str) -> list[OutboxEntry]:
    """Return the outbox rows of a Document that the topic has neither taken nor refused, in order."""
    return (await load_outbox(context, document_id)).waiting


async def load_events(context: Context, document_id: str) -> list[OutboxEntry]:
    """Return all outbox rows of a Document that can be read, in the order of the facts."""
    return (await load_outbox(context, document_id)).rows


async def load_outbox(context: Context, document_id: str) -> Outbox:
    """Load the outbox of a Document. Rows that cannot be read are logged, and hold up no other event."""
    events = Outbox([], [])
    async for record in context.records.partition(DOCUMENTS, document_id, EVENT_PREFIX):
        row = load_or_report(OutboxRow, record)
        if row is None:
            events.unreadable.append(record.key)
        else:
            events.rows.append(OutboxEntry(record.key, row, record.version))
    return events


async def republish(context: Context, since: datetime) -> int:
    """Publish all events since a time again, with their ids; return how many. Scans all Documents.

    Raises Conflict when a Document's events are being published at this moment.
    """
    count = 0
    async for document in all_documents(context):
        try:
            count += await _republish_one(context, document.id, since)
        except UnreadableRecord as error:
            report_unreadable(document.id, error.stored)
    return count


async def _republish_one(context: Context, document_id: str, since: datetime) -> int:
    entries = [entry for entry in await load_events(context, document_id) if entry.row.event.time >= since]
    snapshot = await load(context, document_id)
    if not entries or snapshot is None:
        return 0
    await mark_active(context, snapshot.run)
    await _store(context, document_id, [entry._replace(row=_reset_publication(entry.row)) for entry in entries])
    await ask_to_publish(context, document_id)
    return len(entries)


def _reset_publication(row: OutboxRow) -> OutboxRow:
    return replace(row, published=None, refused=None)


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


async def _store(context: Context, document_id: str, rows: list[OutboxEntry]) -> None:
    for start in range(0, len(rows), BATCH_SIZE):
        changes = [Replace(key, dump_stored(row), version) for key, row, version in rows[start : start + BATCH_SIZE]]
        await context.records.commit(DOCUMENTS, document_id, changes)
