"""What became of the rows of a long list."""

import json
from pathlib import Path
from typing import Any

import pytest

from quality.evals.long_lists import count_reported, main

TYPE = """
name: shelf
title: Shelf
schema:
  type: object
  properties:
    things:
      type: array
      items:
        type: object
        properties: {what: {type: string}, pieces: {type: number}}
"""
NUTS, BOLTS, PINS = ({"what": what, "pieces": pieces} for what, pieces in (("Nuts", 2), ("Bolts", 3), ("Pins", 4)))


def run(folder: Path, records: list[dict[str, Any]], rows: list[dict[str, Any]], *messages: str) -> int:
    """The exit code for a report with these rows and findings."""
    for name in ("gold", "reports", "types/shelf"):
        (folder / name).mkdir(parents=True)
    (folder / "types/shelf/type.yaml").write_text(TYPE)
    (folder / "gold/list.json").write_text(json.dumps(records))
    findings = [{"rule": "rows_missing", "message": message, "fields": ["things"]} for message in messages]
    report = {
        "file": "/any/list.pdf",
        "document_type": "shelf",
        "fields": {"things": {"value": rows}},
        "findings": findings,
    }
    (folder / "reports/list.json").write_text(json.dumps(report))
    return main([str(folder / name) for name in ("reports", "gold", "types")])


def test_rows_that_are_read_or_reported_are_not_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three records: one read right, one half right, one reported."""
    records = [{**NUTS, "unknown": "x"}, BOLTS, PINS]
    code = run(tmp_path, records, [NUTS, {"what": "Bolts", "pieces": None}], "page 3 (p3.l1-p3.l2).")
    assert code == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["list", "3", "2", "1", "2", "1", "0"]


def test_a_row_that_is_neither_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing says that the third record is missing."""
    assert run(tmp_path, [NUTS, BOLTS, PINS], [NUTS, BOLTS]) == 1
    assert capsys.readouterr().out.splitlines()[1].split()[-1] == "1"


def test_places_that_are_only_counted_are_reported_too() -> None:
    """A finding names the first places and counts the others."""
    finding = {"rule": "rows_missing", "message": "Things: page 1 (p1.l1), page 2 (p2.l1) and 40 more."}
    other = {"rule": "unread_page", "message": "page 7 (nothing)"}
    assert count_reported([finding, other], "things") == 42
