"""What the tags of an upload say, and that they leave room for everybody else's."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from shared.domain.documents.event import FACTS, Event, EventName
from shared.domain.uploads.outcome_tags import MAX_TAGS, OWN_TAGS, Outcome, merge_tags, outcome_of, outcome_tags

REASON = {"reason": {"code": "encrypted", "message": "The file is encrypted."}}


def event(name: EventName, **data: Any) -> Event:
    """An event of a Document."""
    common = {"document_id": "d1", "parent": None}
    return Event(id="1", name=name, source="s", subject="s", time=datetime(2026, 1, 1, tzinfo=UTC), data=common | data)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (event("received"), {"intray": "received"}),
        (event("review_requested"), {"intray": "in_review"}),
        (event("finalized", disposition="ACCEPT"), {"intray": "finalized"}),
        (event("finalized", disposition="REJECT"), {"intray": "rejected"}),
        (event("corrected", disposition="ACCEPT"), {"intray": "finalized"}),
        (event("duplicate", duplicate_of="d2"), {"intray": "duplicate", "intray_reason": "d2"}),
        (event("unpacked"), {"intray": "unpacked"}),
        (event("failed", **REASON), {"intray": "failed", "intray_reason": "encrypted"}),
        (event("held", **REASON), {"intray": "held", "intray_reason": "encrypted"}),
    ],
)
def test_each_event_has_its_tags(told: Event, expected: dict[str, str]) -> None:
    """The outcome in a word, why where there is a reason, and the id to ask for."""
    assert expected | {"intray_document": "d1"} == outcome_tags(told)


def test_every_event_has_an_outcome_but_the_last() -> None:
    """None is forgotten here, and no word is without an event."""
    outcomes = {
        outcome_of(event(name, disposition=disposition)) for name in FACTS for disposition in ("ACCEPT", "REJECT")
    }
    assert {None, *get_args(Outcome)} == outcomes
    assert {} == outcome_tags(event("deleted"))


def test_what_came_out_of_a_file_has_no_tags() -> None:
    """Nobody dropped that blob; a Part even has its parent's."""
    assert {} == outcome_tags(event("received", parent="d0"))


def test_a_value_that_storage_refuses_is_left_out() -> None:
    """The other tags are worth more than a reason that makes the whole write fail."""
    assert {"intray": "failed", "intray_document": "d1"} == outcome_tags(event("failed", reason={"code": "nope!"}))


def test_tags_of_others_stay() -> None:
    """Only our own are replaced, and taken away when they no longer hold."""
    present = {"Malware Scanning scan result": "No threats found", "intray": "failed", "intray_reason": "encrypted"}
    merged = merge_tags(present, {"intray": "finalized", "intray_document": "d1"})
    assert {
        "Malware Scanning scan result": "No threats found",
        "intray": "finalized",
        "intray_document": "d1",
    } == merged


@pytest.mark.parametrize(("others", "own"), [(7, 3), (8, 2), (9, 1), (10, 0)])
def test_a_full_blob_gets_the_most_useful_ones(others: int, own: int) -> None:
    """A blob has room for ten; the outcome itself comes first."""
    present = {f"other{number}": "" for number in range(others)}
    merged = merge_tags(present, dict.fromkeys(OWN_TAGS, "x"))
    assert MAX_TAGS >= len(merged)
    assert [*present, *OWN_TAGS[:own]] == list(merged)
