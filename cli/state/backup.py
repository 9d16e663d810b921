"""Back up the state of a deployment while it runs: rows first, then the blobs that they refer to.

A step writes its blobs before the row that names them, so blobs that are read after the rows are never too old. The
rows of a Document are read as of one moment. Queues are not copied: after a restore the sweeper sends what is due.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from itertools import batched

from cli.state.folder import BackupFolder, Manifest, SavedBlob, SavedRow
from shared.domain.base.errors import Superseded, Unavailable, UnreadableRecord
from shared.domain.base.stored import load_stored
from shared.domain.documents.document import Document
from shared.pipeline.store.rows.keys import CATALOG, DOCUMENTS, RUN_PREFIX
from shared.ports.blobs import Blobs
from shared.ports.clock import Clock
from shared.ports.records import Record, Records

ATTEMPTS = 10
"""How often the rows of a Document, or a blob, are read again because they changed meanwhile."""
BLOBS_AT_ONCE = 16


async def back_up(
    blobs: Blobs, records: Records, clock: Clock, folder: BackupFolder, containers: Collection[str]
) -> Manifest:
    """Copy all rows, and the blobs of `containers` and of those that Documents name; without containers, rows only.

    Raises Unavailable when a Document changes all the time, InvalidBackup when the folder is not empty.
    """
    began = clock.now()
    await asyncio.to_thread(folder.create)
    documents, counts, named = 0, {DOCUMENTS: 0, CATALOG: 0}, set(containers)
    async for rows in _documents(records):
        documents += 1
        counts[DOCUMENTS] += await asyncio.to_thread(folder.append_rows, DOCUMENTS, [_saved(row) for row in rows])
        named |= _container_of(rows) if containers else set()
    async for row in records.list_by_key(CATALOG, ""):
        counts[CATALOG] += await asyncio.to_thread(folder.append_rows, CATALOG, [_saved(row)])
    copied = {name: await _copy_container(blobs, folder, name) for name in sorted(named)}
    manifest = Manifest(began=began, documents=documents, rows=counts, blobs=copied if containers else None)
    await asyncio.to_thread(folder.finish, manifest)
    return manifest


async def _documents(records: Records) -> AsyncIterator[list[Record]]:
    """Yield the rows of each Document as they were at one moment."""
    async for document in records.list_by_key(DOCUMENTS, "document"):
        rows = await _read_partition(records, document.partition)
        if rows:
            yield rows


async def _read_partition(records: Records, document_id: str) -> list[Record]:
    """Return the rows of a Document between two of its transitions: each writes the row of a Run."""
    for _ in range(ATTEMPTS):
        rows = [row async for row in records.partition(DOCUMENTS, document_id)]
        after = {row.key: row.version async for row in records.partition(DOCUMENTS, document_id, RUN_PREFIX)}
        if after == {row.key: row.version for row in rows if row.key.startswith(RUN_PREFIX)}:
            return rows
    raise Unavailable(f"document {document_id} changes all the time: back up again, when less is going on")


def _container_of(rows: list[Record]) -> set[str]:
    """Return the container of a Document's upload; none where its row cannot be read by this version."""
    try:
        return {load_stored(Document, row.body).container for row in rows if row.key == "document"}
    except UnreadableRecord:
        return set()


async def _copy_container(blobs: Blobs, folder: BackupFolder, container: str) -> int:
    """Copy the blobs of a container; return how many."""
    names = [name async for name in blobs.names(container, "")]
    count = 0
    for batch in batched(names, BLOBS_AT_ONCE, strict=False):
        copied = await asyncio.gather(*(_copy_blob(blobs, folder, container, name) for name in batch))
        count += await asyncio.to_thread(folder.append_blobs, container, list(filter(None, copied)))
    return count


async def _copy_blob(blobs: Blobs, folder: BackupFolder, container: str, name: str) -> SavedBlob | None:
    """Copy a blob; None for one that was deleted meanwhile."""
    target = folder.content_path(container, name)
    for _ in range(ATTEMPTS):
        info = await blobs.info(container, name)
        if info is None:
            return None
        try:
            digest = await blobs.download(container, name, info.etag, target)
        except Superseded:
            continue
        return SavedBlob(name=name, content_type=info.content_type, size=info.size, sha256=digest)
    raise Unavailable(f"a blob in {container} changes all the time: back up again, when less is going on")


def _saved(row: Record) -> SavedRow:
    return SavedRow(partition=row.partition, key=row.key, body=row.body)
