"""Load the outbox of a Document: its events, in the order of the facts."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from shared.pipeline.context import Context
from shared.pipeline.store.rows.keys import DOCUMENTS, EVENT_PREFIX, RUN_PREFIX
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.ports.records import Record


class OutboxEntry(NamedTuple):
    """An outbox row with its key, and the version that a change must still find (it may be forgotten meanwhile)."""

    key: str
    row: OutboxRow
    version: str


class Outbox(NamedTuple):
    """The outbox rows of a Document in the order of the facts, and the keys of those that cannot be read.

    `runs`: the rows of its Runs, if they were asked for.
    """

    rows: list[OutboxEntry]
    unreadable: list[str]
    runs: list[Record]

    @property
    def waiting(self) -> list[OutboxEntry]:
        """The rows that the topic has neither accepted nor rejected."""
        return [entry for entry in self.rows if entry.row.waiting]


async def load_pending_events(context: Context, document_id: str) -> list[OutboxEntry]:
    """Return the outbox rows of a Document that the topic has neither taken nor refused, in order."""
    return (await load_outbox(context, document_id)).waiting


async def load_events(context: Context, document_id: str) -> list[OutboxEntry]:
    """Return all outbox rows of a Document that can be read, in the order of the facts."""
    return (await load_outbox(context, document_id)).rows


async def load_outbox(context: Context, document_id: str) -> Outbox:
    """Load the outbox of a Document. Rows that cannot be read are logged, and hold up no other event."""
    return await _collect(context.records.partition(DOCUMENTS, document_id, EVENT_PREFIX))


async def load_outbox_and_runs(context: Context, document_id: str) -> Outbox:
    """Load the outbox of a Document with the rows of its Runs, in one request."""
    return await _collect(context.records.select(DOCUMENTS, document_id, (EVENT_PREFIX, RUN_PREFIX)))


async def _collect(records: AsyncIterator[Record]) -> Outbox:
    events = Outbox([], [], [])
    async for record in records:
        if record.key.startswith(RUN_PREFIX):
            events.runs.append(record)
            continue
        row = load_or_report(OutboxRow, record)
        if row is None:
            events.unreadable.append(record.key)
        else:
            events.rows.append(OutboxEntry(record.key, row, record.version))
    return events
