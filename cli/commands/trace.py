"""`intray trace`: the way of one document through the stages, as a waterfall."""

import asyncio
import time
from pathlib import Path

from cli.commands.client import find_document
from cli.output.waterfall import print_trace
from local.cloud.addresses import CloudError, find
from local.cloud.api import api
from local.collector.telemetry_files import telemetry_folder
from local.collector.waterfall import Trace, load_trace
from local.settings import LocalSettings
from local.terminal import console
from shared.telemetry.traces import ROOT, ids_of_run

QUERY = """\
union AppDependencies, AppTraces
| where OperationId == "{trace_id}"
| project TimeGenerated, Name, DurationMs, Message, Properties
| order by TimeGenerated asc"""
EXPORT_SECONDS = 3.0
"""How long a Run that has ended may wait for its last spans to be exported."""


def print_query(document_id: str, run: int) -> int:
    """Print the query by which Log Analytics shows the trace of a Run."""
    print(QUERY.format(trace_id=f"{ids_of_run(document_id, run).trace_id:032x}"))
    return 0


async def trace(reference: str, run: int | None, as_json: bool, as_query: bool, state: Path | None) -> int:
    """Show the trace of a document's last Run, or of the one with this number; raises CloudError when there is none."""
    addresses = find(state or LocalSettings().state)
    async with api(addresses) as client:
        detail = await find_document(client, reference)
    number = run or detail.run.number
    if as_query:
        return print_query(detail.document.id, number)
    folder = telemetry_folder(addresses.state)
    loaded = await _load_when_exported(folder, detail.document.id, number, detail.run.is_settled)
    if loaded is None:
        raise CloudError(
            f"No span of run {number} of {detail.document.id} was received: look at OTEL_EXPORTER_OTLP_ENDPOINT if it "
            "is set; the oldest spans are dropped."
        )
    if as_json:
        print(loaded.model_dump_json(indent=2))
    else:
        print_trace(console(), loaded)
    return 0


async def _load_when_exported(folder: Path, document_id: str, run: int, has_root: bool) -> Trace | None:
    """Return the trace of a Run, of a settled one with its root span; workers export every second."""
    until = time.monotonic() + EXPORT_SECONDS
    while True:
        loaded = load_trace(folder, document_id, run)
        is_complete = loaded is not None and (not has_root or any(span.name == ROOT for span in loaded.spans))
        if is_complete or time.monotonic() > until:
            return loaded
        await asyncio.sleep(0.25)
