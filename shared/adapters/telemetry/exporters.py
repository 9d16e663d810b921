"""The exporters of each destination; they read OTEL_EXPORTER_OTLP_* themselves."""

from typing import NamedTuple

from opentelemetry.sdk._logs.export import LogRecordExporter
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.trace.export import SpanExporter


class Exporters(NamedTuple):
    """One exporter for each signal; `logs` None: the host collects the log lines itself."""

    spans: SpanExporter
    metrics: MetricExporter
    logs: LogRecordExporter | None


def otlp_exporters(*, logs: bool) -> Exporters:
    """Return exporters to OTEL_EXPORTER_OTLP_ENDPOINT over HTTP."""
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return Exporters(OTLPSpanExporter(), OTLPMetricExporter(), OTLPLogExporter() if logs else None)


def azure_monitor_exporters(connection_string: str, *, logs: bool) -> Exporters:
    """Return exporters to Application Insights.

    With APPLICATIONINSIGHTS_AUTHENTICATION_STRING, which the exporters read themselves, as the identity that it names.
    """
    from azure.monitor.opentelemetry.exporter import (
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    return Exporters(
        AzureMonitorTraceExporter(connection_string=connection_string),
        AzureMonitorMetricExporter(connection_string=connection_string),
        AzureMonitorLogExporter(connection_string=connection_string) if logs else None,
    )
