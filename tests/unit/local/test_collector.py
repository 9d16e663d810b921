"""The local collector: what the exporters send is kept, bounded, and shown as a waterfall."""

import json
from io import StringIO
from pathlib import Path

import aiohttp
import pytest
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from rich.console import Console

from cli.commands.trace import print_query
from cli.output.waterfall import print_trace
from local.collector.server import PROTOBUF, serve
from local.collector.telemetry_files import TelemetryFiles, read_entries, telemetry_folder
from local.collector.waterfall import load_trace
from shared import telemetry
from shared.telemetry.traces import ids_of_run
from tests.support.deferred_document import deferred_document


async def post(endpoint: str, path: str, body: bytes, content_type: str = PROTOBUF) -> int:
    """The status of a request."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(endpoint + path, data=body, headers={"content-type": content_type}) as answer,
    ):
        return answer.status


async def test_spans_logs_and_metrics_are_kept(tmp_path: Path) -> None:
    """As the exporters of the app send them; ids are hexadecimal, values plain."""
    document_id, captured = await deferred_document()
    reader = InMemoryMetricReader()
    MeterProvider([reader]).get_meter("m").create_gauge("intray.queue.age", "s").set(2.5, {"intray.queue": "read"})
    measured = reader.get_metrics_data()
    assert measured is not None
    async with serve(tmp_path) as endpoint:
        bodies = {
            "/v1/traces": encode_spans(captured.spans),
            "/v1/logs": encode_logs(captured.logs),
            "/v1/metrics": encode_metrics(measured),
        }
        assert [200] * 3 == [await post(endpoint, path, body.SerializeToString()) for path, body in bodies.items()]
    spans = list(read_entries(tmp_path, "spans"))
    assert len(captured.spans) == len(spans)
    assert {f"{ids_of_run(document_id, 1).trace_id:032x}"} == {span["trace"] for span in spans}
    assert {True, False} == {span["error"] for span in spans}
    assert {"step_deferred", "document_outcome"} == {log["event"] for log in read_entries(tmp_path, "logs")}
    (point,) = read_entries(tmp_path, "metrics")
    assert ("intray.queue.age", "s", 2.5, {"intray.queue": "read"}) == tuple(
        point[name] for name in ("name", "unit", "value", "attributes")
    )


@pytest.mark.parametrize(
    ("body", "content_type", "status"), [(b"\xff", PROTOBUF, 400), (b"{}", "application/json", 415)]
)
async def test_what_is_no_otlp_is_refused(tmp_path: Path, body: bytes, content_type: str, status: int) -> None:
    """The answer says what to send."""
    async with serve(tmp_path) as endpoint:
        assert status == await post(endpoint, "/v1/traces", body, content_type)
    assert [] == list(read_entries(tmp_path, "spans"))


def test_files_are_bounded(tmp_path: Path) -> None:
    """Of each signal two files are kept, the oldest lines go; a line that is being written is not read."""
    files = TelemetryFiles(tmp_path, max_bytes=200)
    for number in range(100):
        files.append("spans", [{"number": number, "padding": "x" * 50}])
    kept = [entry["number"] for entry in read_entries(tmp_path, "spans")]
    assert kept == list(range(kept[0], 100))
    assert 2 <= len(kept) <= 10
    with (tmp_path / "spans.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"number": 100')
    assert kept == [entry["number"] for entry in read_entries(tmp_path, "spans")]


async def test_a_trace_is_a_waterfall(tmp_path: Path) -> None:
    """Stages in their order below what caused them, with attempts, errors, tokens and cost."""
    document_id, captured = await deferred_document()
    async with serve(telemetry_folder(tmp_path)) as endpoint:
        await post(endpoint, "/v1/traces", encode_spans(captured.spans).SerializeToString())
    trace = load_trace(telemetry_folder(tmp_path), document_id, 1)
    assert trace is not None
    steps = [(span.name, span.outcome, span.deferrals) for span in trace.spans if span.name == "extract"]
    assert [("extract", "deferred", 0), ("extract", "done", 1)] == steps
    assert (0, "document", 3) == (trace.spans[0].depth, trace.spans[0].name, trace.model_calls)
    assert trace.cost_usd > 0
    out = StringIO()
    print_trace(Console(file=out, width=140), trace)
    text = out.getvalue()
    assert "deferred (throttled)" in text
    assert "attempt 2" in text
    assert "Throttled" in text
    assert f"trace {trace.trace_id}" in text
    assert all(len(line.rstrip()) <= 140 for line in text.splitlines())
    assert json.loads(trace.model_dump_json())["spans"][0]["name"] == "document"
    assert load_trace(telemetry_folder(tmp_path), document_id, 2) is None


def test_spans_whose_parent_is_missing_are_shown(tmp_path: Path) -> None:
    """The root is recorded at the end, so a Run under way has none yet."""
    trace = f"{ids_of_run('d1', 1).trace_id:032x}"
    span = {"trace": trace, "span": "b", "parent": "a", "name": "read", "start": 5, "end": 9, "error": False}
    TelemetryFiles(tmp_path).append("spans", [span | {"attributes": {telemetry.STAGE: "read"}, "events": []}])
    loaded = load_trace(tmp_path, "d1", 1)
    assert loaded is not None
    assert [("read", 0)] == [(shown.name, shown.depth) for shown in loaded.spans]


def test_the_query_names_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """The id is computed, so no storage is asked."""
    assert 0 == print_query("d1", 2)
    assert f'OperationId == "{ids_of_run("d1", 2).trace_id:032x}"' in capsys.readouterr().out
