"""Versions of an upload: which ETags of a blob stand for the bytes of a Document.

An ETag also changes with metadata, HTTP headers, scanners and lifecycle tools, and no event tells of that. So what is
known of the bytes at intake is kept in the catalog, in a partition for each blob name with a row for each Document.
"""

import hashlib
from collections.abc import AsyncIterator
from copy import replace

from shared import telemetry
from shared.domain.base.errors import Conflict, Superseded, UnreadableRecord
from shared.domain.base.stored import Stored, dump_stored, load_stored
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.run import Run, State
from shared.pipeline.context import IntakeContext
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS, RUN_PREFIX
from shared.pipeline.store.rows.stored_rows import load_readable, report_unreadable
from shared.pipeline.store.runs import Snapshot, load
from shared.ports.blobs import BlobInfo
from shared.ports.records import Delete, Insert, Put, Record

MAX_ETAGS = 50
"""ETags of the same bytes that a row keeps; one that was dropped is compared again."""
OVERWRITTEN = frozenset({"superseded", "gone"})
"""Codes of the reason of a Document that failed because its bytes were replaced or deleted."""


class UploadFacts(Stored):
    """What is known of the bytes of a Document: size, Content-MD5 in base64, and later ETags with the same bytes."""

    etag: str
    size: int
    md5: str | None = None
    same_bytes: tuple[str, ...] = ()

    def compare(self, info: BlobInfo) -> bool | None:
        """Return whether a version of the blob has these bytes; None when the properties do not say."""
        if info.etag in {self.etag, *self.same_bytes}:
            return True
        if info.size != self.size:
            return False
        return self.md5 == info.md5 if self.md5 and info.md5 else None


def upload_partition(container: str, name: str) -> str:
    """Return the catalog partition of what is known of all uploads with this name."""
    return f"upload-{hashlib.sha256(f'{container}\n{name}'.encode()).hexdigest()[:32]}"


async def note_upload(context: IntakeContext, document: Document, md5: str | None) -> None:
    """Keep what is known of the bytes of a new Document; a repetition changes nothing."""
    facts = UploadFacts(etag=document.etag, size=document.size, md5=md5)
    try:
        await context.records.commit(CATALOG, _partition(document), [Insert(document.id, dump_stored(facts))])
    except Conflict:
        if await context.records.get(CATALOG, _partition(document), document.id) is None:
            raise


async def forget_upload(context: IntakeContext, document: Document) -> None:
    """Delete what is known of the bytes of a Document."""
    await context.records.commit(CATALOG, _partition(document), [Delete(document.id)])


async def find_document(context: IntakeContext, container: str, name: str, info: BlobInfo) -> str | None:
    """Return the id of the Document that stands for this version of a blob; None when there is none.

    That is the Document of the ETag or, where Content-MD5 and size are equal, one whose blob got another ETag since.
    A Document that is being forgotten, or failed because its bytes were replaced, does not stand for later uploads.
    """
    own_id = document_id(container, name, info.etag)
    if await load(context, own_id) is not None:
        return own_id
    async for candidate, facts in _uploads(context, container, name):
        if facts.compare(info) and await _represents_uploads(context, candidate):
            await _add_etag(context, container, name, candidate, facts, info.etag)
            return candidate
    return None


async def has_same_bytes(context: IntakeContext, snapshot: Snapshot, info: BlobInfo, *, if_unknown: bool) -> bool:
    """Return whether this version of the Document's blob has the bytes that the Document stands for.

    Compares Content-MD5 and size, else the content hash after a download. `if_unknown` is the answer when neither is
    known, because the first version was not read before it was replaced.
    """
    document = await _whole_file(context, snapshot.document)
    facts = await load_facts(context, document)
    same = facts.compare(info)
    if same is None:
        hashes = await _content_hashes(context, document)
        same = await _download_hash(context, document, info.etag) in hashes if hashes else None
    if same is None:
        return if_unknown and await load(context, document_id(document.container, document.name, info.etag)) is None
    if same and info.etag != document.etag:
        await _add_etag(context, document.container, document.name, document.id, facts, info.etag)
    return same


