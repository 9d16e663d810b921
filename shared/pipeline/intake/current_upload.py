"""Read, check and delete the present version of a Document's upload, even if its ETag has changed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from shared.domain.base.errors import Superseded, Unavailable
from shared.domain.documents.document import Document
from shared.pipeline.context import IntakeContext
from shared.pipeline.intake.ingest import receive_present
from shared.pipeline.intake.malware import check_verdict
from shared.pipeline.intake.versions import has_same_bytes, is_left_to_another, load_facts
from shared.pipeline.local_files.copies import LocalCopy
from shared.pipeline.store.runs import Snapshot, load

_MAX_ATTEMPTS = 5
"""Times that a blob may change between two requests before the step is tried again later."""


async def check_version(context: IntakeContext, snapshot: Snapshot) -> str:
    """Return the present ETag of the Document's upload.

    Raises Superseded (`gone`, `superseded`) when it no longer has the Document's bytes. A version that replaced them
    is received first, in case its event was lost.
    """
    document = snapshot.document
    info = await context.blobs.info(document.container, document.name)
    if info is None:
        raise Superseded("gone", "The file was deleted while it was processed: upload it again.")
    if info.etag == document.etag or await has_same_bytes(context, snapshot, info, if_unknown=True):
        return info.etag
    if document.container != context.unpacked:
        await receive_present(context, document.container, document.name)
    raise Superseded("superseded", "The file was overwritten while it was processed: its new version has the result.")


async def find_current_etag(context: IntakeContext, document_id: str) -> str | None:
    """Return the present ETag of a Document's upload; None when it has other bytes, or belongs to a later Document.

    Compares properties only: where they do not say, the bytes count as others.
    """
    snapshot = await load(context, document_id)
    if snapshot is None:
        return None
    document = snapshot.document
    info = await context.blobs.info(document.container, document.name)
    if info is None or not (await load_facts(context, document)).compare(info):
        return None
    return None if await is_left_to_another(context, document, info) else info.etag


@asynccontextmanager
async def hold_upload(context: IntakeContext, snapshot: Snapshot) -> AsyncIterator[LocalCopy]:
    """Hold a local copy of the Document's bytes, from whichever version of the blob has them.

    Raises Superseded and, where uploads are scanned for malware, AwaitingVerdict and NotClean: before anything is read.
    """
    async with AsyncExitStack() as stack:
        yield await _hold(context, snapshot, stack)


async def _hold(context: IntakeContext, snapshot: Snapshot, stack: AsyncExitStack) -> LocalCopy:
    etag: str | None = None
    for _ in range(_MAX_ATTEMPTS):
        try:
            await check_verdict(context, snapshot, etag or snapshot.document.etag)
            return await stack.enter_async_context(context.copies.hold(snapshot.document, etag))
        except Superseded:
            etag = await check_version(context, snapshot)
    raise _changing_error(snapshot.document)


async def delete_upload(context: IntakeContext, snapshot: Snapshot) -> None:
    """Delete the blob of a Document, unless by now it has other bytes or belongs to a later Document as well."""
    document = snapshot.document
    if document.pages is not None:
        return  # a Part is not its whole file
    for _ in range(_MAX_ATTEMPTS):
        info = await context.blobs.info(document.container, document.name)
        if info is None or not await has_same_bytes(context, snapshot, info, if_unknown=False):
            return
        if info.etag != document.etag and await is_left_to_another(context, document, info):
            return
        if await context.blobs.delete(document.container, document.name, info.etag):
            return
    raise _changing_error(document)


def _changing_error(document: Document) -> Unavailable:
    return Unavailable(f"the upload of document {document.id} is being changed at this moment")
