"""Published events are a contract: what a subscriber was promised stays true as long as the version is called v1."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from scripts.event_compatibility import breaking_changes
from scripts.event_examples import example_events
from scripts.generate_docs import ROOT, cloud_event, event_schema
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.event import FACTS, EventName
from shared.domain.documents.run import Run
from shared.pipeline.store.rows.outbox import new_event
from tests.support.pipeline.world import make_world

type Schema = dict[str, Any]
type Mutation = Callable[[Schema, str], None]
"""Changes one property of an object's schema, in place."""

PUBLISHED: dict[str, Schema] = {
    path.name.removesuffix(".v1.json"): json.loads(path.read_text())
    for path in (ROOT / "docs/events/published").glob("*.v1.json")
}
MADE_UP: Schema = {
    "type": "object",
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 9},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "reason": {"anyOf": [{"$ref": "#/$defs/Reason"}, {"type": "null"}]},
        "way": {"const": "up"},
    },
    "required": ["reason", "score"],
    "$defs": {"Reason": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}},
}
"""What our events do not have today, and may have tomorrow."""


def objects(schema: Schema) -> Iterator[Schema]:
    """The schema and those it defines, each that has properties."""
    return (one for one in (schema, *schema.get("$defs", {}).values()) if "properties" in one)


def mutants(mutate: Mutation) -> Iterator[tuple[str, Schema, Schema]]:
    """What was mutated, before and after: each property of each published event, one at a time."""
    for event, schema in {**PUBLISHED, "made up": MADE_UP}.items():
        for place, one in enumerate(objects(schema)):
            for name in one["properties"]:
                mutant = copy.deepcopy(schema)
                mutate([*objects(mutant)][place], name)
                if mutant != schema:
                    yield f"{event} {one.get('title')}.{name}", schema, mutant


def removed(schema: Schema, name: str) -> None:
    del schema["properties"][name]
    schema["required"] = [one for one in schema["required"] if one != name]


def renamed(schema: Schema, name: str) -> None:
    schema["properties"] = {one + "_new" * (one == name): kind for one, kind in schema["properties"].items()}
    schema["required"] = [one + "_new" * (one == name) for one in schema["required"]]


def no_longer_required(schema: Schema, name: str) -> None:
    schema["required"] = [one for one in schema["required"] if one != name]


def may_be_null(schema: Schema, name: str) -> None:
    schema["properties"][name] = {"anyOf": [schema["properties"][name], {"type": "null"}]}


def now_a_list(schema: Schema, name: str) -> None:
    schema["properties"][name] = {"type": "array", "items": schema["properties"][name]}


def another_type(schema: Schema, name: str) -> None:
    schema["properties"][name] = {"type": "boolean" if schema["properties"][name].get("type") == "string" else "string"}


def wider_type(schema: Schema, name: str) -> None:
    if schema["properties"][name].get("type") == "integer":
        schema["properties"][name]["type"] = "number"


def anything(schema: Schema, name: str) -> None:
    schema["properties"][name] = {}


def narrower(schema: Schema, name: str) -> None:
    schema["properties"][name]["enum"] = ["ACCEPT"]


def one_value_more(schema: Schema, name: str) -> None:
    if "enum" in schema["properties"][name]:
        schema["properties"][name]["enum"] += ["MAYBE"]


def one_value_less(schema: Schema, name: str) -> None:
    if "enum" in schema["properties"][name]:
        schema["properties"][name]["enum"].pop()


def other_items(schema: Schema, name: str) -> None:
    if "items" in schema["properties"][name]:
        schema["properties"][name]["items"] = {"type": "integer"}


def closed(schema: Schema, name: str) -> None:
    schema["additionalProperties"] = False


def other_limits(schema: Schema, name: str) -> None:
    kind = schema["properties"][name]
    kind |= {limit: kind[limit] + 1 for limit in ("minimum", "maxItems") if limit in kind}


def other_constant(schema: Schema, name: str) -> None:
    if "const" in schema["properties"][name]:
        schema["properties"][name]["const"] = "down"


def other_values_in_a_map(schema: Schema, name: str) -> None:
    if "additionalProperties" in schema["properties"][name]:
        schema["properties"][name]["additionalProperties"] = {"type": "string"}


BREAKING = (
    removed, renamed, no_longer_required, may_be_null, now_a_list, another_type, wider_type, anything, narrower,
    one_value_more, one_value_less, other_items, closed, other_limits, other_constant, other_values_in_a_map,
)  # fmt: skip


def new_property(schema: Schema, name: str) -> None:
    schema["properties"][f"{name}_too"] = {"type": "string"}


