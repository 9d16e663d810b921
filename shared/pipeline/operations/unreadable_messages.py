"""Queue messages that this version cannot read: put back for a later version, or kept for an operator."""

import hashlib
import json
import logging

from shared import telemetry
from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import load_json, load_stored
from shared.domain.documents.document import is_document_id
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.store.artifacts import JSON, POISON
from shared.pipeline.store.context import WORK


async def read_message(context: Context, queue: str, body: bytes) -> StageMessage | None:
    """Return the message of `queue` with this body; None for one that cannot be read, which is dealt with.

    One that names a Document may come from a later version: it is put back, up to `max_waits` times, for a worker that
    can read it. Any other is kept under `poison/` in the work container at once: five attempts would not change it.
    Both are logged without the body.
    """
    try:
        return load_stored(StageMessage, body)
    except UnreadableRecord as error:
        deferred = _defer_once_more(body, context.limits.max_waits)
        if deferred is None:
            await set_aside(context, queue, body, error)
        else:
            await context.queues.send(queue, json.dumps(deferred), error.delay)
            _report("message_put_back", queue, error)
        return None


async def set_aside(context: Context, queue: str, body: bytes, error: UnreadableRecord) -> None:
    """Keep a message that nobody can read, and log that it came."""
    await keep_message(context, queue, hashlib.sha256(body).hexdigest()[:32], body, _named_document(body))
    _report("message_unreadable", queue, error)


async def keep_message(context: Context, queue: str, name: str, body: bytes, document_id: str | None = None) -> None:
    """Keep a message that was given up, for an operator; with its Document's id, until that is forgotten."""
    await context.blobs.write(WORK, f"{POISON}/{kept_place(queue, document_id)}/{name}.json", body, JSON)


def kept_place(queue: str, document_id: str | None) -> str:
    """Return the folder below `poison/` of the messages of a queue that name a Document, or none."""
    return f"{document_id}/{queue}" if document_id and is_document_id(document_id) else queue


def _named_document(body: bytes) -> str | None:
    """Return the id of the Document that a message of another version names."""
    try:
        content = load_json(body)
    except UnreadableRecord:
        return None
    return str(content.get("document_id")) if isinstance(content, dict) else None


def _defer_once_more(body: bytes, max_deferrals: int) -> dict[str, object] | None:
    """Return a message of a later version, deferred once more; None for anything else, or after `max_deferrals`."""
    try:
        content = load_json(body)
    except UnreadableRecord:
        return None
    if not isinstance(content, dict) or not is_document_id(str(content.get("document_id"))):
        return None
    waits = content.get("waits", 0)
    if not isinstance(waits, int) or not 0 <= waits < max_deferrals:
        return None
    return content | {"waits": waits + 1}


def _report(event: str, queue: str, error: UnreadableRecord) -> None:
    telemetry.report(event, {telemetry.STAGE: queue, telemetry.REASON: type(error).__name__}, logging.WARNING)
