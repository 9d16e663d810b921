"""What the host reads before it starts: host.json, and the settings that bindings refer to.

Defaults and limits are those of the host.json reference for Functions 4.x with the storage extension 5.x.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

#: A queue message is locked this long while its function runs, and the lock is renewed at half of it.
QUEUE_LOCK = timedelta(minutes=10)

_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?")
_PLACEHOLDER = re.compile(r"%([^%]+)%")
_CPU_COUNT = 2


class ConfigError(ValueError):
    """host.json, a setting or a binding cannot be used; the message says which and why."""


def time_span(text: object) -> timedelta | None:
    """Read a .NET time span, `[days.]hh:mm:ss[.fraction]`; `-1` means without limit and gives None."""
    if text == "-1" or text is None:
        return None
    match = _TIME_SPAN.fullmatch(str(text))
    if match is None:
        raise ValueError(f"{text!r} is no time span such as 00:05:00")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:4])
    fraction = float(f"0.{match[5] or 0}")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds + fraction)


type Duration = Annotated[
    timedelta, BeforeValidator(lambda value: time_span(value) if isinstance(value, str) else value)
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")


class QueueOptions(_Section):
    """extensions.queues: how many messages a queue function works on, and what becomes of one that fails."""

    batch_size: int = Field(default=16, ge=1, le=32)
    new_batch_threshold: int = Field(default=16 // 2 * _CPU_COUNT, ge=0)
    max_dequeue_count: int = Field(default=5, ge=1)
    visibility_timeout: Duration = timedelta(0)
    max_polling_interval: Duration = timedelta(minutes=1)
    message_encoding: Literal["base64", "none"] = "base64"


class BlobOptions(_Section):
    """extensions.blobs: how many blobs are worked on at once, and how often a failing one is tried."""

    max_degree_of_parallelism: int = Field(default=8 * _CPU_COUNT, ge=1)
    poison_blob_threshold: int = Field(default=5, ge=1)

    def as_queue_options(self) -> QueueOptions:
        """Return the options of the internal queue of blob events, split as the storage extension does."""
        batch = min(self.max_degree_of_parallelism // 2 + 1, 32)
        return QueueOptions(
            batch_size=batch,
            new_batch_threshold=self.max_degree_of_parallelism - batch,
            max_dequeue_count=self.poison_blob_threshold,
        )


class HttpOptions(_Section):
    """extensions.http: where the routes of HTTP functions begin."""

    route_prefix: str = "api"


class _Extensions(_Section):
    queues: QueueOptions = QueueOptions()
    blobs: BlobOptions = BlobOptions()
    http: HttpOptions = HttpOptions()


class HostConfig(_Section):
    """The part of host.json that this host obeys; the rest is for Azure."""

    version: Literal["2.0"]
    function_timeout: Annotated[timedelta | None, BeforeValidator(time_span)] = timedelta(minutes=30)
    extensions: _Extensions = _Extensions()

    @classmethod
    def read(cls, app: Path) -> "HostConfig":
        """Read `host.json` of the function app in `app`.

        Raises:
            ConfigError: it is missing, no JSON, or a value is out of its range.
        """
        path = app / "host.json"
        try:
            return cls.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: {error}") from error


@dataclass(frozen=True)
class AppSettings:
    """The function app's settings, which are environment variables here as in Azure."""

    values: Mapping[str, str]

    def resolve(self, text: str) -> str:
        """Replace each `%NAME%` by that setting.

        Raises:
            ConfigError: a named setting is not there.
        """

        def value(match: re.Match[str]) -> str:
            if match[1] not in self.values:
                raise ConfigError(f"the setting {match[1]!r} is missing, which a binding refers to as {text!r}")
            return self.values[match[1]]

        return _PLACEHOLDER.sub(value, text)

    def connection_string(self, connection: str) -> str:
        """Return the storage connection string that a binding's `connection` names: `AzureWebJobs<name>` or `<name>`.

        Raises:
            ConfigError: there is none. Identity connections (`NAME__queueServiceUri`) need Azure and are refused.
        """
        name = connection or "AzureWebJobsStorage"
        for candidate in (f"AzureWebJobs{name}", name):
            if self.values.get(candidate, "").strip():
                return self.values[candidate]
        if any(key.startswith(f"{name}__") for key in self.values):
            raise ConfigError(f"{name} is an identity connection; this host needs a connection string")
        raise ConfigError(f"the storage connection {name!r} is not set")
