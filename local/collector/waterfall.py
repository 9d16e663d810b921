"""The spans of one Run as a tree in the order of their start, with what a person reads of each."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from local.collector.telemetry_files import read_entries
from shared import telemetry
from shared.telemetry.traces import ids_of_run


class TraceSpan(BaseModel):
    """A span as it is shown. Times in seconds, `start` since the first span; `depth` below the root; `error`: type."""

    name: str
    depth: int
    start: float
    duration: float
    outcome: str | None = None
    reason: str | None = None
    error: str | None = None
    task: str | None = None
    deferrals: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


class Trace(BaseModel):
    """The trace of a Run: `seconds` from its first to its last span, tokens and cost of its model calls."""

    document_id: str
    run: int
    trace_id: str
    seconds: float
    model_calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    spans: tuple[TraceSpan, ...]


class _Placed(NamedTuple):
    depth: int
    entry: dict[str, Any]


def load_trace(folder: Path, document_id: str, run: int) -> Trace | None:
    """Return the trace of a Run as far as it was received; None when nothing was."""
    trace_id = f"{ids_of_run(document_id, run).trace_id:032x}"
    entries = [entry for entry in read_entries(folder, "spans", trace_id) if entry["trace"] == trace_id]
    if not entries:
        return None
    began, ended = min(entry["start"] for entry in entries), max(entry["end"] for entry in entries)
    spans = tuple(_span(placed, began) for placed in _tree(entries))
    calls = [span for span in spans if span.input_tokens is not None]
    return Trace(
        document_id=document_id,
        run=run,
        trace_id=trace_id,
        seconds=_seconds(ended - began),
        model_calls=len(calls),
        input_tokens=sum(span.input_tokens or 0 for span in calls),
        output_tokens=sum(span.output_tokens or 0 for span in calls),
        cost_usd=round(sum(span.cost_usd or 0 for span in calls), 8),
        spans=spans,
    )


def _tree(entries: Iterable[dict[str, Any]]) -> list[_Placed]:
    """Return the spans depth first; one whose parent has not been received yet stands at the top."""
    entries = sorted(entries, key=lambda entry: (entry["start"], -entry["end"]))
    ids, children = {entry["span"] for entry in entries}, defaultdict[str, list[dict[str, Any]]](list)
    for entry in entries:
        children[entry["parent"] if entry["parent"] in ids else ""].append(entry)
    ordered: list[_Placed] = []
    pending = [_Placed(0, entry) for entry in reversed(children[""])]
    while pending:
        placed = pending.pop()
        ordered.append(placed)
        pending += [_Placed(placed.depth + 1, child) for child in reversed(children[placed.entry["span"]])]
    return ordered


def _span(placed: _Placed, began: int) -> TraceSpan:
    entry, attributes = placed.entry, placed.entry["attributes"]
    is_call = "gen_ai.operation.name" in attributes
    return TraceSpan(
        name=entry["name"],
        depth=placed.depth,
        start=_seconds(entry["start"] - began),
        duration=_seconds(entry["end"] - entry["start"]),
        outcome=attributes.get(telemetry.OUTCOME) or attributes.get(telemetry.STATE),
        reason=attributes.get(telemetry.REASON),
        error=attributes.get(telemetry.ERROR_TYPE),
        task=attributes.get(telemetry.TASK),
        deferrals=attributes.get(telemetry.DEFERRALS, 0),
        input_tokens=attributes.get("gen_ai.usage.input_tokens", 0) if is_call else None,
        output_tokens=attributes.get("gen_ai.usage.output_tokens", 0) if is_call else None,
        cost_usd=attributes.get(telemetry.COST, 0.0) if is_call else None,
    )


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / 1e9, 4)
