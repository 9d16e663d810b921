"""Intake: a blob event becomes a Document, once, however often it is told."""

from shared.domain.document import Document, document_id
from shared.domain.event import ReceivedFact
from shared.domain.run import Reason, Run
from shared.domain.stored import dump_stored
from shared.domain.task import StageMessage
from shared.ports.blobs import BlobInfo
from shared.stages.core import Core
from shared.stages.fail import fail
from shared.stages.ledger import create, load
from shared.stages.outbox import ask_to_publish, base_fact


async def receive(core: Core, container: str, name: str) -> str:
    """Take in the present version of a blob and start its Run; the Document's id.

    Identity is container + name + ETag, so the same version is the same Document. A blob that is gone before it
    could be read becomes a failed Document, so that the upload still has an outcome.
    """
    info = await core.blobs.info(container, name)
    now = core.clock.now()
    found = info or BlobInfo(etag="gone", size=0, modified=now, content_type="")
    document = Document(
        id=document_id(container, name, found.etag),
        container=container,
        name=name,
        etag=found.etag,
        size=found.size,
        uploaded=found.modified,
        received=now,
    )
    if info is not None:
        await take_in(core, document)
    elif await _store(core, document):
        await _fail_gone(core, document.id)
    return document.id


async def take_in(core: Core, document: Document) -> None:
    """Store a Document and start its Run; nothing happens when both were done before."""
    if await _store(core, document):
        await core.queues.send("read", dump_stored(StageMessage(document_id=document.id)))
        await ask_to_publish(core, document.id)


async def _store(core: Core, document: Document) -> bool:
    """Store a Document with its first Run; whether its first message may have yet to be sent."""
    run = Run(document_id=document.id, updated=core.clock.now())
    fact = ReceivedFact.model_validate(base_fact(document, run) | {"size": document.size})
    return await create(core, document, run, fact) or await _still_received(core, document.id)


async def _still_received(core: Core, document: str) -> bool:
    """Whether the first message of a known Document may have been lost between two writes."""
    snapshot = await load(core, document)
    return snapshot is not None and snapshot.run.state == "received"


async def _fail_gone(core: Core, document: str) -> None:
    snapshot = await load(core, document)
    if snapshot is not None:
        message = "The file was deleted before it could be read: upload it again."
        await fail(core, snapshot, Reason(code="gone", message=message))
