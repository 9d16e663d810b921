"""Status: what an operator sees of Documents."""

from copy import replace
from datetime import UTC, datetime

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored, load_stored, salvage_fields
from shared.domain.documents.artifact_names import DRAFT
from shared.domain.documents.document import Document
from shared.domain.documents.event import Event
from shared.domain.documents.result import Result
from shared.domain.documents.run import Run, State
from shared.domain.documents.unpacking import Member
from shared.domain.documents.waiting import Waiting
from shared.pipeline.context import Context
from shared.pipeline.operations.deferral_notes import load_waiting
from shared.pipeline.publish.outbox import load_events
from shared.pipeline.store import artifacts
from shared.pipeline.store.context import WORK
from shared.pipeline.store.members import load_members
from shared.pipeline.store.rows.keys import DOCUMENTS, RUN_PREFIX
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import load
from shared.ports.records import Record

LATEST_EVENTS = 100
"""Events that a Document is shown with; the list of its events has all."""
_UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)


class DocumentStatus(Frozen):
    """A Document with its latest Run.

    `unreadable`: the keys of those of its rows that this version cannot read, or that are missing; the Document and the
    Run then hold what could be read of them. `waiting`: why the Run waits and until when, when it does.
    """

    document: Document
    run: Run
    waiting: Waiting | None = None
    unreadable: tuple[str, ...] = ()


class DocumentDetail(DocumentStatus):
    """A Document with its Run, its Result so far (a draft until the Run is finalized) and its latest events.

    `refused`: why the topic will not take an event, by the event's id. `members`: what it holds, when it holds files.
    """

    result: Result | None
    events: tuple[Event, ...]
    refused: dict[str, str]
    members: tuple[Member, ...] = ()


async def list_statuses(context: Context) -> list[DocumentStatus]:
    """Return every Document with its latest Run, the latest Document first; two scans, however many there are."""
    documents = {record.partition: record async for record in context.records.list_by_key(DOCUMENTS, "document")}
    runs = {record.partition: record async for record in context.records.list_by_key(DOCUMENTS, RUN_PREFIX)}
    listed = [
        await load_status(context, key, documents.get(key), runs.get(key)) for key in documents.keys() | runs.keys()
    ]
    return sorted(filter(None, listed), key=lambda status: status.document.received, reverse=True)


async def load_status(
    context: Context, document_id: str, document: Record | None, run: Record | None
) -> DocumentStatus | None:
    """Return a Document with its latest Run from their rows, as far as they can be read; what cannot is logged.

    None for a Document of which one row came or went between the two scans that looked for them.
    """
    if document is None:
        document = await context.records.get(DOCUMENTS, document_id, "document")
        if document is not None:  # it is new: the next listing has it
            return None
    if run is None and await context.records.get(DOCUMENTS, document_id, "document") is None:
        return None
    unreadable: list[str] = []
    status = DocumentStatus(
        document=_read_or_salvage(Document, document, _unknown_document(document_id), unreadable),
        run=_read_or_salvage(Run, run, _unknown_run(document_id, run), unreadable),
    )
    if not unreadable:
        return status
    for key in unreadable:
        report_unreadable(document_id, key)
    return replace(status, unreadable=tuple(unreadable))


def _read_or_salvage[M: Stored](model_type: type[M], record: Record | None, unknown: M, unreadable: list[str]) -> M:
    """Return the value of a row; `unknown` with the fields that can be read, and the row's key in `unreadable`."""
    if record is not None:
        try:
            return load_stored(model_type, record.body)
        except UnreadableRecord:
            unreadable.append(record.key)
            own = unknown.model_dump(include={"id", "document_id", "number"})
            fields = dict(unknown) | salvage_fields(model_type, record.body) | own
            return model_type.model_validate(fields, extra="allow")
    unreadable.append("document" if model_type is Document else RUN_PREFIX)
    return unknown


def _unknown_document(document_id: str) -> Document:
    return Document(
        id=document_id, container="", name=document_id, etag="", size=0, uploaded=_UNKNOWN_TIME, received=_UNKNOWN_TIME
    )


def _unknown_run(document_id: str, record: Record | None) -> Run:
    number = record.key.removeprefix(RUN_PREFIX) if record else ""
    return Run(document_id=document_id, number=int(number) if number.isdecimal() else 0, updated=_UNKNOWN_TIME)


async def load_detail(context: Context, document_id: str) -> DocumentDetail | None:
    """Return one Document with everything known about it, or None; raises UnreadableRecord."""
    snapshot = await load(context, document_id)
    if snapshot is None:
        return None
    rows = [entry.row for entry in await load_events(context, document_id)][-LATEST_EVENTS:]
    return DocumentDetail(
        document=snapshot.document,
        run=snapshot.run,
        waiting=await load_waiting(context, document_id, snapshot.run),
        result=await _result(context, snapshot.run),
        events=tuple(row.event for row in rows),
        members=await load_members(context, snapshot.run) if snapshot.run.members else (),
        refused={row.event.id: row.refused for row in rows if row.refused},
    )


async def _result(context: Context, run: Run) -> Result | None:
    """Return the Result that a Run ended with; of another its draft, or None."""
    if run.state is State.UNPACKED:
        return None
    data = await context.blobs.read(WORK, artifacts.artifact_name(run, run.final_artifact or DRAFT))
    return load_stored(Result, data) if data else None
