"""Write the documentation that is known already: settings, events, the state machine, licences, figures of scale.

Run it after changing one of them; a unit test fails until then.
"""

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import mdformat
from pydantic import SecretStr
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticUndefined
from pydantic_core.core_schema import ModelSchema
from pydantic_settings import BaseSettings

from local.cloud.options import OFFLINE_CATALOGUE
from quality.bench.scale.chart import draw
from quality.bench.scale.page import render
from quality.bench.scale.report import load_report
from scripts.event_examples import example_events
from scripts.licences import licence_table
from shared.domain.documents.event import FACTS, Event, EventName
from shared.domain.documents.run import TRANSITIONS, State
from shared.environment import PlatformSettings, StorageSettings, TelemetrySettings
from shared.setting_checks import read_catalogue
from shared.settings import Settings
from shared.telemetry.metrics import METRICS

ROOT = Path(__file__).parents[1]

_SETTINGS = """\
# Settings

After reading this page you know every setting of the function app: its environment variable, its default and what it
does. The settings of the local cloud are in [cli.md](cli.md#settings). Made by `python -m scripts.generate_docs` from
`shared/settings.py`.

| variable | default | meaning |
| -- | -- | -- |
"""
_THIRD_PARTY = """\
# Licences of the dependencies

After reading this page you know under which licences the packages come that the function app needs when it is deployed,
with the local OCR engine (`requirements.txt`). Made by `python -m scripts.generate_docs` from the metadata of the
installed packages.

PyMuPDF is AGPL or commercial: [decision 3](docs/decisions/0003-mit-with-pymupdf.md) says what that means for you. The
LGPL packages are installed unchanged, as libraries that you can replace. The package `rapidocr` contains the weights of
the PP-OCR models, under the licence of the package.

"""
_METRICS = """\
# Metrics

After reading this page you know every metric that the function app exports, with its unit and attributes.
[Telemetry](telemetry.md) says where they go and how to query them. Made by `python -m scripts.generate_docs` from
`shared/telemetry/metrics.py`.

| metric | instrument | unit | meaning | attributes |
| -- | -- | -- | -- | -- |
{table}

Bounds of the buckets of histograms:

{buckets}
"""
_STATES = """\
# The states of a Run

After reading this page you know which states a Run passes and which transitions are legal. Made by
`python -m scripts.generate_docs` from `TRANSITIONS` in `shared/domain/documents/run.py`; any other transition raises an
error.

```mermaid
{diagram}
```

`finalized`, `in_review`, `failed`, `held`, `duplicate` and `unpacked` are outcomes: the stages have nothing left to do.
A correction of a final result is a transition from `finalized` to `finalized`.

A Run is `held` when it waits for something outside: a document type (`unknown_type`), a malware verdict (`no_verdict`,
`not_scanned`; the sweeper starts a new Run when there is another one) or a person who decides about a file with malware
(`malicious`). With `INTRAY_MALWARE_SCAN` a Run stays in `received` until its upload was found clean.

Each transition is one table transaction in the Document's partition. It writes the Run's row (guarded by its ETag), an
audit row and, if the transition has one, the outgoing event. The queue message for the next stage is sent afterwards;
if it is lost, a timer (the sweeper) sends it again.
"""


def documents() -> dict[str, str]:
    """Return the generated files: path from the repository's root, and content; Markdown as `make format` leaves it."""
    return {
        "docs/settings.md": format_markdown(_settings()),
        "THIRD_PARTY.md": format_markdown(_THIRD_PARTY + licence_table() + "\n"),
        "docs/metrics.md": format_markdown(_metrics()),
        "docs/state-machine.md": format_markdown(_state_machine()),
        **_scale(),
        **{f"docs/events/{name}.v1.json": _json(event_schema(name)) for name in FACTS},
        **{f"docs/events/examples/{name}.v1.json": _json(cloud_event(one)) for name, one in example_events().items()},
    }


def format_markdown(text: str) -> str:
    """Return Markdown in the form that `.mdformat.toml` sets."""
    options = tomllib.loads((ROOT / ".mdformat.toml").read_text())
    return mdformat.text(text, options=options, extensions=options["extensions"])


@cache
def _scale() -> dict[str, str]:
    """Return the page on scale and its chart, made from the last measurement."""
    report = load_report()
    page = render(report, read_catalogue(OFFLINE_CATALOGUE))
    return {"docs/scale.md": format_markdown(page), "docs/scale.svg": draw(report.capacities)}


def _settings() -> str:
    rows = [*_rows(StorageSettings), *_rows(TelemetrySettings), *_rows(PlatformSettings), *_rows(Settings)]
    return _SETTINGS + "".join(f"| `{name}` | {default} | {text} |\n" for name, default, text in rows)


def _rows(kind: type[BaseSettings]) -> Iterator[tuple[str, str, str]]:
    prefix = str(kind.model_config.get("env_prefix", ""))
    for name, field in kind.model_fields.items():
        variable = str(field.validation_alias or f"{prefix}{name}".upper())
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        shown = "–" if default in (None, (), PydanticUndefined) or isinstance(default, SecretStr) else f"`{default}`"
        yield variable, shown, field.description or ""


def _metrics() -> str:
    rows = [
        (f"`{metric.name}`", metric.instrument, f"`{metric.unit}`", metric.description, _list(metric.attributes))
        for metric in METRICS.values()
    ]
    buckets = [
        f"- `{metric.name}`: {', '.join(f'{bound:g}' for bound in metric.buckets)}"
        for metric in METRICS.values()
        if metric.buckets
    ]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return _METRICS.format(table=table, buckets="\n".join(buckets))


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _state_machine() -> str:
    arrows = [f"    {before} --> {after}" for before in State for after in sorted(TRANSITIONS[before])]
    ends = [f"    {state} --> [*]" for state in State if not TRANSITIONS[state]]
    diagram = "\n".join(["stateDiagram-v2", "    [*] --> received", *arrows, *ends])
    return _STATES.format(diagram=diagram)


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
