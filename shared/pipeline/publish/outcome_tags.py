"""Show the outcome of an upload as index tags of its blob: a projection of the document's latest event."""

import logging

from shared import telemetry
from shared.domain.base.errors import Blocked, Permanent, Retryable
from shared.domain.documents.event import Event
from shared.domain.uploads.malware_verdict import read_verdict
from shared.domain.uploads.outcome_tags import OUTCOME_TAG, merge_tags, outcome_tags
from shared.pipeline.context import Context
from shared.pipeline.intake.current_upload import find_current_etag
from shared.pipeline.publish.outbox import OutboxEntry, load_events


async def show_outcome(context: Context, document_id: str, events: list[OutboxEntry]) -> None:
    """Write the tags of a Document's latest event to its blob. Safe to repeat; nothing is written twice.

    `events`: its outbox, as it was loaded before.

    Two workers may do this at once, so a write is followed by another look: of both, the later event stays.
    A version that was overwritten keeps its own tags. What the service refuses is logged and ends nothing; raises
    Retryable when it is away.
    """
    while context.tag_support.enabled and events:
        event = events[-1].row.event
        if not await _try_to_tag(context, event):
            return
        events = await load_events(context, document_id)
        if not events or events[-1].row.event.id == event.id:
            return


async def _try_to_tag(context: Context, event: Event) -> bool:
    """Tag the blob of an event; return whether its tags were changed."""
    try:
        return await _tag(context, event)
    except Blocked as error:
        _report_refusal(error.code, str(error))
    except Permanent as error:
        if error.code == "tags_unsupported":
            context.tag_support.enabled = False
        _report_refusal(error.code, str(error))
    except Retryable:
        raise
    except Exception as error:  # noqa: BLE001 - a name that storage refuses, say: it must not poison the message
        _report_refusal(type(error).__name__, "see which documents have no tags")
    return False


async def _tag(context: Context, event: Event) -> bool:
    own = outcome_tags(event)
    if not own:
        return False
    container, name, etag = (str(event.data[key]) for key in ("container", "name", "etag"))
    present = await context.blobs.tags(container, name, etag)
    if present is None:
        current = await find_current_etag(context, str(event.data["document_id"]))
        present = await context.blobs.tags(container, name, current) if current else None
        if current is None or present is None:
            return False
        etag = current
    if context.limits.malware_wait is not None and read_verdict(present) is None:
        return (
            False  # all tags are replaced at once: the scanner's, if it comes between the two requests, would be lost
        )
    tags = merge_tags(present, own)
    if OUTCOME_TAG not in tags:
        _report_refusal("no_room", "the blob has ten index tags already: remove one")
    return tags != present and await context.blobs.set_tags(container, name, etag, tags)


def _report_refusal(code: str, action: str) -> None:
    """Log why outcomes are not shown, at most once in 15 minutes: documents go on all the same."""
    telemetry.alarm("outcome_not_tagged", code, {telemetry.ACTION: action}, logging.WARNING)
