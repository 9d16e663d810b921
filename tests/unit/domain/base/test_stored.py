"""Stored values: a later version's fields are kept, an earlier version's gaps are filled, defaults are not written."""

import json
from copy import replace
from datetime import UTC, datetime

import pytest

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import dump_stored, load_stored, salvage_fields
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.review import ReviewTask
from shared.domain.documents.run import Reason, Run, State, advance, amend
from shared.domain.documents.task import StageMessage, TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType
from shared.pipeline.review.review import Decision

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
RUN = {
    "document_id": "d1",
    "updated": "2026-11-28T12:00:00Z",
    "state": "reading",
    "tasks_left": 2,
    "bill": {"calls": 1, "usage": {"prompt": 3, "audio": 7}, "currency": "EUR"},
    "reasons": [{"code": "a", "message": "b", "action": {"kind": "wait", "until": [1, 2]}}],
    "priority": {"level": 1},
}

CASE = {
    "document_id": "d1",
    "run": 1,
    "document_type": None,
    "name": "n",
    "opened": "2026-11-28T12:00:00Z",
    "doubt": 0.5,
    "reasons": [],
    "lease": {"holder": "a", "token": 1, "expires": "2026-11-28T12:00:00Z", "device": "x"},
    "team": "b",
}


def test_unknown_fields_survive_a_change_and_a_rewrite_at_every_depth() -> None:
    """A worker of this version hands a Run back to a later one with everything that it wrote."""
    run = load_stored(Run, json.dumps(RUN))
    written = json.loads(dump_stored(amend(run, NOW, tasks_left=1, bill=run.bill.plus(Bill(calls=2)))))
    assert {"level": 1} == written["priority"]
    assert {"calls": 3, "usage": {"prompt": 3, "audio": 7}, "currency": "EUR"} == written["bill"]
    assert RUN["reasons"] == written["reasons"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (ReviewTask, CASE),
        (TaskDone, {"stage": "read", "name": "p00001-00002", "bill": {"calls": 1, "x": 1}, "worker": "w"}),
        (StageMessage, {"document_id": "d1", "waits": 3, "trace": "00-ab"}),
        (Extraction, {"fields": {"a": {"value": "b", "signals": {"grounded": 1, "ocr": 1, "parsed": 1, "ink": 0.5}}},
                      "tables": {"t": [{"cells": {"c": 1}, "origin": "p1"}]}, "language": "de"}),
    ],
)  # fmt: skip
def test_every_stored_value_keeps_what_it_does_not_know(kind: type[ReviewTask], body: dict[str, object]) -> None:
    """What is read and written without a change is the same JSON."""
    assert body == json.loads(dump_stored(load_stored(kind, json.dumps(body))))


def test_a_field_of_a_stored_type_is_written_under_the_key_of_earlier_versions() -> None:
    """Types that were stored before `field_type` got its name are read, and older workers read what is stored now."""
    field = {"name": "total", "kind": "money", "title": "Total"}
    table = {"name": "items", "kind": "table", "title": "Items", "columns": [field]}
    body = {"name": "bill", "title": "Bill", "fields": [field, table]}
    stored = load_stored(DocumentType, json.dumps(body))
    assert ["money", "table"] == [spec.field_type for spec in stored.fields]
    assert body == json.loads(dump_stored(stored))
    assert stored.with_version() == replace(stored, version="c3").with_version()


def test_a_run_is_written_under_the_keys_of_earlier_versions() -> None:
    """Renamed fields keep their stored keys: a worker of an earlier version reads the pages and the artifact."""
    keys = {"chosen": 4, "heading": 2, "final": "result.json"}
    run = load_stored(Run, json.dumps(RUN | keys))
    assert (4, 2, "result.json") == (run.selected_pages, run.heading_page, run.final_artifact)
    written = json.loads(dump_stored(amend(run, NOW, selected_pages=5)))
    assert keys | {"chosen": 5} == {key: written[key] for key in keys}
    assert not written.keys() & {"selected_pages", "heading_page", "final_artifact"}


def test_defaults_are_not_written() -> None:
    """A field of this version that is not used is not in the row, so a strict earlier version reads it."""
    assert {"document_id", "updated"} == set(json.loads(dump_stored(Run(document_id="d1", updated=NOW))))
    assert {"document_id": "d1"} == json.loads(dump_stored(StageMessage(document_id="d1")))
    moved = advance(Run(document_id="d1", updated=NOW), State.READING, NOW, pages=2)
    assert {"document_id", "updated", "state", "sequence", "pages"} == set(json.loads(dump_stored(moved)))


def test_fields_that_an_earlier_version_did_not_write_have_their_defaults() -> None:
    """The row of a Run holds what the first version knew."""
    run = load_stored(Run, '{"document_id":"d1","updated":"2026-11-28T12:00:00Z"}')
    assert Run(document_id="d1", updated=NOW) == run


UNREADABLE = {
    "empty": "",
    "no JSON": "not json",
    "list": "[]",
    "null": "null",
    "number": "3",
    "text": '"text"',
    "empty object": "{}",
    "bytes": b"\xff\xfe",
    "deep": "[" * 10_000,
    "missing time": '{"document_id": "d1"}',
    "state": json.dumps(RUN | {"state": "translating"}),
    "time": json.dumps(RUN | {"updated": "yesterday"}),
    "count": json.dumps(RUN | {"tasks_left": "many"}),
    "object": json.dumps(RUN | {"bill": []}),
    "item": json.dumps(RUN | {"reasons": [1]}),
    "choice": json.dumps(RUN | {"disposition": "ESCALATE"}),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_reported_without_its_content(body: str | bytes) -> None:
    """The error names the class and the kinds of errors only: rows hold names of files and values."""
    with pytest.raises(UnreadableRecord, match=r"^a stored Run cannot be read by this version \([a-z_, ]+\)$"):
        load_stored(Run, body)


def test_a_value_from_outside_stays_strict() -> None:
    """A mistake in a request or in a type's YAML is told to whoever made it."""
    with pytest.raises(ValueError, match="extra_forbidden"):
        Decision.model_validate({"token": 1, "remark": "x"})
    with pytest.raises(ValueError, match="extra_forbidden"):
        DocumentType.model_validate({"name": "a", "title": "b", "fields": [], "polcy": {}})


def test_replace_rejects_an_unknown_name_though_reading_accepts_it() -> None:
    """Only what was read may be unknown, not what this program sets."""
    with pytest.raises(TypeError, match="cod"):
        replace(Reason(code="a", message="b"), cod="c")  # type: ignore[call-arg]  # the mistake


def test_the_readable_fields_of_an_unreadable_value_can_be_listed() -> None:
    """A status list shows as much as it can."""
    assert {"pages", "document_id"} == set(salvage_fields(Run, '{"document_id":"d1","pages":2,"state":"new","x":1}'))
    assert {"selected_pages": 4} == salvage_fields(Run, '{"chosen":4,"state":5}')
    assert {} == salvage_fields(Run, "[]")
    assert {} == salvage_fields(Run, "nonsense")
    assert {} == salvage_fields(Page, b"\xff")
