"""What `intray process` writes for each file. The keys are a contract: docs/cli.md describes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.documents.result import Result, ResultField
from shared.domain.documents.run import Run, State
from shared.pipeline.operations.status import DocumentDetail

_RECOGNISED = frozenset({"ocr", "mixed"})
_WITHOUT_RESULT = frozenset({State.FAILED, State.HELD, State.DUPLICATE, State.UNPACKED})


def report(
    file: str,
    detail: DocumentDetail,
    events: Sequence[Mapping[str, Any]],
    originals: Mapping[str, str],
    children: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the report of one file; `originals` has the file of each document id, to name what a duplicate repeats.

    `children`: the reports of what came out of it.
    """
    run = detail.run
    result = None if run.state in _WITHOUT_RESULT else detail.result
    usage = run.bill.usage
    return {
        "file": file,
        "document_id": run.document_id,
        "state": run.state.value,
        "document_type": run.document_type,
        "fields": {name: _field(field) for name, field in result.fields.items()} if result else {},
        "findings": [finding.model_dump(mode="json") for finding in result.findings] if result else [],
        "disposition": run.disposition if result else None,
        "reasons": _reasons(run, result, originals),
        "pages": run.pages,
        "ocr_pages": sum(page.source in _RECOGNISED for page in result.pages) if result else 0,
        "model_calls": run.bill.calls,
        "tokens": {
            "prompt": usage.prompt,
            "cached": usage.cached,
            "completion": usage.completion,
            "total": usage.prompt + usage.completion,
        },
        "cost_usd": run.bill.cost_usd,
        "seconds": seconds(detail.document.received, run),
        "members": [member.model_dump(mode="json") for member in detail.members],
        "children": list(children),
        "events": [{"type": event["type"], "id": event["id"]} for event in events],
    }


def seconds(received: datetime, run: Run) -> float:
    """Return the seconds from a Document's receipt to its outcome (so far: to its last change)."""
    return round(((run.finished or run.updated) - received).total_seconds(), 3)


def _field(field: ResultField) -> dict[str, Any]:
    value = field.model_dump(mode="json")
    shown = {
        "value": value["value"],
        "confidence": value["confidence"],
        "evidence": [_place(place) for place in value["evidence"]],
    }
    if field.second:
        shown["second"] = value["second"]
    if field.rows:
        shown["rows"] = [
            {
                "cells": row["cells"],
                "confidence": row["confidence"],
                "evidence": [_place(place) for place in row["evidence"]],
            }
            for row in value["rows"]
        ]
    return shown


def _place(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {key: evidence[key] for key in ("page", "boxes", "text", "kind")}


def _reasons(run: Run, result: Result | None, originals: Mapping[str, str]) -> list[dict[str, str]]:
    if run.duplicate_of:
        original = originals.get(run.duplicate_of, run.duplicate_of)
        text = f"The same bytes as {original} (document {run.duplicate_of}): see its result."
        return [{"code": "duplicate", "message": text}]
    reasons = result.reasons if result else run.reasons
    return [reason.model_dump() for reason in reasons]
