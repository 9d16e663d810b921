"""Index tags of an upload's blob: they show its outcome to those who dropped it."""

import re
from collections.abc import Mapping
from typing import Literal

from shared.domain.documents.event import Event, EventName

Outcome = Literal["received", "in_review", "finalized", "rejected", "duplicate", "unpacked", "failed", "held"]
"""The values of OUTCOME_TAG."""
OUTCOME_TAG = "intray"
DOCUMENT_TAG = "intray_document"
REASON_TAG = "intray_reason"
OWN_TAGS = (OUTCOME_TAG, REASON_TAG, DOCUMENT_TAG)
"""The tags that Intray writes, the most useful first; every other tag of a blob belongs to somebody else."""
MAX_TAGS = 10
"""Tags that a blob can have (Azure Storage, "Set Blob Tags")."""
_OUTCOMES: dict[EventName, Outcome] = {
    "received": "received",
    "review_requested": "in_review",
    "duplicate": "duplicate",
    "unpacked": "unpacked",
    "failed": "failed",
    "held": "held",
}
"""The outcome that an event tells of; `finalized` and `corrected` depend on their disposition, `deleted` has none."""
_TAG_VALUE = re.compile(r"[A-Za-z0-9 +\-.:=_/]{1,256}")


def outcome_of(event: Event) -> Outcome | None:
    """Return the outcome that an event tells of; None for one after which there is no upload left."""
    if event.name in {"finalized", "corrected"}:
        return "rejected" if event.data.get("disposition") == "REJECT" else "finalized"
    return _OUTCOMES.get(event.name)


def outcome_tags(event: Event) -> dict[str, str]:
    """Return the tags that show an event at the blob of its document; none where there is nothing to show.

    A file that came out of another one has no blob that somebody dropped.
    """
    outcome = outcome_of(event)
    if outcome is None or event.data.get("parent") is not None:
        return {}
    tags = {OUTCOME_TAG: outcome, REASON_TAG: _reason(event), DOCUMENT_TAG: str(event.data["document_id"])}
    return {name: value for name, value in tags.items() if _TAG_VALUE.fullmatch(value)}


def merge_tags(present: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a blob with `own` in place of those that Intray wrote before; others stay as they are.

    Where the others leave no room for all of them, the first of OWN_TAGS are in it.
    """
    others = {name: value for name, value in present.items() if name not in OWN_TAGS}
    room = max(0, MAX_TAGS - len(others))
    return others | {name: own[name] for name in [name for name in OWN_TAGS if name in own][:room]}


def _reason(event: Event) -> str:
    """Return why a document failed or is held, as a code; of a duplicate, the id of the document that it repeats."""
    reason = event.data.get("reason")
    if isinstance(reason, Mapping):
        return str(reason.get("code", ""))
    return str(event.data.get("duplicate_of") or "")
