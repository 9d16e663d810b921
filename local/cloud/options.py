"""Options of a cloud, and the settings that they give to its parts."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.azurite import Ports
from local.cloud.addresses import CloudError
from local.event_grid.state.config import LOCAL_TOPIC_KEY
from local.processes import child_environment
from local.settings import LocalSettings
from shared.domain.uploads.containers import write_containers
from shared.setting_checks import find_setting_problems
from shared.settings import Settings

APP = Path(__file__).resolve().parents[2]
"""The folder with function_app.py."""
OFFLINE_CATALOGUE = APP / "local" / "model_server" / "models.yaml"
_EXPORT_MILLISECONDS, _METRICS_MILLISECONDS = "1000", "10000"
"""How long spans and log events, and metrics, wait for their export to the local collector."""
_RANGES_FOR_LOCAL_MODEL = 3
"""Requests of large files at once: the local model server reads one at a time."""


@dataclass(frozen=True)
class CloudOptions:
    """How a cloud is to run.

    Attributes:
        state: folder for storage, keys, events and logs.
        settings: what the environment says.
        fixed_ports: whether the ports of the settings are tried first; else all are free ones.
        drop: the watched folder, for other processes to know.
        type_folders: further folders of document types.
        environment: further environment of the function app; wins over everything else.
        sign_in: whether callers of the API sign in, as they do on Azure, instead of showing a key.
        host_arguments: further arguments of the Functions host.
        model_arguments: further arguments of the local model server.
        storage_log: file for the storage emulator's log of its requests; None keeps none.
    """

    state: Path
    settings: LocalSettings = field(default_factory=LocalSettings)
    fixed_ports: bool = False
    drop: Path | None = None
    type_folders: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    sign_in: bool = False
    host_arguments: tuple[str, ...] = ()
    model_arguments: tuple[str, ...] = ()
    storage_log: Path | None = None

    @property
    def starts_model_server(self) -> bool:
        """Whether the local model server is needed: not when INTRAY_MODEL_ENDPOINT names another."""
        return self.settings.model_endpoint is None

    @property
    def starts_collector(self) -> bool:
        """Whether the local collector is needed: not when OTEL_EXPORTER_OTLP_ENDPOINT names another."""
        return self.settings.otlp_endpoint is None

    @property
    def local_catalogue(self) -> Path | None:
        """The catalogue of the local model server; None where the user names another catalogue or model API."""
        return OFFLINE_CATALOGUE if self.starts_model_server and self.settings.model_catalogue is None else None

    def port(self, preferred: int) -> int:
        """Return the preferred port when fixed ports are requested and it is free; else 0."""
        return preferred if self.fixed_ports and _is_free(preferred) else 0

    def storage_ports(self) -> Ports:
        """Return the three ports of storage: all as preferred, or all free ones."""
        preferred = (self.settings.blob_port, self.settings.queue_port, self.settings.table_port)
        if self.fixed_ports and all(_is_free(port) for port in preferred):
            return Ports(*preferred)
        return Ports()

    def check_settings(self) -> None:
        """Raise CloudError with everything that is wrong with the settings of the app, before anything is started."""
        options = Settings()
        folders = {"type_folders": (*self.type_folders, *options.type_folders)}
        catalogue = {"model_catalogue": self.local_catalogue} if self.local_catalogue else {}
        problems = find_setting_problems(options.model_copy(update=folders | catalogue))
        if problems:
            raise CloudError("\n".join(problems))

    def app_environment(
        self, storage: str, topic: str, model: str | None, model_key: str, collector: str | None = None
    ) -> dict[str, str]:
        """Return the environment of the function app; `model` is the local model server's API, None for another's.

        `collector`: the endpoint of the local collector; None: another one gets the telemetry.
        """
        settings = self.settings
        folders = [*map(str, self.type_folders), *filter(None, [settings.type_folders])]
        chosen = Settings().model_fields_set
        settings_of_host = {
            "AzureWebJobsStorage": storage,
            "INTRAY_INTAKE": settings.intake,
            "INTRAY_CONTAINERS": write_containers(settings.upload_containers),
            "INTRAY_TOPIC_ENDPOINT": topic,
            "INTRAY_TOPIC_KEY": LOCAL_TOPIC_KEY,
            "INTRAY_SWEEP_SCHEDULE": settings.sweep_schedule,
            "INTRAY_STALLED_SECONDS": str(settings.stalled_seconds),
            "INTRAY_RECONCILE_SCHEDULE": settings.reconcile_schedule,
            "INTRAY_RECONCILE_GRACE_SECONDS": str(settings.reconcile_grace_seconds),
            "PYTHON_ENABLE_OPENTELEMETRY": "true",
            "INTRAY_TYPE_FOLDERS": os.pathsep.join(folders),
        }
        if collector is not None:
            settings_of_host |= {
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
                "OTEL_BSP_SCHEDULE_DELAY": _EXPORT_MILLISECONDS,
                "OTEL_BLRP_SCHEDULE_DELAY": _EXPORT_MILLISECONDS,
                "OTEL_METRIC_EXPORT_INTERVAL": _METRICS_MILLISECONDS,
            }
        if model is not None:
            settings_of_host |= {
                "INTRAY_MODEL_ENDPOINT": model,
                "INTRAY_MODEL_KEY": model_key,
                "INTRAY_MODEL_HINTS": "true",
            }
            if "extract_ranges_at_once" not in chosen:
                settings_of_host["INTRAY_EXTRACT_RANGES_AT_ONCE"] = str(_RANGES_FOR_LOCAL_MODEL)
        if self.sign_in:
            settings_of_host["INTRAY_ALLOW_KEYS"] = "false"
        elif "allow_keys" not in chosen:
            settings_of_host["INTRAY_ALLOW_KEYS"] = "true"
        if catalogue := self.local_catalogue:
            settings_of_host["INTRAY_MODEL_CATALOGUE"] = str(catalogue)
        return child_environment() | settings_of_host | dict(self.environment)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
