"""Store the members of a file that contains files, and the Documents that they became."""

from datetime import datetime

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import Stored, dump_stored, load_stored
from shared.domain.documents.artifact_names import MEMBERS
from shared.domain.documents.document import Document
from shared.domain.documents.run import Run
from shared.domain.documents.unpacking import Member, file_name
from shared.pipeline.store.artifacts import JSON, artifact_name
from shared.pipeline.store.context import WORK, StoreContext
from shared.pipeline.store.rows.keys import DOCUMENTS, RUN_PREFIX
from shared.pipeline.store.rows.stored_rows import load_readable
from shared.pipeline.store.runs import load
from shared.ports.records import Put

_QUOTA_PREFIX = "members-"


class Manifest(Stored):
    """Every entry of a file that holds files: the child Document that it became, or why it was left out."""

    schema_version: int = 1
    document_id: str
    run: int
    container: str
    name: str
    etag: str
    parent: str | None
    content_hash: str | None
    received: datetime
    members: tuple[Member, ...]


class ReservedQuota(Stored):
    """The quota of an upload, including nested files, that one file has used."""

    members: int
    size: int


async def save_members(
    context: StoreContext, document: Document, run: Run, digest: str, members: tuple[Member, ...]
) -> None:
    """Save the manifest of a file; safe to repeat."""
    manifest = Manifest(
        document_id=document.id,
        run=run.number,
        container=document.container,
        name=document.name,
        etag=document.etag,
        parent=document.parent,
        content_hash=digest,
        received=document.received,
        members=members,
    )
    body = manifest.model_dump_json().encode()  # in full: it is delivered to the results container
    await context.blobs.write(WORK, artifact_name(run, MEMBERS), body, JSON)


async def load_members(context: StoreContext, run: Run) -> tuple[Member, ...]:
    """Return the entries of a Run's file; none for a file that holds no files."""
    data = await context.blobs.read(WORK, artifact_name(run, MEMBERS))
    return load_stored(Manifest, data).members if data else ()


async def load_children(context: StoreContext, document_id: str) -> list[str]:
    """Return the ids of all Documents that ever came out of a Document, whether or not they are still there."""
    ids: dict[str, None] = {}
    async for record in context.records.partition(DOCUMENTS, document_id, RUN_PREFIX):
        for member in await load_members(context, load_stored(Run, record.body)):
            if member.document_id:
                ids[member.document_id] = None
    return list(ids)


def members_folder(document: Document) -> str:
    """Return the folder of the members of a Document; its first part passes the document type on to them.

    Types may change while a file is unpacked, so each member checks whether its folder names one.
    """
    return f"{document.folder or '_'}/{document.id}"


def member_name(folder: str, member: Member) -> str:
    """Return the blob name of a member; its index makes equal names unique."""
    return f"{folder}/{member.file}-{file_name(member.name)}"


async def load_reserved_quota(context: StoreContext, document: Document) -> ReservedQuota:
    """Return the quota that all other files of the Document's upload have used."""
    upload, own = await _upload_of(context, document), f"{_QUOTA_PREFIX}{document.id}"
    records = context.records.partition(DOCUMENTS, upload, _QUOTA_PREFIX)
    other_records = (record async for record in records if record.key != own)
    rows = await load_readable(ReservedQuota, other_records)
    return ReservedQuota(members=sum(row.members for row in rows), size=sum(row.size for row in rows))


async def reserve_quota(context: StoreContext, document: Document, members: tuple[Member, ...]) -> None:
    """Record the quota that a Document uses of its upload."""
    quota = ReservedQuota(members=len(members), size=sum(member.size for member in members))
    row = Put(f"{_QUOTA_PREFIX}{document.id}", dump_stored(quota))
    await context.records.commit(DOCUMENTS, await _upload_of(context, document), [row])


async def _upload_of(context: StoreContext, document: Document) -> str:
    """Return the id of the outermost file around a Document that is still there."""
    while document.parent is not None:
        try:
            snapshot = await load(context, document.parent)
        except UnreadableRecord:  # the file around it is the outermost that is known
            return document.parent
        if snapshot is None:
            break
        document = snapshot.document
    return document.id
