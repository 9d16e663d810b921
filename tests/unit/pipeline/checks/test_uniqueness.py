"""An invoice that was sent twice is told, whatever file it comes in."""

from typing import Any

from shared.domain.documents.run import State
from shared.pipeline.checks.uniqueness import find_repetition
from shared.pipeline.operations.replay import replay
from shared.pipeline.publish.forget import forget
from shared.pipeline.review.review import Decision, claim, complete
from shared.pipeline.store.runs import load
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import ANSWERS, NOTE, PAGE, World, answering, make_world

ONCE = NOTE.model_copy(update={"policy": NOTE.policy.model_copy(update={"unique": ("number", "total")})})
TOLD = ONCE.model_copy(update={"policy": ONCE.policy.model_copy(update={"unique_severity": "warning"})})


def world_of(*, kind: Any = ONCE, **changed: Any) -> World:
    """A World whose files, each with a line of its own, state the same number and total."""
    script = answering(extract_note=ANSWERS["extract_note"] | changed)
    return make_world(lambda data: (text_page(1, *PAGE, data.decode()),), script=script, types=(kind,))


async def settled(world: World, name: str) -> str:
    """The Document of a file, whose content is its name, after all is done."""
    document = await world.drop(f"note/{name}.pdf", f"%PDF {name}".encode())
    await world.settle()
    return document


async def state(world: World, document: str) -> tuple[State, list[str]]:
    """Where a Document is, and what was found."""
    return (await world.run(document)).state, [one["rule"] for one in (await world.result(document))["findings"]]


async def test_the_second_document_with_the_same_values_goes_to_a_person() -> None:
    """The finding names the first, so that the two can be compared."""
    world = world_of()
    first, second = await settled(world, "a"), await settled(world, "b")
    assert (State.FINALIZED, []) == await state(world, first)
    assert (State.IN_REVIEW, ["repeated"]) == await state(world, second)
    (finding,) = (await world.result(second))["findings"]
    assert (True, ["number", "total"]) == (f"note/a.pdf ({first})" in finding["message"], finding["fields"])


async def test_a_type_may_only_want_to_be_told() -> None:
    """As a warning it stops nothing."""
    world = world_of(kind=TOLD)
    await settled(world, "a")
    assert (State.FINALIZED, ["repeated"]) == await state(world, await settled(world, "b"))


async def test_without_a_policy_nothing_is_claimed() -> None:
    """Most types may say the same thing twice."""
    world = world_of(kind=NOTE)
    await settled(world, "a")
    assert (State.FINALIZED, []) == await state(world, await settled(world, "b"))
    assert not [place for place in await world.storage.contents() if place[1].startswith("unique-")]


async def test_values_that_are_absent_repeat_nothing() -> None:
    """Two invoices whose number could not be read are not the same invoice."""
    world = world_of(total={"value": None, "lines": []})
    await settled(world, "a")
    assert "repeated" not in (await state(world, await settled(world, "b")))[1]


async def test_a_replay_repeats_nothing(world: World) -> None:
    """A Document's own values are its own in every Run."""
    world = world_of()
    first = await settled(world, "a")
    await replay(world.context, first)
    await world.settle()
    assert (State.FINALIZED, []) == await state(world, first)


async def test_a_new_version_of_a_file_repeats_nothing() -> None:
    """Who overwrites a file wants it processed anew."""
    world = world_of()
    await settled(world, "a")
    newer = await world.drop("note/a.pdf", b"%PDF better")
    await world.settle()
    assert (State.FINALIZED, []) == await state(world, newer)


async def test_a_forced_copy_is_what_was_asked_for() -> None:
    """Whoever forces a copy knows that it is one."""
    world = world_of()
    await settled(world, "a")
    copy = await world.drop("note/copy.pdf", b"%PDF a")
    await world.settle()
    await replay(world.context, copy, force=True)
    await world.settle()
    assert (State.FINALIZED, []) == await state(world, copy)


async def test_a_forgotten_document_frees_its_values_and_leaves_no_row() -> None:
    """Its rows would otherwise speak of it for ever."""
    world = world_of()
    await forget(world.context, await settled(world, "a"))
    await world.settle()
    assert set() == await world.kept()
    assert (State.FINALIZED, []) == await state(world, await settled(world, "b"))


async def test_forgetting_the_second_keeps_the_claim_of_the_first() -> None:
    """It asked for the values, but never had them."""
    world = world_of(kind=TOLD)
    await settled(world, "a")
    await forget(world.context, await settled(world, "b"))
    await world.settle()
    assert (State.FINALIZED, ["repeated"]) == await state(world, await settled(world, "c"))


async def test_a_rejected_document_frees_its_values() -> None:
    """The sender may send a better one."""
    world = world_of()
    await settled(world, "a")
    second = await settled(world, "b")
    task = await claim(world.context, second, "ada")
    assert task.lease is not None
    await complete(world.context, second, Decision(token=task.lease.token, disposition="REJECT"))
    await world.settle()
    assert (State.IN_REVIEW, ["repeated"]) == await state(world, await settled(world, "c"))


async def test_a_correction_claims_the_right_values() -> None:
    """Otherwise the next invoice with the right number would pass."""
    world = world_of()
    await settled(world, "a")
    second = await settled(world, "b")
    task = await claim(world.context, second, "ada")
    assert task.lease is not None
    await complete(world.context, second, Decision(token=task.lease.token, corrections={"number": "B-18"}))
    await world.settle()
    world.models._script = answering(
        extract_note=ANSWERS["extract_note"] | {"number": {"value": "B 18", "lines": ["p1.l2"]}}
    )
    result = await world.result(await settled(world, "c"))
    assert [f"note/b.pdf ({second})"] == [
        f"note/b.pdf ({second})" for one in result["findings"] if one["rule"] == "repeated" and second in one["message"]
    ]


async def test_a_claim_that_is_made_again_is_its_own() -> None:
    """A step that died after it claimed is repeated."""
    world = world_of()
    document = await world.drop("note/a.pdf")
    snapshot = await load(world.context, document)
    assert snapshot is not None
    values = {"number": "A-17", "total": 3.5}
    told = [await find_repetition(world.context, snapshot.document, ONCE, values) for _ in range(2)]
    assert [(), ()] == told
