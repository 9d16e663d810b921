"""What a process exports, captured through the real SDK set-up: spans, metrics and log events of a block."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics import Counter, Histogram
from opentelemetry.sdk.metrics.export import AggregationTemporality, MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from shared.adapters.telemetry.exporters import Exporters
from shared.adapters.telemetry.providers import Providers, install
from shared.telemetry.traces import ids_of_run

_DELTA: dict[type, AggregationTemporality] = dict.fromkeys([Counter, Histogram], AggregationTemporality.DELTA)


@dataclass
class Captured:
    """Everything that was exported."""

    spans: list[ReadableSpan] = field(default_factory=list)
    metrics: list[Any] = field(default_factory=list)
    logs: list[ReadableLogRecord] = field(default_factory=list)

    def named(self, name: str) -> list[ReadableSpan]:
        """The spans of this name, in the order of their ends."""
        return [span for span in self.spans if span.name == name]

    def of_run(self, document_id: str, run: int = 1) -> list[ReadableSpan]:
        """The spans in the trace of a Run."""
        trace_id = ids_of_run(document_id, run).trace_id
        return [span for span in self.spans if span.context and span.context.trace_id == trace_id]

    def points(self, name: str) -> list[Any]:
        """The data points of a metric."""
        return [point for metric in self.metrics if metric.name == name for point in metric.data.data_points]

    def everything(self) -> str:
        """All of it as text, to be searched."""
        return "\n".join([*(span.to_json() for span in self.spans), *map(repr, self.metrics), *map(repr, self.logs)])


class _Sink:
    """Where exporters put what they get; nothing is kept between captures."""

    current: Captured | None = None


class _Spans(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if _Sink.current:
            _Sink.current.spans.extend(spans)
        return SpanExportResult.SUCCESS


class _Metrics(MetricExporter):
    def __init__(self) -> None:
        super().__init__(preferred_temporality=_DELTA)

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> MetricExportResult:
        if _Sink.current:
            scopes = [scope for resource in metrics_data.resource_metrics for scope in resource.scope_metrics]
            _Sink.current.metrics.extend(metric for scope in scopes for metric in scope.metrics)
        return MetricExportResult.SUCCESS

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        """Nothing is open."""

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True


class _Logs(LogRecordExporter):
    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        if _Sink.current:
            _Sink.current.logs.extend(batch)
        return LogRecordExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is open."""

    def force_flush(self, timeout_millis: int = 10_000) -> bool:
        return True


@cache
def _providers() -> Providers:
    """The SDK of this process: OpenTelemetry lets it be installed once."""
    return install(Exporters(_Spans(), _Metrics(), _Logs()))


@contextmanager
def capture() -> Iterator[Captured]:
    """Capture what a block exports; complete when the block has ended."""
    providers = _providers()
    providers.flush()  # what earlier tests left belongs to nobody
    captured = _Sink.current = Captured()
    try:
        yield captured
    finally:
        providers.flush()
        _Sink.current = None
