"""Giving up: a poison message is kept as a blob, and the Run it belonged to ends as failed."""

from typing import get_args

from shared.domain.errors import UnreadableRecord
from shared.domain.run import Reason
from shared.domain.stored import load_stored
from shared.domain.task import Stage, StageMessage
from shared.stages.core import Core
from shared.stages.fail import fail_by_id
from shared.stages.messages import keep_message
from shared.stages.stored_rows import report_unreadable

STAGES = frozenset(get_args(Stage))


async def give_up(core: Core, queue: str, message_id: str, body: bytes) -> str | None:
    """Keep a poison message of `queue` under `poison/` in the work container, and end its Run; the Document's id.

    Messages to `publish` and `review` end nothing: the sweeper sends them again. None for an unreadable message.
    """
    await keep_message(core, queue, message_id, body)
    try:
        message = load_stored(StageMessage, body)
    except UnreadableRecord:
        return None
    if queue not in STAGES:
        return message.document_id
    text = f"The stage {queue!r} failed again and again. An operator can see why in the logs, and replay the document."
    try:
        await fail_by_id(core, message.document_id, message.run, Reason(code="poisoned", message=text))
    except UnreadableRecord as error:  # the message is kept, and the status list shows the Document as unreadable
        report_unreadable(message.document_id, error.stored)
    return message.document_id
