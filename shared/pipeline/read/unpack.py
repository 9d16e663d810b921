"""Unpack: make each member of a file that contains files a Document of its own, or skip it with a reason.

The order of writes lets any crash heal by repetition: the members' blobs (which are never replaced, so that their ETags
and thereby the children's ids stay), the manifest that names the children, the children, and last the parent's state.
"""

import asyncio
from copy import replace
from pathlib import Path

from shared.domain.base.errors import Unavailable, Unreadable
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.run import Reason
from shared.domain.documents.unpacking import COVER, LOST, Bounds, Member, too_large
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import Admitted
from shared.pipeline.intake.ingest import ingest
from shared.pipeline.store.members import load_reserved_quota, member_name, members_folder, reserve_quota, save_members
from shared.pipeline.store.runs import Snapshot
from shared.ports.reading import SourceFile


async def extract_members(
    context: Context, document: Document, media_type: str, file: SourceFile, target: Path
) -> tuple[Member, ...]:
    """Return the members of a file, unpacked into the new folder `target`; none for a file that holds no files.

    Raises Unreadable when nothing can be extracted. A file that cannot be unpacked but can be read (a PDF) is read;
    its attachments are then one skipped entry.
    """
    unpacker = context.unpackers.get(media_type)
    if unpacker is None:
        return ()
    await asyncio.to_thread(target.mkdir)
    readable = media_type in context.readers
    too_deep = too_large("it lies too deep in other files", "INTRAY_MAX_NESTING")
    nested = document.depth >= context.limits.max_nesting
    if nested and not readable:
        raise too_deep
    try:
        members = await unpacker.unpack(file, target, await _bounds(context, document))
    except Unreadable as error:
        if not readable:
            raise
        return (Member(index=1, name="attachments", skipped=_reason(error)),)
    if nested:
        return tuple(member if member.skipped else _skip_member(member, too_deep) for member in members)
    if not readable and all(member.skipped for member in members):
        raise _empty_file_error(members)
    return members


def holds_only_files(context: Context, media_type: str, members: tuple[Member, ...]) -> bool:
    """Return whether a file has nothing to be read but its members; the cover of a PDF portfolio is nothing."""
    covered = any(member.skipped and member.skipped.code == COVER for member in members)
    return media_type not in context.readers or (covered and not all(member.skipped for member in members))


async def receive_members(
    context: Context, snapshot: Snapshot, admitted: Admitted, members: tuple[Member, ...], target: Path
) -> tuple[Member, ...]:
    """Make a Document of each member that is not left out, and start it; the members with their Documents' ids."""
    if not members:
        return ()
    document = snapshot.document
    await reserve_quota(context, document, members)
    folder = members_folder(document)
    children = {
        member.index: await _store_member(context, document, member_name(folder, member), target / member.file)
        for member in members
        if not member.skipped
    }
    named = tuple(
        replace(member, document_id=children[member.index].id) if member.index in children else member
        for member in members
    )
    await save_members(context, document, snapshot.run, admitted.content_hash, named)
    for child in children.values():
        await ingest(context, child)
    return named


async def _bounds(context: Context, document: Document) -> Bounds:
    """Return what is left for this file of what an upload may hold."""
    limits, taken = context.limits, await load_reserved_quota(context, document)
    return Bounds(
        members=max(limits.max_members - taken.members, 0),
        total_bytes=max(limits.max_unpacked_bytes - taken.size, 0),
        member_bytes=limits.max_bytes,
        ratio=limits.max_unpack_ratio,
    )


async def _store_member(context: Context, parent: Document, name: str, file: Path) -> Document:
    """Return the Document of a member whose bytes are stored now, or were by an earlier try."""
    await context.blobs.upload(context.unpacked, name, file)
    info = await context.blobs.info(context.unpacked, name)
    if info is None:
        raise Unavailable("a member of the file was deleted while it was unpacked")
    return Document(
        id=document_id(context.unpacked, name, info.etag),
        container=context.unpacked,
        name=name,
        etag=info.etag,
        size=info.size,
        uploaded=info.modified,
        received=context.clock.now(),
        parent=parent.id,
        depth=parent.depth + 1,
        policy=parent.policy,
        uploaded_to=parent.upload_container,
    )


def _empty_file_error(members: tuple[Member, ...]) -> Unreadable:
    lost = [member.skipped for member in members if member.skipped and member.skipped.code in LOST]
    if lost:
        return Unreadable(lost[0].code, f"Nothing in the file can be processed. {lost[0].message}")
    return Unreadable("empty", "There is no file with content in it: upload what it should hold.")


def _skip_member(member: Member, reason: Unreadable) -> Member:
    return replace(member, skipped=_reason(reason))


def _reason(error: Unreadable) -> Reason:
    return Reason(code=error.code, message=str(error))
