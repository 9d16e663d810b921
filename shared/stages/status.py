"""Status: what an operator sees of Documents."""

from shared.domain.document import Document
from shared.domain.event import Event
from shared.domain.frozen import Frozen
from shared.domain.run import Run
from shared.stages import artefacts
from shared.stages.core import WORK, Core
from shared.stages.decide import DRAFT
from shared.stages.ledger import DOCUMENTS, all_documents, load
from shared.stages.outbox import EVENT_PREFIX, OutboxRow
from shared.stages.result import Result


class DocumentStatus(Frozen):
    """A Document with its Run."""

    document: Document
    run: Run


class DocumentDetail(DocumentStatus):
    """A Document with its Run, its Result so far (a draft until the Run is finalized) and its events."""

    result: Result | None
    events: tuple[Event, ...]


async def statuses(core: Core) -> list[DocumentStatus]:
    """Every Document with its state, the latest first."""
    found = []
    async for document in all_documents(core):
        snapshot = await load(core, document.id)
        if snapshot is not None:
            found.append(DocumentStatus(document=document, run=snapshot.run))
    return sorted(found, key=lambda status: status.document.received, reverse=True)


async def detail(core: Core, document_id: str) -> DocumentDetail | None:
    """One Document with everything known about it, or None."""
    snapshot = await load(core, document_id)
    if snapshot is None:
        return None
    events = [
        OutboxRow.model_validate_json(record.body).event
        async for record in core.records.partition(DOCUMENTS, document_id, EVENT_PREFIX)
    ]
    return DocumentDetail(
        document=snapshot.document, run=snapshot.run, result=await _result(core, snapshot.run), events=tuple(events)
    )


async def _result(core: Core, run: Run) -> Result | None:
    """The final result where there is one, else the draft, else None."""
    final = await core.blobs.read(core.results, f"{run.document_type}/{run.document_id}.json")
    name = f"{artefacts.folder(run)}/{DRAFT}.json"
    data = final or await core.blobs.read(WORK, name)
    return Result.model_validate_json(data) if data else None
