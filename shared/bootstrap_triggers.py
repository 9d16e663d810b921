"""What triggers take from the settings while the app is indexed, before anything else is built."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shared import telemetry
from shared.bootstrap_telemetry import telemetry_destination
from shared.domain.uploads.containers import UploadContainer
from shared.pipeline.intake.reconciliation import Reconciliation
from shared.setting_checks import find_missing_settings, find_setting_problems
from shared.settings import settings, storage_settings
from shared.upload_settings import Intake

_STARTED = datetime.now(UTC)
"""When this process started."""


class TriggerOptions(NamedTuple):
    """What the triggers' bindings take from the settings."""

    intake: Intake
    containers: tuple[UploadContainer, ...]
    blob_source: str
    sweep_schedule: str
    retention_schedule: str
    reconcile_schedule: str


def trigger_options() -> TriggerOptions:
    """Return the settings that bindings need while the app is indexed; other problems of the settings are logged.

    Raises InvalidSettings. What is only missing must not end the indexing: uploads are received and deferred then.
    """
    telemetry_destination()
    options = settings()
    for problem in (*find_missing_settings(options, storage_settings()), *find_setting_problems(options)):
        telemetry.alarm("setting_wrong", problem, {})
    schedules = options.sweep_schedule, options.retention_schedule, options.reconcile_schedule
    return TriggerOptions(options.intake, options.upload_containers, options.blob_source, *schedules)


def reconciliation() -> Reconciliation:
    """Return how the containers of uploads are compared with the table."""
    options = settings()
    grace = timedelta(seconds=options.reconcile_grace_seconds)
    return Reconciliation(options.reconcile_calls, grace, _STARTED, options.backfill_since)
