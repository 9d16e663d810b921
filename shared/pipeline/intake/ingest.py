"""Ingest: make each uploaded version of a blob one Document, however many events report it."""

from shared.domain.base.errors import Blocked
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.event import ReceivedFact
from shared.domain.documents.run import Reason, Run
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.context import IntakeContext
from shared.pipeline.endings import fail
from shared.pipeline.intake.versions import UploadFacts, find_document, load_facts, note_upload
from shared.pipeline.store.messages import ask_to_publish, send
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.runs import create, load
from shared.ports.blobs import BlobInfo
from shared.telemetry import traces

_GONE = Reason(code="gone", message="The file was deleted before it could be read: upload it again.")
_REPLACED = Reason(
    code="superseded", message="The file was overwritten before it could be read: its new version has the result."
)


async def receive(context: IntakeContext, container: str, name: str, etag: str | None = None) -> str:
    """Receive a blob that an event told of, as the version `etag` if that is known; return the Document's id."""
    return await receive_version(context, IntakeMessage(container=container, name=name, etag=etag))


async def receive_version(context: IntakeContext, message: IntakeMessage) -> str:
    """Receive a version of a blob and start its Run; return the id of the Document that stands for it.

    Identity is container + name + ETag, so the same version is the same Document. A version that was deleted or
    replaced before it could be read becomes a failed Document, so that the upload still has an outcome; the version
    that replaced it is received too. A version that no event told of is received unless a Document has its bytes.
    """
    info = await context.blobs.info(message.container, message.name)
    etag = message.etag.strip('"') if message.etag else None
    if not message.announced:
        return await _receive_unannounced(context, message, info)
    if info is not None and etag in {None, info.etag}:
        return await _receive_present(context, message, info)
    return await _receive_earlier(context, message, etag, info)


async def receive_present(context: IntakeContext, container: str, name: str) -> None:
    """Receive the present version of a blob unless a Document stands for it; the event of it may be lost."""
    await receive_version(context, IntakeMessage(container=container, name=name, announced=False))


async def ingest(context: IntakeContext, document: Document) -> None:
    """Store a Document and start its Run; nothing happens when both were done before."""
    run = Run(document_id=document.id, updated=context.clock.now())
    with traces.run_span("intake", (document.id, run.number), "", {}):
        if await _store(context, document, run):
            await send(context, "read", run)
            await ask_to_publish(context, document.id)


async def fail_upload(context: IntakeContext, document: Document, reason: Reason) -> None:
    """Store a Document that cannot be read any more and end it; one that is being processed ends by itself."""
    if await _store(context, document, Run(document_id=document.id, updated=context.clock.now())):
        snapshot = await load(context, document.id)
        if snapshot is not None:
            await fail(context, snapshot, reason)


def describe_upload(context: IntakeContext, message: IntakeMessage, info: BlobInfo) -> Document:
    """Return the Document that stands for a version of a blob; raises Blocked when its container is none of uploads."""
    now = context.clock.now()
    policy = context.containers.get(message.container)
    if policy is None:
        text = f"The container {message.container!r} is not among the uploads: add it to INTRAY_CONTAINERS."
        raise Blocked(text, code="unknown_container")
    return Document(
        id=document_id(message.container, message.name, info.etag),
        container=message.container,
        name=message.name,
        etag=info.etag,
        size=info.size,
        uploaded=info.modified,
        received=now,
        policy=policy,
    )


async def _receive_present(context: IntakeContext, message: IntakeMessage, info: BlobInfo) -> str:
    document = describe_upload(context, message, info)
    await note_upload(context, document, info.md5)
    await ingest(context, document)
    return document.id


async def _receive_unannounced(context: IntakeContext, message: IntakeMessage, info: BlobInfo | None) -> str:
    """Receive a blob that a listing showed; ignore it if it was deleted since."""
    if info is None:
        return document_id(message.container, message.name, message.etag or "gone")
    existing_id = await find_document(context, message.container, message.name, info)
    return existing_id or await _receive_present(context, message, info)


async def _receive_earlier(
    context: IntakeContext, message: IntakeMessage, etag: str | None, info: BlobInfo | None
) -> str:
    """Receive a version that the blob no longer has; `info` is what it has now."""
    announced = BlobInfo(
        etag=etag or "gone",
        size=message.size or 0,
        modified=info.modified if info else context.clock.now(),
        content_type="",
        md5=message.md5,
    )
    document = describe_upload(context, message, announced)
    facts = await _known_facts(context, document, message)
    if info is not None and facts is not None and facts.compare(info) is not False:
        await note_upload(context, document, message.md5)
        await ingest(context, document)  # where the properties do not say, reading compares the content
        return document.id
    await fail_upload(context, document, _REPLACED if info else _GONE)
    if info is not None:
        await receive_present(context, message.container, message.name)
    return document.id


async def _known_facts(context: IntakeContext, document: Document, message: IntakeMessage) -> UploadFacts | None:
    """Return what is known of the bytes of a version that the blob no longer has; None when nothing is."""
    if await load(context, document.id) is not None:
        return await load_facts(context, document)
    if message.size is None:
        return None
    return UploadFacts(etag=document.etag, size=message.size, md5=message.md5)


async def _store(context: IntakeContext, document: Document, run: Run) -> bool:
    """Store a Document with its first Run; return whether its first message may still have to be sent."""
    fact = ReceivedFact.model_validate(base_fact(document, run) | {"size": document.size})
    return await create(context, document, run, fact) or await _is_still_received(context, document.id)


async def _is_still_received(context: IntakeContext, document: str) -> bool:
    """Return whether the first message of a known Document may have been lost between two writes."""
    snapshot = await load(context, document)
    return snapshot is not None and snapshot.run.state == "received"
