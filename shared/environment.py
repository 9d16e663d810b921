"""Settings from environment variables: the base of all, those of storage and platform, and those of callers."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.setting_values import (
    INCOMPLETE_STORAGE,
    NO_STORAGE,
    Address,
    InvalidSettings,
    MissingSetting,
    SecureAddress,
    describe_problems,
)


class EnvironmentSettings(BaseSettings):
    """Settings from environment variables; an empty variable counts as unset.

    App settings are often empty rather than absent: Bicep parameters, the portal and `az functionapp config appsettings
    set NAME=` all make them so. White space around a value is dropped, and a value of nothing else is empty.
    """

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - of any setting
        """Read the environment; raises InvalidSettings with everything that is wrong."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            prefix = str(self.model_config.get("env_prefix", ""))
            raise InvalidSettings(describe_problems(error, type(self).model_fields, prefix)) from None

    @model_validator(mode="before")
    @classmethod
    def _drop_empty_values(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}


class StorageSettings(EnvironmentSettings):
    """Where storage is: a connection string, or (with managed identity) an account's name or service addresses."""

    model_config = SettingsConfigDict(env_prefix="AzureWebJobsStorage", extra="ignore", populate_by_name=True)

    connection: SecretStr | None = Field(
        None, validation_alias="AzureWebJobsStorage", description="Connection string of the storage account."
    )
    blob_service_uri: Address | None = Field(
        None, validation_alias="AzureWebJobsStorage__blobServiceUri", description="Blob endpoint, with identity."
    )
    queue_service_uri: Address | None = Field(
        None, validation_alias="AzureWebJobsStorage__queueServiceUri", description="Queue endpoint, with identity."
    )
    table_service_uri: Address | None = Field(
        None, validation_alias="AzureWebJobsStorage__tableServiceUri", description="Table endpoint, with identity."
    )
    account_name: str | None = Field(
        None,
        validation_alias="AzureWebJobsStorage__accountName",
        pattern=r"^[a-z0-9]{3,24}$",
        description="Name of the storage account, with identity; gives the service addresses that are not set.",
    )
    credential: Literal["managedidentity", "workloadidentity"] | None = Field(
        None,
        validation_alias="AzureWebJobsStorage__credential",
        description="`managedidentity`: use no identity but the managed one; empty: the first identity that is there.",
    )
    client_id: str | None = Field(
        None,
        validation_alias="AzureWebJobsStorage__clientId",
        description="Client id of the user-assigned managed identity; empty: the system-assigned one.",
    )

    @field_validator("credential", mode="before")
    @classmethod
    def _ignore_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    def service_url(self, service: Literal["blob", "queue", "table"]) -> str | None:
        """Return the address of a service for access by identity, or None when the settings name none."""
        address: str | None = getattr(self, f"{service}_service_uri")
        if address is None and self.account_name is not None:
            return f"https://{self.account_name}.{service}.core.windows.net"
        return address

    def need_service_urls(self) -> tuple[str, str, str]:
        """Return the addresses of the blob, queue and table service; raises MissingSetting when one is not known."""
        blob, queue, table = (self.service_url(name) for name in ("blob", "queue", "table"))
        if blob and queue and table:
            return blob, queue, table
        if blob or queue or table:
            raise MissingSetting(INCOMPLETE_STORAGE)
        raise MissingSetting(NO_STORAGE)

    @property
    def blob_url(self) -> str:
        """The address of the blob service, as events and results name it."""
        address = self.service_url("blob")
        if address is not None and self.connection is None:
            return address.rstrip("/")
        pairs = (part.partition("=") for part in self.connection_string.split(";") if part)
        parts = {name: value for name, _, value in pairs}
        if "BlobEndpoint" in parts:
            return parts["BlobEndpoint"].rstrip("/")
        suffix = parts.get("EndpointSuffix", "core.windows.net")
        return f"{parts.get('DefaultEndpointsProtocol', 'https')}://{parts.get('AccountName', '')}.blob.{suffix}"

    @property
    def connection_string(self) -> str:
        """The connection string; raises MissingSetting when it is not set."""
        if self.connection is None:
            raise MissingSetting(NO_STORAGE)
        return self.connection.get_secret_value()


class TelemetrySettings(EnvironmentSettings):
    """Where spans, metrics and log events go; the names are OpenTelemetry's and the platform's."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    otlp_endpoint: Address | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Address of an OpenTelemetry collector (OTLP over HTTP) that gets spans, metrics and log events. "
        "Other OTEL_* variables (headers, sampler, intervals, service name) have their standard meaning.",
    )
    connection_string: SecretStr | None = Field(
        None,
        validation_alias="APPLICATIONINSIGHTS_CONNECTION_STRING",
        description="Connection string of Application Insights, which gets them where no OTLP endpoint is set.",
    )
    worker_exports: bool = Field(
        default=False,
        validation_alias="PYTHON_ENABLE_OPENTELEMETRY",
        description="Set it to `true` where either is set: it tells the Functions host that the app exports its log "
        "events itself. Without it, the host forwards the log lines, and the app exports spans and metrics only.",
    )
    disabled: bool = Field(
        default=False, validation_alias="OTEL_SDK_DISABLED", description="`true`: export nothing, whatever is set."
    )


def _is_on(value: object) -> bool:
    """Return whether the platform switched something on: `True`, in any case; whatever else it says means off."""
    return str(value).lower() in {"true", "1"}


class PlatformSettings(EnvironmentSettings):
    """What Azure Functions and App Service tell an app about itself. Nobody sets these variables by hand."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    auth_enabled: Annotated[bool, BeforeValidator(_is_on)] = Field(
        default=False,
        validation_alias="WEBSITE_AUTH_ENABLED",
        description="Set by the platform, never by hand: whether App Service authentication is in front of the app. "
        "Only then its header X-MS-CLIENT-PRINCIPAL is believed.",
    )


class IdentitySettings(EnvironmentSettings):
    """How callers may say who they are; the names begin with INTRAY_ as those of Settings do."""

    allow_keys: bool = Field(
        default=False,
        description="The Functions host asks every request to the API for a function key; whoever has one is an "
        "Operator. For local use, or where nobody can sign in.",
    )
    platform_sign_in: bool = Field(
        default=False,
        description="Believe the header X-MS-CLIENT-PRINCIPAL although WEBSITE_AUTH_ENABLED is not set: only where "
        "something in front of the app sets it and removes it from requests, as Container Apps authentication does.",
    )
    token_issuer: Address | None = Field(
        None,
        description="Issuer of the bearer tokens that the app verifies itself, where no platform signs callers in: "
        "`https://login.microsoftonline.com/TENANT/v2.0`.",
    )
    token_audience: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Audiences of these tokens, separated by commas: the client id of the app registration."
    )
    token_keys_url: SecureAddress | None = Field(
        None,
        description="Where the issuer publishes its keys: "
        "`https://login.microsoftonline.com/TENANT/discovery/v2.0/keys`.",
    )

    @field_validator("token_audience", mode="before")
    @classmethod
    def _split_audiences(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value
