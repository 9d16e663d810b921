"""Giving up: a poison message is kept as a blob, and the Run or the upload it belonged to ends as failed."""

from typing import get_args

from shared.domain.errors import Retryable, UnreadableRecord
from shared.domain.run import Reason
from shared.domain.stored import load_stored
from shared.domain.task import IntakeMessage, Stage, StageMessage
from shared.ports.blobs import BlobInfo
from shared.stages.artefacts import JSON
from shared.stages.core import WORK, Core
from shared.stages.fail import fail_by_id
from shared.stages.intake import describe_upload, fail_upload, receive_version

STAGES = frozenset(get_args(Stage))


async def give_up(core: Core, queue: str, message_id: str, body: bytes) -> str | None:
    """Keep a poison message of `queue` under `poison/` in the work container, and end its Run; the Document's id.

    Messages to `publish` and `review` end nothing: the sweeper sends them again. None for an unreadable message.
    """
    await _keep(core, queue, message_id, body)
    try:
        message = load_stored(StageMessage, body)
    except UnreadableRecord:
        return None
    if queue not in STAGES:
        return message.document_id
    text = f"The stage {queue!r} failed again and again. An operator can see why in the logs, and replay the document."
    await fail_by_id(core, message.document_id, message.run, Reason(code="poisoned", message=text))
    return message.document_id


async def give_up_upload(core: Core, queue: str, message_id: str, body: bytes, upload: IntakeMessage) -> str:
    """Receive an upload for the last time; one that cannot be received becomes a failed Document. Return its id.

    The poison message is kept under `poison/`. Raises Retryable while storage is away.
    """
    await _keep(core, queue, message_id, body)
    try:
        return await receive_version(core, upload)
    except Retryable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, raising it again would lose the upload in silence
        text = f"The upload cannot be received ({type(error).__name__}): upload it again under another name."
        size, now = upload.size or 0, core.clock.now()
        document = describe_upload(core, upload, BlobInfo(upload.etag or "unknown", size, now, ""))
        await fail_upload(core, document, Reason(code="poisoned", message=text))
        return document.id


async def _keep(core: Core, queue: str, message_id: str, body: bytes) -> None:
    await core.blobs.write(WORK, f"poison/{queue}/{message_id}.json", body, JSON)
