"""The audit: a clean run passes, and each promise that is broken shows in its own figure and in no other."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from quality.chaos.evidence.audit import (
    audit_figures,
    find_contradicting_events,
    find_failed_good_uploads,
    find_lost_uploads,
    find_stranded_copies,
    find_undelivered_facts,
    find_unfounded_events,
    find_wrong_outcome_counts,
)
from quality.chaos.evidence.evidence import Evidence, Partition, Upload
from quality.chaos.evidence.payments import ModelCall, Payments
from quality.chaos.evidence.witness import Delivery
from shared.domain.documents.event import Event, EventName
from shared.domain.documents.run import Run, State
from shared.domain.models.model_call import Bill
from shared.pipeline.store.rows.audit import Audit

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WAY = (State.RECEIVED, State.READING, State.EXTRACTING, State.VALIDATING, State.DECIDING)


def event(document: str, name: EventName) -> Event:
    data: dict[str, object] = {"document_id": document, "run": 1, "result_name": f"invoice/{document}.json"}
    return Event(id=f"{document}.1.{name}", name=name, source="s", subject=document, time=NOW, data=data)


def delivery(told: Event, **changed: Any) -> Delivery:
    data = {**told.data, **changed}
    return Delivery(told.id, told.source, told.type, data, json.dumps(data, sort_keys=True))


def partition(document: str, *way: State, **changes: Any) -> Partition:
    """The rows of a Document that went this way, with its events, all of them published."""
    lines = [
        Audit(at="", before=before, after=after, event=None) for before, after in zip((None, *way), way, strict=False)
    ]
    run = Run(document_id=document, state=way[-1], updated=NOW, **{"bill": Bill(calls=1), **changes})
    ends: dict[State, EventName] = {State.FINALIZED: "finalized", State.FAILED: "failed"}
    names: list[EventName] = ["received", *([ends[way[-1]]] if way[-1] in ends else [])]
    return Partition({1: run}, {1: lines}, [(event(document, name), True) for name in names])


def clean() -> Evidence:
    """Two documents, finalized; one event came twice; one model call was made again after a kill."""
    documents = {key: partition(key, *WAY, State.FINALIZED) for key in ("d1", "d2")}
    told = [delivery(one) for rows in documents.values() for one, _ in rows.events]
    return Evidence(
        uploads=[
            Upload("a.pdf", "d1", required=True, good=True),
            Upload("b.pdf", "d2", required=True),
            Upload("b.pdf", "d3", required=False),
        ],
        documents=documents,
        results={f"invoice/{key}.json": {"document_id": key, "run": 1} for key in documents},
        deliveries=[*told, told[0]],
        premature=[],
        payments=Payments(
            calls=[
                ModelCall("c1", "r1", "7-a", 200, heard=True),
                ModelCall("c1", "r1", "8-b", 200, heard=True),
                ModelCall("c2", "r2", "8-c", 429, heard=True),
                ModelCall("c2", "r2", "8-d", 200, heard=True),
            ],
            tries={"r1": 2, "r2": 1},
            stored={"r1": "8-b", "r2": "8-d"},
            killed=frozenset({7}),
        ),
        poison=[],
        marks=[],
        waiting={},
        undelivered=0,
        faults={"kill host": 1, "storage busy": 3},
        seconds=(1.0, 2.0),
        settled=True,
    )


def missed(found: Evidence) -> set[str]:
    return {figure.name for figure in audit_figures(found) if not figure.ok}


def test_a_clean_run_meets_every_goal() -> None:
    """A call made again after a kill is no defect, nor is a version that went before anybody saw it."""
    assert set() == missed(clean())
    values = {figure.name: figure.value for figure in audit_figures(clean())}
    assert (1.5, 1, 2, 1) == (
        values["paid calls per distinct request"], values["calls paid again"],
        values["calls on the bills of runs"], values["kills"],
    )  # fmt: skip


def test_a_required_upload_without_a_document_is_lost() -> None:
    """Named, so that one can look for it."""
    found = clean()
    found.uploads.append(Upload("c.pdf", "d4", required=True))
    assert (["c.pdf"], {"lost"}) == (find_lost_uploads(found), missed(found))


def test_a_run_that_stays_on_its_way_is_lost() -> None:
    """A Document in the table is not enough: it needs its outcome."""
    found = clean()
    found.documents["d1"] = partition("d1", *WAY)
    assert ["a.pdf"] == find_lost_uploads(found)
    assert ["d1"] == find_wrong_outcome_counts(found)


def test_two_outcomes_in_a_history_are_one_too_many() -> None:
    """The state of the moment may look right and still have been another before."""
    found = clean()
    found.documents["d1"].audits[1].append(Audit(at="", before=State.FAILED, after=State.FINALIZED, event=None))
    assert ["d1"] == find_wrong_outcome_counts(found)


def test_the_end_of_a_review_is_no_second_outcome() -> None:
    """A person's decision belongs to the outcome that asked for it."""
    found = clean()
    found.documents["d1"] = partition("d1", *WAY, State.IN_REVIEW, State.FINALIZED)
    assert [] == find_wrong_outcome_counts(found)


