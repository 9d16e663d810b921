"""What the local cloud reads from the environment; nothing else in local/ looks at it."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.domain.uploads.containers import DEFAULT_CONTAINER, UploadContainer, read_containers
from shared.environment import EnvironmentSettings
from shared.setting_values import Address, InvalidSettings, Schedule, Seconds, SettingProblem
from shared.settings import Settings
from shared.upload_settings import Intake

Port = Annotated[int, Field(ge=0, le=65_535)]


class LocalSettings(EnvironmentSettings):
    """The settings of the local cloud, which begin with INTRAY_LOCAL_.

    Those that begin with INTRAY_ alone belong to the function app and reach it unchanged: the few named here have
    another default on one machine than in Azure, or decide what else has to be started. Ports are those that `intray
    up` takes when they are free, so that other programs find it where they expect it.
    """

    model_config = SettingsConfigDict(
        env_prefix="INTRAY_LOCAL_", extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    state: Path = Field(Path(".intray"), description="Folder in which `intray up` keeps its storage, keys and logs.")
    drop: Path = Field(Path("drop"), description="Folder that `intray up` watches.")
    workers: int = Field(1, ge=1, le=10, description="Worker processes of the Functions host.")
    model_workers: int = Field(1, ge=1, description="Processes of the local model server that read.")
    host_port: Port = Field(7071, description="Preferred port of the Functions host; 0: any free one.")
    blob_port: Port = Field(10_000, description="Preferred port of Azurite's blob service; 0: any free one.")
    queue_port: Port = Field(10_001, description="Preferred port of Azurite's queue service; 0: any free one.")
    table_port: Port = Field(10_002, description="Preferred port of Azurite's table service; 0: any free one.")
    event_grid_port: Port = Field(7072, description="Preferred port of the local Event Grid; 0: any free one.")
    model_port: Port = Field(7073, description="Preferred port of the local model server; 0: any free one.")
    subscriber_port: Port = Field(7074, description="Preferred port of the demo subscriber; 0: any free one.")

    intake: Intake = Field(
        "webhook", validation_alias="INTRAY_INTAKE", description="How Event Grid announces uploads to the app."
    )
    containers: Annotated[tuple[UploadContainer, ...], NoDecode] = Field(
        (), validation_alias="INTRAY_CONTAINERS", description="Containers of uploads; `up` fills the first of them."
    )
    sweep_schedule: Schedule = Field(
        "*/15 * * * * *", validation_alias="INTRAY_SWEEP_SCHEDULE", description="When stalled Runs are looked for."
    )
    stalled_seconds: Seconds = Field(
        120, validation_alias="INTRAY_STALLED_SECONDS", description="Age at which a Run counts as stalled."
    )
    reconcile_schedule: Schedule = Field(
        "*/15 * * * * *",
        validation_alias="INTRAY_RECONCILE_SCHEDULE",
        description="When the containers of uploads are compared with the table.",
    )
    reconcile_grace_seconds: Seconds = Field(
        20,
        validation_alias="INTRAY_RECONCILE_GRACE_SECONDS",
        description="Age at which an upload without a document counts as missed by its event.",
    )
    otlp_endpoint: Address | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="An OpenTelemetry collector to use instead of the local one.",
    )
    model_endpoint: Address | None = Field(
        None, validation_alias="INTRAY_MODEL_ENDPOINT", description="A model API to use instead of the local server."
    )
    model_key: SecretStr | None = Field(
        None, validation_alias="INTRAY_MODEL_KEY", description="The key of that model API."
    )
    model_catalogue: Path | None = Field(
        None,
        validation_alias="INTRAY_MODEL_CATALOGUE",
        description="A catalogue of deployments to use instead of the local model server's own.",
    )
    type_folders: str = Field(
        "", validation_alias="INTRAY_TYPE_FOLDERS", description="Folders of further document types, as in PATH."
    )
    storage: str | None = Field(
        None,
        validation_alias="AzureWebJobsStorage",
        description="Told to the parts by the local cloud: the connection string of its storage account.",
    )

    @field_validator("containers", mode="before")
    @classmethod
    def _read_containers(cls, value: object) -> object:
        return read_containers(value) if isinstance(value, str) else value

    @property
    def upload_containers(self) -> tuple[UploadContainer, ...]:
        """`containers`, or the one that there is without the setting."""
        return self.containers or (UploadContainer(name=DEFAULT_CONTAINER),)


def load_settings() -> LocalSettings:
    """Return the settings of the local cloud; raises InvalidSettings with what is wrong with the app's settings too."""
    problems: dict[str, SettingProblem] = {}
    for model in (LocalSettings, Settings):
        try:
            model()
        except InvalidSettings as error:
            problems |= {problem.variable: problem for problem in error.problems if problem.variable not in problems}
    if problems:
        raise InvalidSettings(problems.values())
    return LocalSettings()
