"""Give up on poison messages: keep the message as a blob, and end its Run or upload as failed."""

from typing import get_args

from shared.domain.base.errors import Retryable, UnreadableRecord
from shared.domain.base.stored import load_stored
from shared.domain.documents.document import document_id
from shared.domain.documents.run import Reason
from shared.domain.documents.task import IntakeMessage, Stage, StageMessage, stage_of_queue
from shared.pipeline.context import Context
from shared.pipeline.endings import fail_by_id
from shared.pipeline.intake.ingest import describe_upload, fail_upload, receive_version
from shared.pipeline.operations.deferral_notes import load_waiting
from shared.pipeline.operations.unreadable_messages import keep_message, kept_place
from shared.pipeline.store.artifacts import POISON
from shared.pipeline.store.context import WORK
from shared.pipeline.store.rows.stored_rows import report_unreadable
from shared.pipeline.store.runs import load
from shared.ports.blobs import BlobInfo

STAGES = frozenset(get_args(Stage))
UNKNOWN_ETAG = "unknown"
"""Stands for the ETag of an upload that nobody could look at."""


async def give_up(context: Context, queue: str, message_id: str, body: bytes) -> str | None:
    """Keep a poison message of `queue` under `poison/` in the work container, and end its Run; the Document's id.

    Messages to `publish` and `review` end nothing: the sweeper sends them again. None for an unreadable message.
    """
    try:
        message = load_stored(StageMessage, body)
    except UnreadableRecord:
        await keep_message(context, queue, message_id, body)
        return None
    await keep_message(context, queue, message_id, body, message.document_id)
    stage = stage_of_queue(queue)
    if stage not in STAGES:
        return message.document_id
    try:
        reason = await _reason(context, stage, message)
        await fail_by_id(context, message.document_id, message.run, reason)
    except UnreadableRecord as error:  # the message is kept, and the status list shows the Document as unreadable
        report_unreadable(message.document_id, error.stored)
    return message.document_id


async def _reason(context: Context, stage: str, message: StageMessage) -> Reason:
    """Return why the Run ends: with what it waited for, where it was deferred to the end."""
    snapshot = await load(context, message.document_id, message.run)
    waiting = await load_waiting(context, message.document_id, snapshot.run) if snapshot else None
    if waiting is None or waiting.stage != stage:
        text = f"The stage {stage!r} failed again and again. Look for the reason in the logs, then replay the document."
        return Reason(code="poisoned", message=text)
    text = f"The stage {stage!r} waited since {waiting.since:%Y-%m-%d %H:%M} UTC, {waiting.deferrals} times. "
    return Reason(code="poisoned", message=f"{text}{waiting.message} Then replay the document.")


async def give_up_upload(context: Context, queue: str, message_id: str, body: bytes, upload: IntakeMessage) -> str:
    """Receive an upload for the last time; one that cannot be received becomes a failed Document. Return its id.

    The poison message is kept under `poison/`: its name may say whose document it is, so it goes with the Document.
    Raises Retryable while storage is away.
    """
    expected = document_id(upload.container, upload.name, upload.etag or UNKNOWN_ETAG)
    await keep_message(context, queue, message_id, body, expected)
    received = await _receive_or_fail(context, upload)
    if received != expected:  # the present version has another ETag
        await keep_message(context, queue, message_id, body, received)
        await context.blobs.delete(WORK, f"{POISON}/{kept_place(queue, expected)}/{message_id}.json")
    return received


async def _receive_or_fail(context: Context, upload: IntakeMessage) -> str:
    """Receive an upload, or store a failed Document for it; return the Document's id."""
    try:
        return await receive_version(context, upload)
    except Retryable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, raising it again would lose the upload in silence
        text = f"The upload cannot be received ({type(error).__name__}): upload it again under another name."
        size, now = upload.size or 0, context.clock.now()
        document = describe_upload(context, upload, BlobInfo(upload.etag or UNKNOWN_ETAG, size, now, ""))
        await fail_upload(context, document, Reason(code="poisoned", message=text))
        return document.id
