"""Delete documents whose retention time is over."""

from collections.abc import Mapping
from datetime import timedelta

from shared import telemetry
from shared.domain.base.errors import Conflict, UnreadableRecord
from shared.domain.documents.document import Document
from shared.domain.types.document_type import DocumentType
from shared.pipeline.context import Context
from shared.pipeline.publish.forget import forget
from shared.pipeline.store.members import load_children
from shared.pipeline.store.rows.keys import DOCUMENTS
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import Snapshot, all_documents, load


async def forget_expired(context: Context) -> int:
    """Forget every settled Document whose retention time is over; return how many. Scans all Documents.

    A file that contains others is kept until all of them are deleted: it has their bytes, and they may be kept longer.
    """
    count, types = 0, await context.types.current_types()
    async for document in all_documents(context):
        try:
            count += await _forget_if_expired(context, document.id, types)
        except UnreadableRecord as error:
            report_unreadable(document.id, error.stored)
        except Conflict:  # somebody else changes it at this moment; the next pass finds it again
            telemetry.report("retention_postponed", {telemetry.DOCUMENT_ID: document.id})
    return count


async def _forget_if_expired(context: Context, document_id: str, types: Mapping[str, DocumentType]) -> bool:
    """Forget a Document whose retention time is over; return whether it was."""
    snapshot = await load(context, document_id)
    if snapshot is None or not _is_expired(context, snapshot, types) or await _has_children(context, document_id):
        return False
    await forget(context, document_id, "retention")
    return True


async def _has_children(context: Context, document_id: str) -> bool:
    """Return whether a Document that came out of this one is still there, whether or not it can be read."""
    return any(
        [await context.records.get(DOCUMENTS, child, "document") for child in await load_children(context, document_id)]
    )


def _is_expired(context: Context, snapshot: Snapshot, types: Mapping[str, DocumentType]) -> bool:
    run, document_type = snapshot.run, types.get(snapshot.run.document_type or "")
    days = _days_of_container(context, snapshot.document)
    if days is None and document_type is not None:
        days = document_type.policy.retention_days
    retention = context.limits.retention if days is None else timedelta(days=days) if days else None
    return retention is not None and run.finished is not None and context.clock.now() - run.finished >= retention


def _days_of_container(context: Context, document: Document) -> int | None:
    """Return the retention of the container as it is set now; of one that is no upload container any more, as it was.

    None: the container has none of its own.
    """
    policy = context.containers.get(document.upload_container, document.policy)
    return policy.retention_days
