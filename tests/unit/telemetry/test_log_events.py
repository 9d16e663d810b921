"""Log events as records with attributes, in the trace in which they happened."""

import logging

from opentelemetry._logs import SeverityNumber

from shared import telemetry
from shared.telemetry import traces
from tests.support.captured_telemetry import capture


def test_a_log_event_has_its_name_fields_and_trace() -> None:
    """The text stays as alerts read it; the fields are attributes beside it."""
    with capture() as captured, traces.span("step", {}) as span, telemetry.bind("d1", 2):
        telemetry.report("step_failed", {telemetry.STAGE: "read", telemetry.REASON: "unreadable"}, logging.ERROR)
    (log,) = captured.logs
    record = log.log_record
    fields = "intray.document.id=d1 intray.run.number=2 intray.stage=read intray.reason=unreadable"
    assert (f"step_failed {fields}", "step_failed", SeverityNumber.ERROR) == (
        record.body,
        record.event_name,
        record.severity_number,
    )
    assert dict(record.attributes or {}) == {
        telemetry.DOCUMENT_ID: "d1",
        telemetry.RUN: 2,
        telemetry.STAGE: "read",
        telemetry.REASON: "unreadable",
    }
    assert span.get_span_context().trace_id == record.trace_id


def test_only_log_events_are_exported() -> None:
    """What libraries log goes to the console of the worker at most."""
    with capture() as captured:
        logging.getLogger("azure.core").warning("https://account/incoming/Anna%20Karenina.pdf")
        logging.getLogger().error("an error")
    assert [] == captured.logs
