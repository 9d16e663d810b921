"""Install the OpenTelemetry SDK for this process; it exports in the background."""

import logging
from typing import NamedTuple

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision

from shared import telemetry
from shared.adapters.telemetry.exporters import Exporters
from shared.adapters.telemetry.log_events import LogEvents
from shared.telemetry import traces

SERVICE = "intray"


class RunIds(RandomIdGenerator):
    """Random ids, but for the root span of a Run, whose ids are computed from the Run."""

    def generate_trace_id(self) -> int:
        """Return the id of a new trace."""
        ids = traces.root_ids()
        return ids.trace_id if ids else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """Return the id of a new span."""
        ids = traces.root_ids()
        return ids.span_id if ids else super().generate_span_id()


class Providers(NamedTuple):
    """What exports: to be flushed or shut down where the process does not end by itself."""

    spans: TracerProvider
    metrics: MeterProvider
    logs: LoggerProvider | None

    def flush(self) -> None:
        """Export what waits."""
        self.spans.force_flush()
        self.metrics.force_flush()
        if self.logs:
            self.logs.force_flush()


def is_installed() -> bool:
    """Return whether somebody, such as the worker or an agent, installed an SDK for this process already."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def install(exporters: Exporters) -> Providers:
    """Install providers that export, as OTEL_TRACES_SAMPLER, OTEL_BSP_*, OTEL_METRIC_EXPORT_INTERVAL and others say."""
    providers = build(exporters)
    trace.set_tracer_provider(providers.spans)
    metrics.set_meter_provider(providers.metrics)
    traces.sample_by(lambda trace_id: _is_sampled(providers.spans, trace_id))
    if providers.logs is not None:
        telemetry.LOGGER.setLevel(logging.INFO)  # whatever the level of the root logger is
        telemetry.LOGGER.addHandler(LogEvents(providers.logs))
    return providers


def build(exporters: Exporters) -> Providers:
    """Return providers for the exporters, and the resource of OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES."""
    resource = Resource({"service.name": SERVICE}).merge(OTELResourceDetector().detect())
    spans = TracerProvider(resource=resource, id_generator=RunIds())
    spans.add_span_processor(BatchSpanProcessor(exporters.spans))
    measures = MeterProvider([PeriodicExportingMetricReader(exporters.metrics)], resource)
    if exporters.logs is None:
        return Providers(spans, measures, None)
    logs = LoggerProvider(resource)
    logs.add_log_record_processor(BatchLogRecordProcessor(exporters.logs))
    return Providers(spans, measures, logs)


def _is_sampled(provider: TracerProvider, trace_id: int) -> bool:
    """Return what the sampler says of a trace: the same for each of its steps, on whatever worker."""
    decision = provider.sampler.should_sample(Context(), trace_id, traces.ROOT).decision
    return decision is not Decision.DROP
