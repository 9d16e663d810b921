"""Read OTLP messages: plain entries of spans, data points and log records."""

from collections.abc import Iterable, Iterator
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Status

Entry = dict[str, Any]


def read_spans(body: bytes) -> Iterator[Entry]:
    """Yield the spans of a request; raises google.protobuf.message.DecodeError for what is none."""
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield {
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "name": span.name,
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "error": span.status.code == Status.STATUS_CODE_ERROR,
                    "attributes": _attributes(span.attributes),
                    "events": [{"name": event.name, **_attributes(event.attributes)} for event in span.events],
                }


def read_metrics(body: bytes) -> Iterator[Entry]:
    """Yield the data points of a request; of a histogram count and sum. Raises DecodeError."""
    for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                yield from _points(metric)


def read_logs(body: bytes) -> Iterator[Entry]:
    """Yield the log records of a request; raises DecodeError."""
    for resource in ExportLogsServiceRequest.FromString(body).resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                yield {
                    "time": record.time_unix_nano,
                    "event": record.event_name,
                    "severity": record.severity_text,
                    "text": _value(record.body),
                    "trace": record.trace_id.hex(),
                    "span": record.span_id.hex(),
                    "attributes": _attributes(record.attributes),
                }


def _points(metric: Metric) -> Iterator[Entry]:
    for kind in ("sum", "gauge", "histogram"):
        for point in getattr(metric, kind).data_points:
            yield {
                "time": point.time_unix_nano,
                "name": metric.name,
                "unit": metric.unit,
                **({"count": point.count, "sum": point.sum} if kind == "histogram" else {"value": _number(point)}),
                "attributes": _attributes(point.attributes),
            }


def _number(point: Any) -> float:  # noqa: ANN401 - a NumberDataPoint, whose fields are made at run time
    return float(getattr(point, point.WhichOneof("value") or "as_int"))


def _attributes(pairs: Iterable[KeyValue]) -> Entry:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:  # noqa: ANN401 - whatever an attribute holds
    field = value.WhichOneof("value")
    if field is None:
        return None
    if field == "array_value":
        return [_value(item) for item in value.array_value.values]
    if field == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    content = getattr(value, field)
    return content.hex() if isinstance(content, bytes) else content