async def is_left_to_another(context: IntakeContext, document: Document, info: BlobInfo) -> bool:
    """Return whether this version of the blob also belongs to another, later Document, which still needs it."""
    own_id = document_id(document.container, document.name, info.etag)
    candidates = {own_id} | {
        candidate
        async for candidate, facts in _uploads(context, document.container, document.name)
        if facts.compare(info) is not False
    }
    for candidate in candidates - {document.id}:
        snapshot = await _load_candidate(context, candidate)
        later = snapshot is not None and snapshot.document.received >= document.received
        if later and snapshot is not None and await _represents_uploads(context, candidate):
            return True
    return False


async def load_facts(context: IntakeContext, document: Document) -> UploadFacts:
    """Return what is known of the bytes of a Document; of one that an earlier version received, ETag and size."""
    row = await context.records.get(CATALOG, _partition(document), document.id)
    return _load_facts(row) or UploadFacts(etag=document.etag, size=document.size)


async def _uploads(context: IntakeContext, container: str, name: str) -> AsyncIterator[tuple[str, UploadFacts]]:
    async for row in context.records.partition(CATALOG, upload_partition(container, name)):
        facts = _load_facts(row)
        if facts is not None:
            yield row.key, facts


async def _load_candidate(context: IntakeContext, document: str) -> Snapshot | None:
    """Return another version of the upload; None when there is none, or it cannot be read: it decides nothing then."""
    try:
        return await load(context, document)
    except UnreadableRecord as error:
        report_unreadable(document, error.stored)
        return None


async def _represents_uploads(context: IntakeContext, document: str) -> bool:
    snapshot = await _load_candidate(context, document)
    if snapshot is None or snapshot.run.state is State.DELETED:
        return False
    return not (snapshot.run.state is State.FAILED and OVERWRITTEN & {reason.code for reason in snapshot.run.reasons})


async def _add_etag(
    context: IntakeContext, container: str, name: str, document: str, facts: UploadFacts, etag: str
) -> None:
    """Note another ETag with the same bytes; of two at once the last counts, the other is compared again."""
    if etag in {facts.etag, *facts.same_bytes}:
        return
    body = dump_stored(replace(facts, same_bytes=(*facts.same_bytes, etag)[-MAX_ETAGS:]))
    await context.records.commit(CATALOG, upload_partition(container, name), [Put(document, body)])


async def _whole_file(context: IntakeContext, document: Document) -> Document:
    """Return the Document of the file that a Part is some pages of; any other is its own."""
    parent = await load(context, document.parent or "") if document.pages else None
    return document if parent is None else await _whole_file(context, parent.document)


async def _content_hashes(context: IntakeContext, document: Document) -> set[str]:
    """Return the SHA-256 of the bytes as the Document's Runs read them; they are all equal."""
    rows = context.records.partition(DOCUMENTS, document.id, RUN_PREFIX)
    return {run.content_hash for run in await load_readable(Run, rows) if run.content_hash}


async def _download_hash(context: IntakeContext, document: Document, etag: str) -> str | None:
    """Return the SHA-256 of a version of the Document's blob; None when it was replaced meanwhile."""
    version = replace(document, id=document_id(document.container, document.name, etag), etag=etag)
    try:
        async with context.copies.hold(version) as copy:
            return copy.content_hash
    except Superseded:
        return None


def _partition(document: Document) -> str:
    return upload_partition(document.container, document.name)


def _load_facts(row: Record | None) -> UploadFacts | None:
    """Return the facts of a row; None when there is none, or it is damaged: then the bytes are compared."""
    try:
        return None if row is None else load_stored(UploadFacts, row.body)
    except UnreadableRecord as error:
        key = row.key if row else ""
        telemetry.report("upload_facts_unreadable", {telemetry.DOCUMENT_ID: key, telemetry.REASON: str(error)})
        return None