def test_a_good_document_must_not_fail() -> None:
    """A fault around it is no reason; a bad file, or one that went, may fail."""
    found = clean()
    found.documents["d1"] = partition("d1", *WAY, State.FAILED)
    found.documents["d2"] = partition("d2", *WAY, State.FAILED)
    assert ["a.pdf"] == find_failed_good_uploads(found)


@pytest.mark.parametrize(("state", "stranded"), [(State.FAILED, ["d2"]), (State.FINALIZED, [])])
def test_a_copy_needs_a_result_to_share(state: State, stranded: list[str]) -> None:
    """A duplicate of what failed was processed by nobody."""
    found = clean()
    found.documents["d1"] = partition("d1", *WAY, state)
    found.documents["d2"] = partition("d2", State.RECEIVED, State.DUPLICATE, duplicate_of="d1")
    assert stranded == find_stranded_copies(found)
    found.documents["d2"].runs[2] = found.documents["d2"].runs[1].model_copy(update={"state": State.FINALIZED})
    assert [] == find_stranded_copies(found)


def test_a_run_begun_twice_is_an_execution_too_many() -> None:
    """A repeated event, or a copy, begins none."""
    found = clean()
    found.documents["d1"].audits[1].append(Audit(at="", before=State.RECEIVED, after=State.READING, event=None))
    assert {"executions per document", "documents executed more than once"} == missed(found)
    found.documents["d2"] = partition("d2", State.RECEIVED, State.DUPLICATE, duplicate_of="d1")
    assert "documents executed more than once" in missed(found)


def test_an_event_that_nobody_heard_is_missed() -> None:
    """The outbox says that it is out, the subscriber says otherwise."""
    found = clean()
    silent = replace(found, deliveries=[one for one in found.deliveries if one.id != "d2.1.received"])
    assert (["d2.1.received"], {"event facts never told"}) == (find_undelivered_facts(silent), missed(silent))


def test_an_event_without_a_fact_is_missed() -> None:
    """Somebody was told what never happened."""
    found = clean()
    found.deliveries.append(delivery(event("d9", "received")))
    assert (["d9.1.received"], {"events told without a fact"}) == (find_unfounded_events(found), missed(found))


def test_one_id_says_one_thing_and_one_fact_has_one_id() -> None:
    """Otherwise a subscriber could not de-duplicate."""
    found = clean()
    found.deliveries.append(delivery(found.documents["d1"].events[1][0], cost_usd=3))
    assert ["d1.1.finalized"] == find_contradicting_events(found)
    assert {"facts told in two ways", "runs finalized in two ways"} == missed(found)
    found = clean()
    found.deliveries.append(replace(found.deliveries[0], id="other"))
    assert ["('d1', 1, 'received')"] == find_contradicting_events(found)


def test_finalized_needs_its_result() -> None:
    """A link in an event leads to the result of that very run."""
    found = clean()
    del found.results["invoice/d1.json"]
    found.results["invoice/d2.json"]["run"] = 2
    assert {"finalized without its result"} == missed(found)
    assert {"finalized before the outcome stood"} == missed(replace(clean(), premature=["d1.1.finalized"]))


def test_a_call_paid_again_needs_its_reason_and_its_line_in_the_ledger() -> None:
    """More repeats than interruptions, or than the ledger knows, are two different defects."""
    calm = replace(clean().payments, killed=frozenset())
    assert {
        "calls paid again", "the same where nothing was lost", "requests paid otherwise than once and once a lost call",
    } == missed(replace(clean(), payments=calm))  # fmt: skip
    unknown = replace(clean().payments, tries={"r1": 1, "r2": 1})
    assert {"calls that the ledger does not know"} == missed(replace(clean(), payments=unknown))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"marks": ["d1"]}, "active marks left"),
        ({"waiting": {"read": 1}}, "messages left in queues"),
        ({"undelivered": 1}, "events left undelivered"),
        ({"settled": False}, "settled"),
    ],
)
def test_what_is_left_over_shows(change: dict[str, Any], name: str) -> None:
    """Nothing may still want work when everything is said to be done."""
    assert {name} == missed(replace(clean(), **change))


def test_an_event_left_in_its_outbox_shows() -> None:
    """It may have been told all the same; then only the outbox is wrong."""
    found = clean()
    found.documents["d1"].events[0] = (found.documents["d1"].events[0][0], False)
    assert {"events left in outboxes"} == missed(found)
