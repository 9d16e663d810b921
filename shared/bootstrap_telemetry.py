"""Decide at start, in one place, where this process exports its telemetry to.

Nothing is exported twice: not where the worker or an agent has installed an SDK, nor log lines that the host forwards.
"""

from functools import cache
from typing import Literal

from shared import telemetry
from shared.environment import TelemetrySettings
from shared.setting_values import InvalidSetting
from shared.settings import telemetry_settings
from shared.telemetry.library_logs import quiet_libraries

Destination = Literal["otlp", "azure_monitor", "worker", "nowhere"]
"""`worker`: the worker or an agent exports already."""


@cache
def telemetry_destination() -> Destination:
    """Start the export of telemetry, once in a process; return where to. Wrong settings of it stop nothing else."""
    try:
        return start_telemetry(telemetry_settings())
    except InvalidSetting as error:
        telemetry.alarm("telemetry_off", str(error), {})
        return "nowhere"


def start_telemetry(options: TelemetrySettings) -> Destination:
    """Install the exporters that the settings name; return where they export to.

    The SDK is imported only where something is exported. What is wrong with it is logged and stops nothing.
    """
    quiet_libraries()
    if options.disabled or not (options.otlp_endpoint or options.connection_string):
        return "nowhere"
    from shared.adapters.telemetry.providers import install, is_installed

    if is_installed():
        return "worker"
    from shared.adapters.telemetry.exporters import azure_monitor_exporters, otlp_exporters

    try:
        if options.otlp_endpoint:
            install(otlp_exporters(logs=options.worker_exports))
            return "otlp"
        secret = options.connection_string.get_secret_value() if options.connection_string else ""
        install(azure_monitor_exporters(secret, logs=options.worker_exports))
    except ValueError as error:  # documents matter more than their telemetry
        telemetry.alarm("telemetry_off", type(error).__name__, {telemetry.PLACE: telemetry.place_of(error)})
        return "nowhere"
    return "azure_monitor"
