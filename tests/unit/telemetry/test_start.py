"""Where a process exports to is decided once, at its start; tried in processes of their own."""

import os
import subprocess
import sys

import pytest

from shared.bootstrap_telemetry import telemetry_destination
from shared.environment import TelemetrySettings
from tests.architecture.tree import ROOT

START = """
import logging, sys
logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")
BEFORE
from shared import telemetry
from shared.bootstrap_telemetry import start_telemetry
from shared.environment import TelemetrySettings
print(start_telemetry(TelemetrySettings()), "opentelemetry.sdk" in sys.modules, len(telemetry.LOGGER.handlers))
import os; os._exit(0)  # without waiting for a collector that is not there
"""
INSTALLED = "from opentelemetry import trace; from opentelemetry.sdk.trace import TracerProvider; "
INSTALLED += "trace.set_tracer_provider(TracerProvider())"
OTLP = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
INSIGHTS = {
    "APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={'0' * 8}-0000-0000-0000-{'0' * 12};"
    "IngestionEndpoint=http://127.0.0.1:9/",
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
}
WORKER = {"PYTHON_ENABLE_OPENTELEMETRY": "true"}


def start(settings: dict[str, str], before: str = "") -> str:
    """What a process with these settings decides: where to, whether the SDK was loaded, handlers of log events."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "APPLICATION"))}
    script = START.replace("BEFORE", before)
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, env=inherited | settings, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("settings", "decision"),
    [
        ({}, "nowhere False 0"),
        (OTLP | WORKER, "otlp True 1"),
        (OTLP, "otlp True 0"),
        (INSIGHTS | WORKER, "azure_monitor True 1"),
        (INSIGHTS, "azure_monitor True 0"),
        (INSIGHTS | OTLP | WORKER, "otlp True 1"),
        (OTLP | {"OTEL_SDK_DISABLED": "true"}, "nowhere False 0"),
    ],
    ids=["nothing", "otlp", "otlp-host-logs", "insights", "insights-host-logs", "both", "disabled"],
)
def test_one_destination_is_chosen(settings: dict[str, str], decision: str) -> None:
    """OTLP before Application Insights; log events only where the host does not forward the lines."""
    assert decision == start(settings)


def test_what_the_worker_installed_is_left_alone() -> None:
    """Spans would be exported twice otherwise."""
    assert "worker True 0" == start(OTLP | WORKER, INSTALLED)


def test_a_wrong_connection_string_is_logged_and_stops_nothing() -> None:
    """Documents matter more than their telemetry; the string is shown nowhere."""
    *lines, decision = start({"APPLICATIONINSIGHTS_CONNECTION_STRING": "secret"}).splitlines()
    assert decision.startswith("nowhere")
    assert lines[0].startswith("telemetry_off ")
    assert "secret" not in "\n".join(lines)


def test_a_wrong_address_is_logged_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The message names the variable."""
    telemetry_destination.cache_clear()
    monkeypatch.setattr("shared.bootstrap_telemetry.telemetry_settings", TelemetrySettings)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")
    assert "nowhere" == telemetry_destination()
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in caplog.text
    telemetry_destination.cache_clear()
