"""Types of any shape: objects inside objects, more fields than one request takes, examples, dearer models."""

import json
from typing import Any

import pytest

from local.model_server.schema_limits import check_schema
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.documents.run import State
from shared.domain.models.catalogue import Deployment
from shared.domain.models.model_call import ImagePart, ModelAnswer, ModelCall, TextPart, Usage
from shared.domain.types.document_type import DocumentType, Example, FieldSpec, Policy, Rule
from shared.pipeline.models.prompting.schema import extraction_schema, group_fields, verification_schema
from shared.pipeline.review import review
from shared.testing.builders.pages import scanned_page, text_lines, text_page
from shared.testing.reading import ScriptedRecognizer
from tests.support.pipeline.world import ANSWERS, CATALOGUE, PAGE, World, answering, make_world

BUILT_IN_TYPES = list(load_types(BUILT_IN).values())
NESTED = DocumentType(
    name="order",
    title="Order",
    fields=(
        FieldSpec(name="seller.name", field_type="text", title="Seller: Name", required=True),
        FieldSpec(name="seller.address.city", field_type="text", title="Seller: Address: City"),
        FieldSpec(
            name="parcels.rows",
            field_type="table",
            title="Parcels",
            columns=(
                FieldSpec(name="to.city", field_type="text", title="To: City"),
                FieldSpec(name="kg", field_type="number", title="Weight"),
            ),
        ),
    ),
    rules=(
        Rule(id="city", expression='seller.address.city != "Ulm"', message="Not Ulm.", fields=("seller.address.city",)),
        Rule(id="light", expression="parcels.rows.all(row, row.kg < 30.0)", message="Heavy.", fields=("parcels.rows",)),
    ),
    policy=Policy(accept_at=0.1),
)
NESTED_ANSWER: dict[str, Any] = {
    "seller": {
        "name": {"value": "Ada", "lines": ["p1.l1"]},
        "address": {"city": {"value": "Ulm", "lines": ["p1.l2"]}},
    },
    "parcels": {"rows": [{"lines": ["p1.l3"], "to": {"city": "Bonn"}, "kg": 2}]},
}


def _nested() -> World:
    verdicts = [{"field": "seller.name", "verdict": "supported", "reason": "", "line": None}]
    script = answering(extract_order=NESTED_ANSWER, verify_order={"verdicts": verdicts})
    return make_world([text_page(1, "Ada", "Ulm", "Bonn 2")], script, types=[NESTED])


async def test_values_inside_objects_have_dotted_names_everywhere() -> None:
    """Results, evidence, findings, rules and corrections address a nested value by its path."""
    world = _nested()
    document_id = await world.drop("order/a.pdf")
    await world.settle()
    result = await world.result(document_id)
    fields = result["fields"]
    assert {"seller.name", "seller.address.city", "parcels.rows"} == set(fields)
    assert ("Ulm", ["p1.l2"]) == (
        fields["seller.address.city"]["value"],
        fields["seller.address.city"]["evidence"][0]["lines"],
    )
    assert [{"to.city": "Bonn", "kg": 2.0}] == fields["parcels.rows"]["value"]
    assert [("city", ["seller.address.city"])] == [(told["rule"], told["fields"]) for told in result["findings"]]
    task = await review.claim(world.context, document_id, "grace")
    assert task.lease is not None
    decision = review.Decision(token=task.lease.token, corrections={"seller.address.city": "Neu-Ulm"})
    assert (
        "Neu-Ulm" == (await review.complete(world.context, document_id, decision)).fields["seller.address.city"].value
    )


def _wide(count: int) -> DocumentType:
    fields = tuple(FieldSpec(name=f"part{n % 7}.f{n}", field_type="text", title=f"F{n}") for n in range(count))
    table = FieldSpec(name="rows", field_type="table", title="Rows", columns=fields[:90])
    return DocumentType(name="wide", title="Wide", fields=(*fields, table), policy=Policy(accept_at=0.1))


@pytest.mark.parametrize("count", [1, 30, 33, 200])
def test_each_group_of_a_wide_type_fits_a_request(count: int) -> None:
    """Every field is asked for once, in schemas that the service takes."""
    kind = _wide(count)
    found = group_fields(kind)
    assert kind.fields == tuple(spec for group in found for spec in group)
    for group in found:
        check_schema("extract_wide", extraction_schema(group))


@pytest.mark.parametrize("kind", BUILT_IN_TYPES, ids=[kind.name for kind in BUILT_IN_TYPES])
def test_every_request_about_a_built_in_type_fits_the_service(kind: DocumentType) -> None:
    """Reading it takes a single request, and its check fits as well."""
    (group,) = group_fields(kind)
    check_schema("extract", extraction_schema(group))
    check_schema("verify", verification_schema([spec.name for spec in group if spec.field_type != "table"]))


def _filled(call: ModelCall) -> object:
    """An answer with each field's own title as its value."""

    def value(schema: dict[str, Any], name: str) -> Any:
        if schema["type"] == "array":
            return []
        if set(schema["properties"]) == {"value", "lines"}:
            return {"value": name.upper(), "lines": []}
        return {key: value(inner, key) for key, inner in schema["properties"].items()}

    return value(call.json_schema, "")


