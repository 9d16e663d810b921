"""The report of one file, as `intray process` writes it and people see it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cli.output.tables import count_values, outcome_line, results_table
from local.processing.report import report
from local.terminal import money, plain
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.extraction import Evidence, Row
from shared.domain.documents.result import Result, ResultField
from shared.domain.documents.run import Reason, Run, State
from shared.domain.models.model_call import Bill, Usage
from shared.pipeline.operations.status import DocumentDetail

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID = document_id("incoming", "a.pdf", "1")
PLACE = Evidence(page=1, lines=("p1.l2",), boxes=((1.0, 2.0, 3.0, 4.0),), text="Total 3.50")
SHOWN_PLACE = {"page": 1, "boxes": [[1.0, 2.0, 3.0, 4.0]], "text": "Total 3.50", "kind": "text"}
WAIT = Reason(code="low_confidence", message="Total is doubtful.")


def detail(state: State, **changes: Any) -> DocumentDetail:
    """A document in a state, with a result where that state has one."""
    document = Document(id=ID, container="incoming", name="a.pdf", etag="1", size=9, uploaded=NOON, received=NOON)
    bill = Bill(calls=3, usage=Usage(prompt=100, cached=40, completion=10), cost_usd=0.5)
    run = Run(document_id=ID, state=state, updated=NOON + timedelta(seconds=2), bill=bill, pages=1, **changes)
    if state not in {State.FINALIZED, State.IN_REVIEW}:
        return DocumentDetail(document=document, run=run, result=None, events=(), refused={})
    row = Row(cells={"what": "Apples", "price": Decimal("3.5")}, evidence=(PLACE,), confidence=0.8)
    fields = {
        "total": ResultField(value=Decimal("3.5"), confidence=0.9, evidence=(PLACE,)),
        "rows": ResultField(value=[dict(row.cells)], confidence=0.8, evidence=(PLACE,), rows=(row,)),
        "iban": ResultField(),
    }
    result = Result(
        document_id=ID, run=1, container="incoming", name="a.pdf", etag="1", content_hash="0", document_type="note",
        configuration="c", disposition=run.disposition or "ACCEPT", reasons=run.reasons, fields=fields, findings=(),
        pages=(), bill=bill, received=NOON, finished=NOON,
    )  # fmt: skip
    return DocumentDetail(document=document, run=run, result=result, events=(), refused={})


def test_a_result_is_reported_with_its_evidence_and_cost() -> None:
    """Values with confidence and places, a table as rows; tokens, dollars and seconds of the run."""
    found = report(
        "in/a.pdf",
        detail(State.IN_REVIEW, document_type="note", disposition="REVIEW", reasons=(WAIT,)),
        [{"type": "dev.intray.document.received.v1", "id": "e1", "data": {}}],
        {},
    )
    fields = found.pop("fields")
    assert {"value": 3.5, "confidence": 0.9, "evidence": [SHOWN_PLACE]} == fields["total"]
    assert {"value": None, "confidence": None, "evidence": []} == fields["iban"]
    assert [{"what": "Apples", "price": 3.5}] == fields["rows"]["value"]
    cells = {"cells": {"what": "Apples", "price": 3.5}, "confidence": 0.8, "evidence": [SHOWN_PLACE]}
    assert [cells] == fields["rows"]["rows"]
    assert {
        "file": "in/a.pdf",
        "document_id": ID,
        "state": "in_review",
        "document_type": "note",
        "findings": [],
        "disposition": "REVIEW",
        "reasons": [{"code": "low_confidence", "message": "Total is doubtful."}],
        "pages": 1,
        "ocr_pages": 0,
        "model_calls": 3,
        "tokens": {"prompt": 100, "cached": 40, "completion": 10, "total": 110},
        "cost_usd": 0.5,
        "seconds": 2.0,
        "members": [],
        "children": [],
        "events": [{"type": "dev.intray.document.received.v1", "id": "e1"}],
    } == found


@pytest.mark.parametrize("state", [State.FAILED, State.HELD])
def test_without_a_result_there_are_no_fields_but_reasons(state: State) -> None:
    """Whoever reads the report sees at once that there is nothing to use, and why."""
    found = report("a.pdf", detail(state, reasons=(WAIT,)), [], {})
    assert ({}, None, "low_confidence") == (found["fields"], found["disposition"], found["reasons"][0]["code"])


def test_a_duplicate_names_the_file_it_repeats() -> None:
    """By the name that the person gave, and by document where that file is not among theirs."""
    copy = detail(State.DUPLICATE, duplicate_of="d1")
    assert "in/first.pdf" in report("a.pdf", copy, [], {"d1": "in/first.pdf"})["reasons"][0]["message"]
    assert "The same bytes as d1" in report("a.pdf", copy, [], {})["reasons"][0]["message"]


def test_a_table_counts_as_many_values_as_it_has_rows() -> None:
    """One total and one row are two values; an absent field is none."""
    found = detail(State.FINALIZED).result
    assert found is not None
    assert 2 == count_values(found)


def test_an_outcome_is_one_line_whatever_the_name_holds() -> None:
    """A file name can steer no terminal and hide nothing by turning its letters around."""
    broken = detail(State.FAILED, reasons=(WAIT,))
    named = broken.model_copy(
        update={"document": broken.document.model_copy(update={"name": "a\x1b[31m\n\u202efdp.exe"})}
    )
    line = outcome_line(named).plain
    assert "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}fdp.exe" in line
    assert line.endswith("failed  Total is doubtful.")
    assert plain("März 🧾.pdf") == "März 🧾.pdf"
    assert 1 == results_table([("a", named)]).row_count


def test_small_amounts_keep_their_digits() -> None:
    """Documents cost fractions of a cent."""
    assert ["$0.0016", "$1,234.50"] == [money(0.00163), money(1234.5)]
