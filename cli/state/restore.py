"""Restore a backup into an account without documents, while no app runs on it.

Blobs come first, then the catalog, then the Documents. Rows of the catalog that name a Document which the backup does
not hold are left out, and every Document is marked for the sweeper, which sends what it waits for.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from itertools import batched, groupby
from pathlib import Path

from cli.state.folder import BackupFolder, InvalidBackup, Manifest, SavedBlob, SavedRow
from shared.domain.base.errors import IntrayError, UnreadableRecord
from shared.domain.base.stored import dump_stored, load_json
from shared.domain.documents.document import is_document_id
from shared.pipeline.intake.reconciliation import PARTITION, POSITION
from shared.pipeline.store.rows.active import Mark
from shared.pipeline.store.rows.keys import ACTIVE, CATALOG, DOCUMENTS, RUN_PREFIX
from shared.ports.blobs import Blobs
from shared.ports.records import Put, Records

BLOBS_AT_ONCE = 16
MAX_TRANSACTION_BYTES = 3_000_000
"""Characters of rows in a transaction, which may have 4 MiB in all."""
MAX_CHANGES = 100
"""Rows of a transaction (see the Records port)."""
SMALL = 64_000_000
"""Bytes of a blob that is written in one piece, with its media type."""


class NotEmpty(IntrayError):
    """The account holds documents."""


async def restore(blobs: Blobs, records: Records, folder: BackupFolder, *, over: bool = False) -> Manifest:
    """Write everything of a backup; `over`: also into an account that holds documents. Safe to repeat with `over`.

    Raises NotEmpty, InvalidBackup.
    """
    manifest = await asyncio.to_thread(folder.manifest)
    if not over:
        async for _ in records.list_by_key(DOCUMENTS, "document"):
            raise NotEmpty(
                "The account holds documents. Restore into an empty one; to finish a restore that was interrupted, "
                "or to replace what is there, repeat it with --over."
            )
    for container in manifest.blobs or {}:
        for batch in batched(folder.blobs(container), BLOBS_AT_ONCE, strict=False):
            await asyncio.gather(*(_write_blob(blobs, folder, container, blob) for blob in batch))
    documents = {row.partition for row in folder.rows(DOCUMENTS)}
    catalog = (row for row in folder.rows(CATALOG) if is_restored(row, documents))
    await _write_rows(records, CATALOG, catalog)
    await _write_rows(records, CATALOG, _marks(folder, manifest))
    await _write_rows(records, DOCUMENTS, folder.rows(DOCUMENTS))
    return manifest


def is_restored(row: SavedRow, documents: set[str]) -> bool:
    """Return whether a row of the catalog is written again.

    Not the positions of the comparison of uploads, whose listings belong to the old account; nor a row that names a
    Document which was received, or had its claim stored, after the rows of Documents were read.
    """
    if row.partition == PARTITION or row.partition.startswith(f"{PARTITION}-"):
        return row.key != POSITION
    named = row.key if is_document_id(row.key) else _owner(row)
    return named is None or named in documents


def _owner(row: SavedRow) -> str | None:
    """Return the Document that a claim names; None for any other row."""
    try:
        content = load_json(row.body)
    except UnreadableRecord:
        return None
    return content if isinstance(content, str) and is_document_id(content) else None


def _marks(folder: BackupFolder, manifest: Manifest) -> Iterator[SavedRow]:
    """Yield a mark for each Document: the sweeper looks at it once, and unmarks what has its outcome."""
    for document, rows in groupby(folder.rows(DOCUMENTS), key=lambda row: row.partition):
        numbers = [int(row.key.removeprefix(RUN_PREFIX)) for row in rows if row.key.startswith(RUN_PREFIX)]
        if numbers:
            body = dump_stored(Mark(number=max(numbers), updated=manifest.began))
            yield SavedRow(partition=ACTIVE, key=document, body=body)


async def _write_rows(records: Records, table: str, rows: Iterable[SavedRow]) -> None:
    """Write rows, which come by partition, in transactions that a table takes."""
    for partition, group in groupby(rows, key=lambda row: row.partition):
        changes, size = list[Put](), 0
        for row in group:
            if changes and (len(changes) == MAX_CHANGES or size + len(row.body) > MAX_TRANSACTION_BYTES):
                await records.commit(table, partition, changes)
                changes, size = [], 0
            changes.append(Put(row.key, row.body))
            size += len(row.body)
        await records.commit(table, partition, changes)


async def _write_blob(blobs: Blobs, folder: BackupFolder, container: str, blob: SavedBlob) -> None:
    """Write a blob, after its content was compared with its hash; raises InvalidBackup."""
    path = folder.content_path(container, blob.name)
    if await asyncio.to_thread(_digest, path) != blob.sha256:
        raise InvalidBackup(f"{path} is damaged or missing: use another backup.")
    if blob.size <= SMALL:
        await blobs.write(container, blob.name, await asyncio.to_thread(path.read_bytes), blob.content_type)
        return
    await blobs.delete(container, blob.name)
    await blobs.upload(container, blob.name, path)


def _digest(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
