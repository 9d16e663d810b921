"""Giving up: a poison message is kept as a blob, and the Run it belonged to ends as failed."""

from typing import get_args

from shared.domain.errors import UnreadableRecord
from shared.domain.run import Reason
from shared.domain.stored import load_stored
from shared.domain.task import Stage, StageMessage
from shared.stages.artefacts import JSON
from shared.stages.core import WORK, Core
from shared.stages.fail import fail_by_id
from shared.stages.ledger import load
from shared.stages.waiting import load_waiting

STAGES = frozenset(get_args(Stage))


async def give_up(core: Core, queue: str, message_id: str, body: bytes) -> str | None:
    """Keep a poison message of `queue` under `poison/` in the work container, and end its Run; the Document's id.

    Messages to `publish` and `review` end nothing: the sweeper sends them again. None for an unreadable message.
    """
    await core.blobs.write(WORK, f"poison/{queue}/{message_id}.json", body, JSON)
    try:
        message = load_stored(StageMessage, body)
    except UnreadableRecord:
        return None
    if queue not in STAGES:
        return message.document_id
    reason = await _reason(core, queue, message)
    await fail_by_id(core, message.document_id, message.run, reason)
    return message.document_id


async def _reason(core: Core, queue: str, message: StageMessage) -> Reason:
    """Return why the Run ends: with what it waited for, where it was deferred to the end."""
    snapshot = await load(core, message.document_id, message.run)
    waiting = await load_waiting(core, message.document_id, snapshot.run) if snapshot else None
    if waiting is None or waiting.stage != queue:
        text = f"The stage {queue!r} failed again and again. Look for the reason in the logs, then replay the document."
        return Reason(code="poisoned", message=text)
    text = f"The stage {queue!r} waited since {waiting.since:%Y-%m-%d %H:%M} UTC, {waiting.deferrals} times. "
    return Reason(code="poisoned", message=f"{text}{waiting.message} Then replay the document.")