def new_required_property(schema: Schema, name: str) -> None:
    new_property(schema, name)
    schema["required"] = [f"{name}_too", *schema.get("required", ())]


def now_always_there(schema: Schema, name: str) -> None:
    schema["required"] = [*schema["properties"]]


def other_words(schema: Schema, name: str) -> None:
    schema["properties"][name] |= {"title": "Other", "description": "Said in another way."}


def other_order(schema: Schema, name: str) -> None:
    schema["properties"] = dict(reversed(schema["properties"].items()))
    for listed in [schema, *schema["properties"].values()]:
        listed |= {keyword: listed[keyword][::-1] for keyword in ("required", "enum") if keyword in listed}


COMPATIBLE = (new_property, new_required_property, now_always_there, other_words, other_order)


def test_every_event_is_published() -> None:
    """An event has its frozen schema from its first day, and is not taken away while that stands."""
    assert set(PUBLISHED) == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_an_event_keeps_what_was_published(name: EventName) -> None:
    """If this fails, subscribers break: leave v1 as it was, and add the change as a v2 (docs/events/README.md)."""
    assert [] == breaking_changes(PUBLISHED[name], event_schema(name))


@pytest.mark.parametrize("mutate", BREAKING, ids=lambda mutation: mutation.__name__)
def test_a_breaking_change_is_found(mutate: Mutation) -> None:
    """Wherever in an event it is made."""
    cases = [(what, breaking_changes(before, after)) for what, before, after in mutants(mutate)]
    assert cases
    assert [] == [what for what, found in cases if not found]


@pytest.mark.parametrize("mutate", COMPATIBLE, ids=lambda mutation: mutation.__name__)
def test_a_compatible_change_passes(mutate: Mutation) -> None:
    """Wherever in an event it is made."""
    cases = [(what, breaking_changes(before, after)) for what, before, after in mutants(mutate)]
    assert cases
    assert [] == [what for what, found in cases if found]


def test_a_renamed_definition_is_no_change() -> None:
    """How a class is called inside is nobody's business; what it holds is."""
    text = json.dumps(PUBLISHED["held"]).replace("Reason", "Cause")
    assert [] == breaking_changes(PUBLISHED["held"], json.loads(text))
    assert ["data.reason.code: removed", "data.reason.code: no longer always there"] == breaking_changes(
        PUBLISHED["held"], json.loads(text.replace('"code"', '"key"'))
    )


@pytest.mark.parametrize("name", FACTS)
def test_a_subscriber_of_today_takes_what_is_added_tomorrow(name: EventName) -> None:
    """The published schema finds today's example valid, with properties it has never heard of, but not without one."""
    validator = jsonschema.Draft202012Validator(PUBLISHED[name])
    data = {**example_events()[name].data, "added_later": {"a": 1}}
    if isinstance(reason := data.get("reason"), dict):
        data["reason"] = {**reason, "added_later": 1}
    assert [] == list(validator.iter_errors(data))
    assert not validator.is_valid({key: value for key, value in data.items() if key != "document_id"})


@pytest.mark.parametrize("name", FACTS)
def test_the_envelope_stays_as_it_is(name: EventName) -> None:
    """Type, id, source, subject and dataschema are what subscribers filter, de-duplicate and look up by."""
    shown = cloud_event(example_events()[name])
    document = example_events()[name].data["document_id"]
    assert {
        "specversion": "1.0",
        "id": f"{document}.1.{name}" + (".1" if name == "corrected" else ""),
        "source": "https://intraydocs.blob.core.windows.net/incoming",
        "type": f"dev.intray.document.{name}.v1",
        "subject": f"documents/{document}",
        "dataschema": f"https://intray.dev/events/{name}.v1.json",
        "datacontenttype": "application/json",
    } == {key: value for key, value in shown.items() if key not in ("time", "data")}
    assert PUBLISHED[name]["$id"] == shown["dataschema"]


@pytest.mark.parametrize("name", FACTS)
def test_an_example_is_as_the_pipeline_states_it(name: EventName) -> None:
    """The outbox makes the same event of the example's Document, Run and data."""
    example = example_events()[name]
    fact = FACTS[name].model_validate(example.data)
    document = Document(
        id=document_id(fact.container, fact.name, fact.etag), container=fact.container, name=fact.name,
        etag=fact.etag, size=1, uploaded=example.time, received=example.time,
    )  # fmt: skip
    context = replace(make_world().context, storage_url=example.source.removesuffix(f"/{fact.container}"))
    run = Run(document_id=document.id, number=fact.run, updated=example.time)
    assert example == new_event(context, document, run, name, fact)
