"""Values in rows, artefacts and queue messages, which workers of neighbouring versions read and write too.

Reading accepts fields that a later version added, and gives fields that an earlier version did not write their
defaults. Writing keeps the unknown fields and omits what has its default, so that a version which refuses unknown
fields reads everything that uses no new one. docs/decisions/0023-rolling-upgrades.md has the rules.
"""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.frozen import Frozen


class Stored(Frozen):
    """A value object that is stored: it keeps the fields of a later version when it is changed and written again.

    What comes from outside (a request, a type's YAML) is no Stored value, and stays strict.
    """

    model_config = ConfigDict(extra="allow")


def dump_stored(value: BaseModel) -> str:
    """Return the JSON of a stored value, without what has its default."""
    return value.model_dump_json(exclude_defaults=True)


def load_stored[M: BaseModel](model: type[M], body: str | bytes) -> M:
    """Return the stored value of class `model`; raises UnreadableRecord."""
    try:
        return model.model_validate_json(body, extra="allow")
    except ValidationError as error:
        types = ", ".join(
            sorted({detail["type"] for detail in error.errors(include_input=False, include_context=False)})
        )
        message = f"a stored {model.__name__} cannot be read by this version ({types})"
        raise UnreadableRecord(message, model.__name__) from None


def load_json(body: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the content of a stored JSON text that is no object of ours; raises UnreadableRecord."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"a stored JSON text cannot be read ({type(error).__name__})"
        raise UnreadableRecord(message, "JSON") from None


def salvage_fields(model: type[BaseModel], body: str | bytes) -> dict[str, Any]:
    """Return by name the fields of an unreadable value that can be read by themselves: to list it, not to change it."""
    names: dict[str, str] = {field.alias or name: name for name, field in model.model_fields.items()}
    try:
        content = load_json(body)
    except UnreadableRecord:
        return {}
    if not isinstance(content, dict):
        return {}
    try:
        model.model_validate(content, extra="allow")
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
        content = {key: value for key, value in content.items() if key in names and key not in wrong}
    return {names.get(str(key), str(key)): value for key, value in content.items()}
