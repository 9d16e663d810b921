"""Pages of the lists that callers see: documents, open cases, a document's events and history, document types.

Each list has a fixed order, and a page begins behind a position in it: what comes or goes meanwhile neither repeats
nor hides another item.
"""

from copy import replace
from datetime import datetime
from typing import NamedTuple

from shared.domain.base.frozen import Frozen
from shared.domain.documents.document import is_document_id
from shared.domain.documents.event import EventName
from shared.domain.documents.review import CaseView, case_view
from shared.domain.documents.run import State
from shared.pipeline.context import Context
from shared.pipeline.operations.deferral_notes import read_note
from shared.pipeline.operations.status import DocumentStatus, load_status
from shared.pipeline.operations.type_list import TypeList, load_type_list
from shared.pipeline.publish.outbox import load_events
from shared.pipeline.review.review import open_cases
from shared.pipeline.store.rows.audit import ACTION_PREFIX, AUDIT_PREFIX, Audit, CallerAction
from shared.pipeline.store.rows.keys import DOCUMENTS, RUN_PREFIX, WAIT_PREFIX
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.pipeline.store.rows.stored_rows import load_or_report
from shared.ports.records import Partitions, Record

MAX_EXAMINED = 1_000
"""Documents that one page looks at: where a filter takes few of them, a page may be short, and still not the last."""


class DocumentFilter(Frozen):
    """Which documents a caller wants: those that fit everything that is given. `text`: a part of the name."""

    state: State | None = None
    document_type: str | None = None
    text: str = ""

    def accepts(self, status: DocumentStatus) -> bool:
        """Return whether a document is wanted."""
        return (
            self.state in {None, status.run.state}
            and self.document_type in {None, status.run.document_type}
            and self.text.casefold() in status.document.title.casefold()
        )


class Page[Item, Position](NamedTuple):
    """Items of a list in its order, and the position behind which the next page begins (None: this is the last)."""

    items: list[Item]
    next: Position | None


async def list_documents(
    context: Context, limit: int, after: str | None = None, document_filter: DocumentFilter | None = None
) -> Page[DocumentStatus, str]:
    """Return documents with their latest Run, by their ids; `after`: the id that the page begins behind."""
    document_filter = document_filter or DocumentFilter()
    examined = limit if document_filter == DocumentFilter() else MAX_EXAMINED
    documents = await _documents(context, examined + 1, after or "")
    more = len(documents) > examined
    documents = documents[:examined]
    last = documents[-1].partition if more else ""
    rows = {record.partition: record for record in documents}
    runs = await _latest_runs(context, Partitions(after or "", last))
    notes = {
        note.partition: note
        async for note in context.records.list_by_key(DOCUMENTS, WAIT_PREFIX, Partitions(after or "", last))
    }
    items: list[DocumentStatus] = []
    behind = after
    for partition in sorted(rows.keys() | runs.keys()):
        if len(items) == limit:
            return Page(items, behind)
        behind = partition
        status = await load_status(context, partition, rows.get(partition), runs.get(partition))
        if status is not None and document_filter.accepts(status):
            items.append(replace(status, waiting=read_note(notes.get(partition), status.run)))
    return Page(items, last or None)


async def _documents(context: Context, count: int, after: str) -> list[Record]:
    records: list[Record] = []
    async for record in context.records.list_by_key(DOCUMENTS, "document", Partitions(after)):
        records.append(record)
        if len(records) == count:
            break
    return records


async def _latest_runs(context: Context, within: Partitions) -> dict[str, Record]:
    """Return the rows of the latest Runs by document; keys come in order, so the last one of each counts."""
    return {record.partition: record async for record in context.records.list_by_key(DOCUMENTS, RUN_PREFIX, within)}


type CasePosition = tuple[float, str, str]
"""Doubt, opening time and document of a case, which say where it stands in the list."""


async def list_cases(
    context: Context, limit: int, after: CasePosition | None = None, group: str | None = None
) -> Page[CaseView, CasePosition]:
    """Return open cases, the most doubtful first; of equal ones the oldest first. `group`: only those of one."""
    cases = [case for case in await open_cases(context) if group in {None, case.group}]
    tasks = sorted(map(case_view, cases), key=_order)
    behind = [task for task in tasks if after is None or _order(task) > (-after[0], *after[1:])]
    page = behind[:limit]
    if len(behind) <= limit:
        return Page(page, None)
    return Page(page, (page[-1].doubt, page[-1].opened.isoformat(), page[-1].document_id))


def _order(task: CaseView) -> tuple[float, str, str]:
    return -task.doubt, task.opened.isoformat(), task.document_id


async def list_events(context: Context, document_id: str, limit: int, after: str | None = None) -> Page[OutboxRow, str]:
    """Return the events of a document in the order of the facts; each with when the topic took it, or refused it."""
    if not is_document_id(document_id):
        return Page([], None)  # a table refuses some characters as keys, and HTTP callers may send anything
    rows = [entry for entry in await load_events(context, document_id) if entry.key > (after or "")]
    page = rows[:limit]
    return Page([entry.row for entry in page], page[-1].key if len(rows) > limit else None)


class HistoryLine(Frozen):
    """What happened to a document, and who asked for it (None: the system itself).

    `what`: the new state of its Run, or what was done without a change of state. `event`: what subscribers are told.
    """

    run: int
    at: datetime
    what: str
    event: EventName | None = None
    actor: str | None = None


async def list_history(
    context: Context, document_id: str, limit: int, after: str | None = None
) -> Page[HistoryLine, str]:
    """Return the history of a document in the order in which it happened; lines that cannot be read are logged."""
    if not is_document_id(document_id):
        return Page([], None)
    lines: dict[str, HistoryLine] = {}
    async for record in context.records.partition(DOCUMENTS, document_id, AUDIT_PREFIX):
        position = record.key.removeprefix(AUDIT_PREFIX)
        if audit := load_or_report(Audit, record):
            at = datetime.fromisoformat(audit.at)
            line = HistoryLine(run=_run_of(position), at=at, what=audit.after, event=audit.event, actor=audit.actor)
            lines[position] = line
    async for record in context.records.partition(DOCUMENTS, document_id, ACTION_PREFIX):
        position = record.key.removeprefix(ACTION_PREFIX)
        if done := load_or_report(CallerAction, record):
            lines[position] = HistoryLine(run=_run_of(position), at=done.at, what=done.action, actor=done.actor)
    positions = sorted(position for position in lines if position > (after or ""))
    page = positions[:limit]
    return Page([lines[position] for position in page], page[-1] if len(positions) > limit else None)


def _run_of(position: str) -> int:
    return int(position.partition("-")[0])


async def list_types(context: Context, limit: int, after: str | None = None) -> tuple[TypeList, str | None]:
    """Return types by name, and the name that the next page begins behind; problems are on the first page."""
    present = await load_type_list(context)
    types = [listed for listed in present.types if listed.name > (after or "")]
    page = tuple(types[:limit])
    problems = () if after else present.problems
    return TypeList(types=page, problems=problems), page[-1].name if len(types) > limit else None