async def test_a_wide_type_comes_back_whole() -> None:
    """The answers of all groups are one extraction."""
    world = make_world(script=answering(extract_wide=_filled, verify_wide={"verdicts": []}), types=[_wide(70)])
    document_id = await world.drop("wide/a.pdf")
    await world.settle()
    fields = (await world.result(document_id))["fields"]
    assert {f"part{n % 7}.f{n}": f"F{n}" for n in range(70)} == {
        name: field["value"] for name, field in fields.items() if name != "rows"
    }
    assert len(group_fields(_wide(70))) == sum(call.schema_name == "extract_wide" for call in world.models.calls)


async def test_a_cut_off_answer_for_one_page_is_asked_again_field_by_field() -> None:
    """Where pages cannot be halved any more, the fields are; what one answer cannot hold is named."""

    def script(call: ModelCall) -> object:
        names = list(call.json_schema["properties"])
        if len(names) > 1 or names == ["rows"]:
            return ModelAnswer(text="{", finish="length", model="see", usage=Usage())
        return {names[0]: ANSWERS["extract_note"][names[0]]}

    world = make_world(script=answering(extract_note=script))
    document_id = await world.drop()
    await world.settle()
    result = await world.result(document_id)
    assert ("A-17", 3.5) == (result["fields"]["number"]["value"], result["fields"]["total"]["value"])
    assert [("length", ["rows"]), ("empty_table", ["rows"])] == [
        (told["rule"], told["fields"]) for told in result["findings"]
    ]


EXAMPLE = Example(
    name="a",
    text="Delivery note\nNote no. B-9\nPears 2.00",
    picture=b"\xff\xd8",
    media_type="image/jpeg",
    values={"number": "B-9", "rows": [{"what": "Pears", "price": 2}]},
)


async def test_examples_come_first_and_are_the_same_for_every_document(world: World) -> None:
    """What a type's requests share is their beginning, so that it is cached; an example cites its own lines."""
    note = (await world.context.types.current_types())["note"]
    world = make_world(types=[note.model_copy(update={"examples": (EXAMPLE,)})])
    for name in ("a", "b"):
        await world.drop(f"note/{name}.pdf", name.encode())
    await world.settle()
    calls = [call for call in world.models.calls if call.schema_name == "extract_note"]
    first, second = (call.parts[:4] for call in [*calls, *calls][:2])
    assert first == second
    shown = first[1]
    assert isinstance(shown, TextPart)
    answer = json.loads(shown.text.splitlines()[1])["answer"]
    assert {"value": "B-9", "lines": ["e1.l2"]} == answer["number"]
    assert [{"lines": ["e1.l3"], "what": "Pears", "price": 2}] == answer["rows"]
    assert {"value": None, "lines": []} == answer["total"]
    assert ImagePart(media_type="image/jpeg", data=b"\xff\xd8") == first[3]
    assert {f"extract-note-{(await world.context.types.current_types())['note'].version}"} == {
        call.cache_key for call in calls
    }


def _deploy(world: World, *more: Deployment) -> None:
    """Add dearer deployments to the catalogue of a World."""
    world.deploy(*CATALOGUE.deployments, *more)


DEARER = CATALOGUE.deployments[0].model_copy(update={"name": "see more"})


@pytest.mark.parametrize(
    ("bad", "asked"),
    [
        (ModelAnswer(text="no", finish="refusal", model="see", usage=Usage()), 2),
        (ModelAnswer(text="so sorry", finish="stop", model="see", usage=Usage()), 2),
        (ModelAnswer(text='{"number": 3}', finish="stop", model="see", usage=Usage()), 2),
        (ModelAnswer(text="", finish="content_filter", model="see", usage=Usage()), 1),
    ],
)
async def test_a_useless_answer_is_asked_of_the_next_deployment_once(bad: ModelAnswer, asked: int) -> None:
    """Cheap first, dearer when in doubt, a person last; what a content filter refused goes to a person at once."""
    world = make_world(
        script=answering(extract_note=lambda call: bad if call.deployment == "see" else ANSWERS["extract_note"])
    )
    _deploy(world, DEARER)
    document_id = await world.drop()
    await world.settle()
    calls = [call.deployment for call in world.models.calls if call.schema_name == "extract_note"]
    state = State.FINALIZED if asked == 2 else State.IN_REVIEW
    assert (["see", "see more"][:asked], state) == (calls, (await world.run(document_id)).state)


async def test_two_useless_answers_go_to_a_person() -> None:
    """No third deployment is asked: then a person looks."""
    bad = ModelAnswer(text="no", finish="refusal", model="see", usage=Usage())
    dearest = DEARER.model_copy(update={"name": "see most"})
    world = make_world(script=answering(extract_note=bad))
    _deploy(world, DEARER, dearest)
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert (State.IN_REVIEW, "refusal") == (run.state, run.reasons[0].code)
    assert 2 == sum(call.schema_name == "extract_note" for call in world.models.calls)


async def test_a_model_of_text_alone_gets_no_pictures_and_as_many_pages_as_any() -> None:
    """Its catalogue entry says so with `images: 0`; such servers answer a picture with a failure of their own."""
    pages = [scanned_page(number) for number in (1, 2)]
    asked = []
    for images in (10, 0):
        world = make_world(pages, recognizer=ScriptedRecognizer({1: text_lines(1, *PAGE), 2: text_lines(2, "Two")}))
        see, think = CATALOGUE.deployments
        world.deploy(see.model_copy(update={"images": images}), think)
        await world.drop()
        await world.settle()
        parts = [part for call in world.models.calls for part in call.parts]
        asked.append((len(world.models.calls), sum(isinstance(part, ImagePart) for part in parts)))
    assert [(2, 2), (2, 0)] == asked
