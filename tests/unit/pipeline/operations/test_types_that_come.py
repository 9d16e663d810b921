"""Types that are added, changed and removed while documents are on their way."""

from typing import Any

from shared.document_types.loader import read_type
from shared.document_types.yaml_files.folder import TypeFolder
from shared.domain.documents.run import State
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.testing.builders.evaluations import record_for, with_record
from tests.support.pipeline.world import CATALOGUE, NOTE, World, answering, make_world

SLIP = b"""
name: slip
title: Packing slip
schema: {type: object, properties: {number: {type: string, x-kind: identifier}}}
policy: {accept_at: 0.5, evaluation: record.yaml}
"""
ANSWER: dict[str, Any] = {"number": {"value": "A-17", "lines": ["p1.l2"]}}
VERDICT = {"verdicts": [{"field": "number", "verdict": "supported", "reason": "as printed", "line": None}]}


def _types_asked(world: World) -> int:
    return sum(call.schema_name == "classify_document" for call in world.models.calls)


async def _add(world: World, data: bytes = SLIP) -> None:
    unevaluated = read_type(TypeFolder("slip", {"type.yaml": data.replace(b", evaluation: record.yaml", b"")}, "slip"))
    record = record_for(unevaluated, CATALOGUE).model_dump_json().encode()  # JSON is YAML
    await world.blobs.write("document-types", "slip/record.yaml", record, "text/yaml")
    await world.blobs.write("document-types", "slip/type.yaml", data, "text/yaml")


async def _sweep(world: World) -> None:
    world.clock.advance(world.context.types.patience)
    await sweep(world.context)
    await world.settle()


def _world() -> World:
    """A world in which a slip is told as such by whoever knows that there are slips."""

    def classified(call: Any) -> dict[str, Any]:
        known = call.json_schema["properties"]["document_type"]["enum"]
        return {"document_type": "slip" if "slip" in known else "unknown", "lines": []}

    return make_world(script=answering(classify_document=classified, extract_slip=ANSWER, verify_slip=VERDICT))


async def test_a_held_document_goes_on_when_a_type_comes() -> None:
    """A file that no type fits waits; once there is another type it is tried again, without anybody asking for it."""
    world = _world()
    document_id = await world.drop("a.pdf")
    await world.settle()
    await _sweep(world)
    assert (State.HELD, 1) == ((await world.run(document_id)).state, _types_asked(world))
    await _add(world)
    await _sweep(world)
    run = await world.run(document_id)
    assert (2, "slip", State.FINALIZED) == (run.number, run.document_type, run.state)
    await _sweep(world)
    assert (2, 2) == ((await world.run(document_id)).number, _types_asked(world))


async def test_a_changed_rule_is_no_reason_to_classify_again() -> None:
    """Held documents are tried again when classifying would be told something else, and only then."""
    world = make_world(script=answering(classify_document={"document_type": "unknown", "lines": []}))
    await _add(world)
    await world.drop("a.pdf")
    await world.settle()
    await _add(world, SLIP.replace(b"accept_at: 0.5", b"accept_at: 0.6"))
    await _sweep(world)
    assert 1 == _types_asked(world)
    await _add(world, SLIP.replace(b"Packing slip", b"Delivery slip"))
    await _sweep(world)
    assert 2 == _types_asked(world)


async def test_a_forgotten_document_waits_for_no_type() -> None:
    """Whatever was noted of a held document goes with it."""
    world = _world()
    document_id = await world.drop("a.pdf")
    await world.settle()
    await forget(world.context, document_id)
    await world.settle()
    assert [] == [row async for row in world.records.partition("catalog", "untyped")]


async def test_a_folder_may_name_a_type_that_came_a_second_ago() -> None:
    """Who adds a type and uploads at once is not told that there is no such type."""
    world = _world()
    await world.drop("note/a.pdf")
    await world.settle()
    await _add(world)
    document_id = await world.drop("slip/b.pdf", b"%PDF b")
    await world.settle()
    assert ("slip", 0) == ((await world.run(document_id)).document_type, _types_asked(world))


async def test_a_run_ends_with_the_type_it_began_with() -> None:
    """A type that is removed in the middle of a Run takes nothing from it."""
    world = _world()
    await _add(world)
    document_id = await world.drop("slip/b.pdf")
    assert await world.step()  # read
    await world.blobs.delete("document-types", "slip/type.yaml")
    world.clock.advance(world.context.types.patience)
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state


async def test_another_type_costs_no_document_its_result() -> None:
    """Equal bytes stay a duplicate when a type is added, and are processed anew when their own type changed."""
    world = make_world()
    await world.drop("a.pdf")
    await world.settle()
    await _add(world)
    world.clock.advance(world.context.types.patience)
    copy = await world.drop("b.pdf")
    await world.settle()
    assert State.DUPLICATE is (await world.run(copy)).state
    changed = {NOTE.name: with_record(NOTE.model_copy(update={"rules": ()}).with_version(), CATALOGUE)}
    world.context.types.own = changed
    world.clock.advance(world.context.types.patience)
    calls = len(world.models.calls)
    anew = await world.drop("c.pdf")
    await world.settle()
    run = await world.run(anew)
    assert (State.FINALIZED, changed["note"].version) == (run.state, run.type_version)
    assert {"classify_document"} == {call.schema_name for call in world.models.calls[calls:]}
