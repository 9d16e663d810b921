"""The containers of uploads, each with its rules: what the setting INTRAY_CONTAINERS says."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from shared.domain.base.frozen import Frozen
from shared.domain.documents.document import UploadPolicy

DEFAULT_CONTAINER = "incoming"
"""The container of uploads where the setting names none."""
MAX_NAME_LENGTH = 50
"""Characters: Event Grid subscriptions, of at most 64, are named after containers of uploads."""
_WORD = r"^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$"
_ONLY_FOR_INFRA = "uploaders"
"""A key of infra/main.bicep: who may drop files. It gives roles and means nothing to the app."""


def check_container_name(text: str) -> str:
    """Return the name of a blob container; raises ValueError when Azure allows no such name."""
    if not re.fullmatch(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", text):
        message = "a container's name has 3 to 63 small letters, digits and single hyphens inside"
        raise ValueError(message)
    return text


class UploadContainer(Frozen):
    """A container of uploads with its rules; see UploadPolicy."""

    name: Annotated[str, AfterValidator(check_container_name), Field(max_length=MAX_NAME_LENGTH)]
    type: str | None = Field(None, min_length=1, max_length=100)
    data_zone: str | None = Field(None, pattern=_WORD, max_length=50)
    retention_days: int | None = Field(None, ge=0, le=36_500, strict=True)
    reviewer_group: str | None = Field(None, pattern=_WORD, max_length=100)

    @property
    def policy(self) -> UploadPolicy:
        """Return what a document keeps of it."""
        return UploadPolicy(
            document_type=self.type,
            data_zone=self.data_zone,
            retention_days=self.retention_days,
            reviewer_group=self.reviewer_group,
        )

    @property
    def function_name(self) -> str:
        """The name of its blob trigger; different containers have different ones."""
        return "receive_blob" if self.name == DEFAULT_CONTAINER else f"receive_blob_{self.name.replace('-', '_')}"


def read_containers(text: str) -> tuple[UploadContainer, ...]:
    """Return the containers that a JSON list names; raises ValueError that says what is wrong with which of them."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        message = 'it must be JSON, like [{"name": "incoming"}, {"name": "contracts", "type": "contract"}]'
        raise ValueError(message) from None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, Mapping) for entry in entries):
        message = 'it must be a list of at least one container, like [{"name": "incoming"}]'
        raise ValueError(message)
    containers = tuple(_read_container(number, entry) for number, entry in enumerate(entries, 1))
    names = [container.name for container in containers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        message = f"a container is listed twice: {', '.join(twice)}"
        raise ValueError(message)
    return containers


def write_containers(containers: Iterable[UploadContainer]) -> str:
    """Return the JSON list that `read_containers` reads."""
    return json.dumps([container.model_dump(exclude_defaults=True) for container in containers])


def _read_container(number: int, entry: Mapping[str, object]) -> UploadContainer:
    """Return a container; keys without a value count as absent, as Bicep writes them."""
    given = {key: value for key, value in entry.items() if value not in (None, "") and key != _ONLY_FOR_INFRA}
    try:
        return UploadContainer.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        problem = _PLAIN.get(first["type"]) or str(first["msg"]).removeprefix("Value error, ")
        message = f"container {entry.get('name') or number}: {key}: {problem}"
        raise ValueError(message) from None


_PLAIN = {
    "extra_forbidden": "there is no such key; keys are " + ", ".join(UploadContainer.model_fields),
    "missing": "it is missing",
    "string_pattern_mismatch": "it has small letters and digits, and hyphens or underscores inside",
    "int_type": "it must be a whole number",
}
