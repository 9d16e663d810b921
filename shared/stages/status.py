"""Status: what an operator sees of Documents."""

from shared.domain.document import Document
from shared.domain.event import Event
from shared.domain.frozen import Frozen
from shared.domain.run import Run, State
from shared.domain.unpacking import Member
from shared.stages import artefacts
from shared.stages.core import WORK, Core
from shared.stages.decide import DRAFT
from shared.stages.ledger import DOCUMENTS, RUN_PREFIX, all_documents, load
from shared.stages.members import load_members
from shared.stages.publish import outbox
from shared.stages.result import Result

LATEST_EVENTS = 100
"""Events that a Document is shown with; the list of its events has all."""


class DocumentStatus(Frozen):
    """A Document with its Run."""

    document: Document
    run: Run


class DocumentDetail(DocumentStatus):
    """A Document with its Run, its Result so far (a draft until the Run is finalized) and its latest events.

    `refused`: why the topic will not take an event, by the event's id. `members`: what it holds, when it holds files.
    """

    result: Result | None
    events: tuple[Event, ...]
    refused: dict[str, str]
    members: tuple[Member, ...] = ()


async def statuses(core: Core) -> list[DocumentStatus]:
    """Every Document with its latest Run, the latest Document first; two scans, however many there are."""
    runs = {
        record.partition: Run.model_validate_json(record.body)
        async for record in core.records.keyed(DOCUMENTS, RUN_PREFIX)
    }
    found = [
        DocumentStatus(document=document, run=runs[document.id])
        async for document in all_documents(core)
        if document.id in runs
    ]
    return sorted(found, key=lambda status: status.document.received, reverse=True)


async def detail(core: Core, document_id: str) -> DocumentDetail | None:
    """One Document with everything known about it, or None."""
    snapshot = await load(core, document_id)
    if snapshot is None:
        return None
    rows = [kept.row for kept in await outbox(core, document_id)][-LATEST_EVENTS:]
    return DocumentDetail(
        document=snapshot.document,
        run=snapshot.run,
        result=await _result(core, snapshot.run),
        events=tuple(row.event for row in rows),
        members=await load_members(core, snapshot.run) if snapshot.run.members else (),
        refused={row.event.id: row.refused for row in rows if row.refused},
    )


async def _result(core: Core, run: Run) -> Result | None:
    """The Result that a Run ended with; of another its draft, or None."""
    if run.state is State.UNPACKED:
        return None
    data = await core.blobs.read(WORK, artefacts.artefact_name(run, run.final or DRAFT))
    return Result.model_validate_json(data) if data else None
