"""Settings of how uploads arrive and when they are opened; a part of Settings."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, field_validator
from pydantic_settings import NoDecode

from shared.domain.uploads.containers import DEFAULT_CONTAINER, UploadContainer, read_containers
from shared.setting_values import Schedule, Seconds

Intake = Literal["webhook", "queue"]
"""How uploads are announced."""


class UploadSettings(BaseModel):
    """The containers of uploads, how they are announced, compared and scanned; see Settings."""

    intake: Intake = Field(
        "webhook",
        description="How uploads are announced: Event Grid calls the app, or puts its events into the storage queue "
        "`upload-events`. The event subscription must be of the same kind (`infra/events.bicep`).",
    )
    containers: Annotated[tuple[UploadContainer, ...], NoDecode] = Field(
        (),
        description="Containers of uploads with their rules, a JSON list of objects with the keys `name`, `type`, "
        "`data_zone`, `retention_days`, `reviewer_group` (docs/uploads.md); empty: `incoming` without rules.",
    )
    blob_source: Literal["EventGrid", "LogsAndContainerScan"] = Field(
        "EventGrid",
        description="How the blob trigger (`webhook`) hears of uploads: Event Grid, or polling (not on Flex).",
    )
    reconcile_schedule: Schedule = Field(
        "30 * * * * *",
        description="When uploads that no event told of are looked for: a six-field NCRONTAB expression.",
    )
    reconcile_calls: int = Field(
        5_000, ge=20, description="Most storage calls of one run of that comparison; the next run continues."
    )
    reconcile_grace_seconds: Seconds = Field(
        120, description="Age at which an upload without a document counts as missed by its event, in seconds."
    )
    backfill_since: AwareDatetime | None = Field(
        None,
        description="Receive also uploads that are older than the first start of the app, from this time on, with time "
        "zone (`2026-11-01T00:00:00Z`).",
    )
    outcome_tags: bool = Field(
        default=True,
        description="Show the outcome of each upload as index tags of its blob (`intray`, `intray_reason`, "
        "`intray_document`); needs a role that may write tags, such as Storage Blob Data Owner.",
    )
    malware_scan: bool = Field(
        default=False,
        description="Open uploads only when Microsoft Defender for Storage has found no threats in them; see "
        "`malwareScan` in docs/deploy.md.",
    )
    malware_wait_seconds: Seconds = Field(
        1_800,
        description="How long an upload waits for that verdict before it is held, in seconds. It goes on by itself "
        "when the verdict comes later.",
    )

    @field_validator("containers", mode="before")
    @classmethod
    def _read_containers(cls, value: object) -> object:
        return read_containers(value) if isinstance(value, str) else value

    @property
    def upload_containers(self) -> tuple[UploadContainer, ...]:
        """`containers`, or the one that there is without the setting."""
        return self.containers or (UploadContainer(name=DEFAULT_CONTAINER),)
