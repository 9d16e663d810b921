"""Every setting of the function app that begins with INTRAY_; docs/settings.md is made from it."""

import os
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.environment import IdentitySettings, PlatformSettings, StorageSettings, TelemetrySettings
from shared.setting_values import (
    Address,
    ContainerName,
    MissingSetting,
    Schedule,
    Seconds,
    check_distinct,
)
from shared.upload_settings import UploadSettings


class Settings(IdentitySettings, UploadSettings):
    """Everything that begins with INTRAY_. Units stand in the descriptions."""

    model_config = SettingsConfigDict(env_prefix="INTRAY_", extra="ignore")

    sweep_schedule: Schedule = Field(
        "0 * * * * *", description="When stalled Runs are looked for: a six-field NCRONTAB expression."
    )
    results_container: ContainerName = Field("results", description="Container of the final results.")
    unpacked_container: ContainerName = Field(
        "unpacked", description="Container of what comes out of archives, mails and PDF attachments; none of uploads."
    )
    model_endpoint: Address | None = Field(
        None, description="Address of the model API, ending in /openai/v1/ (Azure) or /v1 (compatible servers)."
    )
    model_key: SecretStr | None = Field(None, description="Key of the model API; empty: managed identity.")
    model_catalogue: Path = Field(
        Path(__file__).parent / "models.yaml", description="YAML file of the model deployments with their prices."
    )
    model_seconds: Seconds = Field(
        300, description="Longest time of a model call, from connecting to the whole answer, in seconds."
    )
    model_hints: bool = Field(
        default=False,
        description="Add a machine-readable block (fields and document types with all their labels) to each model "
        "request, for deterministic readers such as the local model server; language models only pay for its tokens.",
    )
    topic_endpoint: Address | None = Field(None, description="Address of the Event Grid custom topic.")
    topic_key: SecretStr | None = Field(None, description="Access key of the topic; empty: managed identity.")
    type_folders: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="Folders of document types beside the built-in ones, separated like PATH."
    )
    types_container: ContainerName = Field(
        "document-types", description="Container of document types that are added while the system runs."
    )
    types_seconds: float = Field(
        15,
        ge=0,
        description="How long a worker trusts the types it knows before it looks for changes, in seconds.",
    )
    source_url: Address | None = Field(
        None, description="Address where this deployment offers its source code: see ADR 3."
    )
    ocr_engine: Literal["rapidocr", "document_intelligence", "none"] = Field(
        "rapidocr",
        description=(
            "What reads pages without text: the local engine (requirements.txt), Azure AI Document Intelligence, "
            "or nothing: scans then go to a person unread."
        ),
    )
    ocr_endpoint: Address | None = Field(None, description="Address of the Azure AI Document Intelligence resource.")
    ocr_key: SecretStr | None = Field(None, description="Key of that resource; empty: managed identity.")
    ocr_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Languages of the documents (`de`, `pt-BR`), separated by commas; empty: any the engine reads."
    )
    ocr_threads: int = Field(2, ge=1, description="Threads of one OCR run.")
    ocr_seconds: Seconds = Field(
        60,
        description="Most seconds of computing, all threads together, for the OCR of a page, or a picture on one, by "
        "the local engine; a page that needs more is reported as not read.",
    )
    ocr_service_seconds: Seconds = Field(
        180,
        description="Longest time of Azure AI Document Intelligence for a page, in seconds; then it is asked again.",
    )
    ocr_bytes: int = Field(
        3 << 30,
        ge=512 << 20,
        description="Most memory (address space) of the OCR process, in bytes. A page that needs more is a finding.",
    )
    reader_processes: int = Field(
        1,
        ge=1,
        description="Processes that open and render files, per worker; as many again for ranges of large files.",
    )
    reader_bytes: int = Field(
        2 << 30, ge=256 << 20, description="Most memory of a process that opens and renders PDFs, in bytes."
    )
    passwords_file: Path | None = Field(
        None, description="YAML file of passwords of encrypted files: a list for each document type, `*` for any."
    )
    key_vault_url: Address | None = Field(
        None,
        description="Azure Key Vault with passwords instead: secrets passwords-TYPE and passwords-any, one on a line.",
    )
    file_seconds: Seconds = Field(
        60, description="Most seconds of computing for opening, unpacking or typesetting a file; else it fails."
    )
    page_seconds: Seconds = Field(
        20,
        description="Most seconds of computing for reading and drawing a page; one that needs more is reported as not "
        "read, and the rest of the file goes on.",
    )
    max_bytes: int = Field(500_000_000, ge=1, description="Largest file, in bytes.")
    copies_bytes: int = Field(
        1_000_000_000, ge=1, description="Most disk that a worker's copies of the uploads it reads take, in bytes."
    )
    max_pages: int = Field(5_000, ge=1, description="Most pages of a file.")
    max_members: int = Field(
        1_000, ge=1, description="Most files inside an uploaded one (ZIP, mail, ...), those of nested files included."
    )
    max_unpacked_bytes: int = Field(
        1_000_000_000, ge=1, description="Most bytes that come out of an uploaded file, nested files included."
    )
    max_unpack_ratio: int = Field(
        200, ge=1, description="Most bytes that come out of a file for each of its own; looked at from 10 MB on."
    )
    max_nesting: int = Field(3, ge=0, description="How deep files may lie in files: 1 is what an upload itself holds.")
    max_pixels: int = Field(150_000_000, ge=1, description="Largest picture, in pixels (width x height).")
    unpacked_bytes: int = Field(
        300_000_000, ge=1, description="Most bytes that the parts of an office file (a ZIP) may unpack to."
    )
    read_range: int = Field(
        24, ge=1, description="Pages that one read message covers, rounded down to whole extraction requests."
    )
    extract_range: int = Field(
        8, ge=1, description="Pages that one extraction request covers, at most as many as the model takes pictures."
    )
    read_ranges_at_once: int = Field(
        2,
        ge=1,
        description="Page ranges of large files that a worker reads at the same time; more would only compete for its "
        "cores, and with small files.",
    )
    extract_ranges_at_once: int = Field(
        6, ge=1, description="Page ranges of large files that a worker has models extract from at the same time."
    )
    pictured_pages: int = Field(
        50,
        ge=0,
        description="First pages of a file that models see as pictures beside their text; of later pages only those "
        "whose text layer does not say everything.",
    )
    ocr_side: int = Field(2000, ge=512, description="Longer side of page images for OCR, in pixels.")
    max_output_tokens: int = Field(16_000, ge=256, description="Most tokens of a model's answer.")
    max_document_calls: int = Field(
        100,
        ge=1,
        description="Most model calls of a document, for each 20 pages that it begins; then it goes to a person. An "
        "ordinary document needs one call for 8 pages and one check; a page full of small rows up to 25.",
    )
    max_document_cost: float = Field(
        2.0,
        gt=0,
        description="Most dollars that the model calls of a document cost, for each 20 pages that it begins; then it "
        "goes to a person. An ordinary page costs about one cent.",
    )
    stalled_seconds: Seconds = Field(300, description="Age without progress at which a Run is pushed on, in seconds.")
    lease_seconds: Seconds = Field(900, description="How long a reviewer holds a case, in seconds.")
    retention_days: int = Field(
        0, ge=0, le=36_500, description="Days after its end at which everything about a document is deleted; 0: never."
    )
    retention_schedule: Schedule = Field(
        "0 30 3 * * *", description="When documents past their retention are looked for: NCRONTAB, six fields."
    )
    longest_wait_seconds: Seconds = Field(
        300, description="A step that is put off again waits longer each time, up to this, or what a server asks."
    )
    step_seconds: float = Field(
        600,
        gt=0,
        le=1_200,
        description="How long one step asks models, or has pictures recognised, before it goes on in a message of its "
        "own, in seconds; well below `functionTimeout`.",
    )
    max_waits: int = Field(
        500,
        ge=1,
        description="How often a step may be deferred (throttling, outages) before its message is poisoned: with the "
        "default waits 41 hours, and 5 days where an operator must change a key, a quota or a deployment.",
    )

    @model_validator(mode="after")
    def _check_containers(self) -> "Settings":
        """Results among the uploads would be processed as documents."""
        uploads = (container.name for container in self.upload_containers)
        check_distinct(uploads, self.results_container, self.unpacked_container, self.types_container)
        return self

    @field_validator("type_folders", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part) for part in value.split(os.pathsep) if part)
        return value

    @field_validator("ocr_languages", mode="before")
    @classmethod
    def _split_languages(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def stalled_after(self) -> timedelta:
        """`stalled_seconds` as a duration."""
        return timedelta(seconds=self.stalled_seconds)

    def need(self, name: str) -> str:
        """Return the setting `name`; raises MissingSetting that names its variable when it is empty."""
        value = getattr(self, name)
        if not value:
            message = f"Set INTRAY_{name.upper()}: {type(self).model_fields[name].description}"
            raise MissingSetting(message)
        return str(value)


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()


@cache
def telemetry_settings() -> TelemetrySettings:
    """Return the telemetry settings of this process."""
    return TelemetrySettings()


@cache
def storage_settings() -> StorageSettings:
    """Return the storage settings of this process."""
    return StorageSettings()


@cache
def platform_settings() -> PlatformSettings:
    """Return what the platform says to this process."""
    return PlatformSettings()
