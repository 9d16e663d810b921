"""Write the documentation that the code already knows: settings, event schemas and examples, the state machine.

Run it after changing one of them; a unit test fails until then.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import mdformat
from pydantic import SecretStr
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticUndefined
from pydantic_core.core_schema import ModelSchema
from pydantic_settings import BaseSettings

from scripts.event_examples import example_events
from shared.domain.documents.event import FACTS, Event, EventName
from shared.domain.documents.run import TRANSITIONS, State
from shared.environment import StorageSettings
from shared.settings import Settings

ROOT = Path(__file__).parents[1]


def documents() -> dict[str, str]:
    """Return the generated files: path from the repository's root, and content; Markdown as `make format` leaves it."""
    return {
        "docs/settings.md": format_markdown(_settings()),
        "docs/state-machine.md": format_markdown(_state_machine()),
        **{f"docs/events/{name}.v1.json": _json(event_schema(name)) for name in FACTS},
        **{f"docs/events/examples/{name}.v1.json": _json(cloud_event(one)) for name, one in example_events().items()},
    }


def format_markdown(text: str) -> str:
    """Return Markdown in the form that `.mdformat.toml` sets."""
    options = tomllib.loads((ROOT / ".mdformat.toml").read_text())
    return mdformat.text(text, options=options, extensions=options["extensions"])


def _settings() -> str:
    rows = [*_rows(StorageSettings), *_rows(Settings)]
    table = "\n".join(f"| `{name}` | {default} | {text} |" for name, default, text in rows)
    return (
        "# Settings\n\nEvery setting of the function app, read in `shared/settings.py` only. Made by "
        "`python -m scripts.generate_docs`.\n\n| variable | default | meaning |\n|---|---|---|\n" + table + "\n"
    )


def _rows(kind: type[BaseSettings]) -> Iterator[tuple[str, str, str]]:
    prefix = str(kind.model_config.get("env_prefix", ""))
    for name, field in kind.model_fields.items():
        variable = str(field.validation_alias or f"{prefix}{name}".upper())
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        shown = "–" if default in (None, (), PydanticUndefined) or isinstance(default, SecretStr) else f"`{default}`"
        yield variable, shown, field.description or ""


def _state_machine() -> str:
    arrows = [f"    {before} --> {after}" for before in State for after in sorted(TRANSITIONS[before])]
    ends = [f"    {state} --> [*]" for state in State if not TRANSITIONS[state]]
    diagram = "\n".join(["stateDiagram-v2", "    [*] --> received", *arrows, *ends])
    return (
        "# The states of a Run\n\nMade by `python -m scripts.generate_docs` from `TRANSITIONS` in "
        "`shared/domain/documents/run.py`; nothing else may happen.\n\n```mermaid\n" + diagram + "\n```\n\n"
        "Each transition is one transaction in the Document's partition: the Run's row (guarded by its ETag), "
        "an audit row and, where there is one, the outgoing event. The message to the next stage is sent after it; "
        "if that is lost, the sweeper sends it again.\n"
    )


class _OpenSchema(GenerateJsonSchema):
    """Says what is there, not what else may be: a subscriber's schema must take what is added later."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("additionalProperties", None)
        return made


def event_schema(name: EventName) -> JsonSchemaValue:
    """Return the JSON Schema of the data of the event `name`, as its subscribers see it."""
    made = FACTS[name].model_json_schema(mode="serialization", schema_generator=_OpenSchema)
    return {**made, "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": Event.schema_id(name)}


def cloud_event(event: Event) -> dict[str, object]:
    """Return the event as the JSON that a subscriber gets."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.isoformat().replace("+00:00", "Z"),
        "dataschema": event.dataschema,
        "datacontenttype": "application/json",
        "data": event.data,
    }


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every generated file."""
    for path, text in documents().items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        print(path)


if __name__ == "__main__":
    main()
