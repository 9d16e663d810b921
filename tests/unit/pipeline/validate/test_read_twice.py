"""A type's policy can have another deployment read every document too: what differs goes to a person."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.models.catalogue import Deployment
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import text_page
from shared.testing.reading import ScriptedDataReader
from tests.support.pipeline.world import ANSWERS, CATALOGUE, NOTE, ONE_PAGE, PAGE, World, answer, make_world
from tests.unit.pipeline.validate.test_second_reading import BOUND, ORDER, einvoice

TWICE = {"second_reading": True, "accept_at": 0.5}
OTHER = Deployment(name="see-too", capabilities=frozenset({"vision"}), input_price=3, cached_price=0.3, output_price=30)
READ = ANSWERS["extract_note"]
REFUSAL = ModelAnswer(text="No.", finish="refusal", model="see", usage=Usage())


def _world(
    second: object = READ,
    first: object = READ,
    pages: Sequence[SourcePage] = ONE_PAGE,
    kind: Any = NOTE,
    others: tuple[Deployment, ...] = (OTHER,),
) -> World:
    """A World whose first and second deployment answer so."""

    def script(call: ModelCall) -> ModelAnswer | str:
        if call.schema_name != "extract_note":
            return answer(call)
        given = {"see": first, "see-too": second}[call.deployment]
        return given if isinstance(given, ModelAnswer) else json.dumps(given)

    kind = kind.model_copy(update={"policy": kind.policy.model_copy(update=TWICE)})
    world = make_world(pages, script, types=[kind])
    world.deploy(*CATALOGUE.deployments, *others)
    return world


async def _outcome(world: World) -> dict[str, Any]:
    document = await world.drop()
    await world.settle()
    return await world.result(document)


def _asked(world: World) -> list[tuple[str, str]]:
    return [(call.deployment, call.schema_name) for call in world.models.calls]


async def test_two_readings_that_agree_make_values_surer_and_need_no_third() -> None:
    """Each deployment is asked the same, neither is told of the other, and nothing is left for the check."""
    once, twice = make_world(), _world()
    alone, both = await _outcome(once), await _outcome(twice)
    assert [("see", "extract_note"), ("see-too", "extract_note")] == _asked(twice)
    first, second = twice.models.calls
    assert first == second.model_copy(update={"deployment": "see"})
    assert ("ACCEPT", [], 2) == (both["disposition"], both["findings"], both["bill"]["calls"])
    for name in ("number", "total"):
        seen = both["fields"][name]
        assert ("model", True, 1) == (seen["second"]["reader"], seen["second"]["agrees"], len(seen["evidence"]))
        assert seen["confidence"] >= alone["fields"][name]["confidence"]
    assert both["fields"]["rows"]["confidence"] > alone["fields"]["rows"]["confidence"]


async def test_values_that_differ_go_to_a_person_who_sees_both() -> None:
    """Neither is preferred; the finding names the field and its row, the result has both values."""
    rows = [{"what": "Apples", "price": 3.0, "lines": ["p1.l3"]}]
    result = await _outcome(_world(READ | {"number": {"value": "A-11", "lines": ["p1.l2"]}, "rows": rows}))
    (told,) = result["findings"]
    assert ("second_reading_differs", "error", ["number", "rows"]) == (told["rule"], told["severity"], told["fields"])
    assert "Number; Rows, row 1 (Price)" in told["message"]
    number = result["fields"]["number"]
    assert ("REVIEW", "A-17", "A-11") == (result["disposition"], number["value"], number["second"]["value"])
    assert 3.0 == result["fields"]["rows"]["rows"][0]["second"]["price"]["value"]


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        ((*PAGE[:2], "Total 3.50"), "second_reading_overlooked"),
        (PAGE, "second_reading_only"),
        (PAGE[:2], "second_reading_only"),
    ],
)
async def test_a_value_that_only_the_second_reading_has_goes_to_a_person(page: tuple[str, ...], rule: str) -> None:
    """Whether it stands on the page once, more than once or not at all; it is never filled in."""
    first = READ | {"total": {"value": None, "lines": []}, "rows": []}
    result = await _outcome(_world(READ | {"rows": []}, first, pages=[text_page(1, *page)]))
    told = [(finding["rule"], finding["severity"]) for finding in result["findings"]]
    assert [(rule, "error")] == [one for one in told if one[0].startswith("second_reading")]
    assert ("REVIEW", None, 3.5) == (
        result["disposition"],
        result["fields"]["total"]["value"],
        result["fields"]["total"]["second"]["value"],
    )


async def test_rows_that_only_one_reading_has_are_told_by_count() -> None:
    """A reading that lost a row must not pass because the rest agrees."""
    more = READ | {"rows": [*READ["rows"], {"what": "Pears", "price": 2.0, "lines": []}]}
    result = await _outcome(_world(more))
    assert ("REVIEW", ["second_reading_rows"]) == (result["disposition"], [told["rule"] for told in result["findings"]])


async def test_a_second_reading_that_failed_goes_to_a_person() -> None:
    """What was to be read twice does not pass on one reading."""
    result = await _outcome(_world(REFUSAL))
    assert ("REVIEW", ["second_reading_unreadable"]) == (
        result["disposition"],
        [told["rule"] for told in result["findings"]],
    )


async def test_without_another_deployment_every_document_goes_to_a_person() -> None:
    """The type asks for what the catalogue cannot give, and its documents say so."""
    result = await _outcome(_world(others=()))
    assert ["second_reading_unreadable"] == [reason["code"] for reason in result["reasons"]]
    assert "no other deployment" in result["reasons"][0]["message"]


async def test_a_refused_first_reading_is_not_asked_of_the_second_reader() -> None:
    """Else the same answer would be compared with itself."""
    world = _world(first=REFUSAL)
    assert "REVIEW" == (await _outcome(world))["disposition"]
    assert [("see", "extract_note"), ("see-too", "extract_note")] == _asked(world)


@pytest.mark.parametrize(("stated", "agrees"), [("3.50", True), ("8.50", False)])
async def test_of_two_second_readers_the_one_that_denies_counts(stated: str, agrees: bool) -> None:
    """An e-invoice and another model are compared alike, each with the first reading."""
    world = _world(READ | ORDER, READ | ORDER, kind=BOUND)
    second = ScriptedDataReader(einvoice({"BT-112": (stated,)}))
    world.context = replace(world.context, embedded_data_readers={"application/pdf": second})
    result = await _outcome(world)
    total = result["fields"]["total"]["second"]
    assert (agrees, "e_invoice") == (total["agrees"], total["reader"])
    assert ("ACCEPT" if agrees else "REVIEW") == result["disposition"]


async def test_each_range_is_read_twice_and_the_readings_are_compared_whole() -> None:
    """Ranges of a long document are merged on both sides before anything is compared."""
    absent: dict[str, object] = {"value": None, "lines": []}
    world = _world(pages=[text_page(1, *PAGE), text_page(2, "Thank you")])
    world.context = replace(world.context, limits=replace(world.context.limits, extract_range=1))
    rest = {"number": absent, "total": absent, "rows": []}

    def script(call: ModelCall) -> str:
        if call.schema_name != "extract_note":
            return answer(call)
        return json.dumps(rest if "Thank you" in call.model_dump_json() else READ)

    world.models._script = script
    result = await _outcome(world)
    assert ("ACCEPT", 4) == (result["disposition"], len([one for one in _asked(world) if one[1] == "extract_note"]))
