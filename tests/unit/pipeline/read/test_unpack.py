"""Files that hold files: each member becomes a Document that names its parent, and nothing in them is lost."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.base.errors import StillRunning
from shared.domain.documents.document import Document
from shared.domain.documents.event import UnpackedFact
from shared.domain.documents.run import State
from shared.pipeline.intake.ingest import receive
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.retention import forget_expired
from shared.pipeline.operations.status import load_detail
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.store.runs import all_documents, load
from tests.support.pipeline.crashes import Crash, dying_before, heal
from tests.support.pipeline.packing import packed, packing_world
from tests.support.pipeline.world import NOTE, ONE_PAGE, World

TWO = packed(("in/a.pdf", b"%PDF a"), ("b.pdf", b"%PDF b"))


async def _children(world: World, parent: str) -> list[Document]:
    """The Documents that came out of one, by name."""
    found = [document async for document in all_documents(world.context) if document.parent == parent]
    return sorted(found, key=lambda document: document.name)


async def _state(world: World, document_id: str) -> State:
    return (await world.run(document_id)).state


async def test_each_member_becomes_a_child_of_its_parent_s_type() -> None:
    """The parent ends as unpacked; each child is processed by itself, under its parent's document type."""
    world = packing_world()
    parent = await world.drop("note/both.zip", TWO)
    await world.settle()
    children = await _children(world, parent)
    assert State.UNPACKED is await _state(world, parent)
    assert [f"note/{parent}/00001-a.pdf", f"note/{parent}/00002-b.pdf"] == [child.name for child in children]
    assert [("unpacked", 1, "note")] * 2 == [(child.container, child.depth, child.folder) for child in children]
    assert [State.FINALIZED] * 2 == [await _state(world, child.id) for child in children]


async def test_a_member_without_a_type_folder_is_classified() -> None:
    """A folder that is no type's is handed down too, and says nothing: the members are classified."""
    world = packing_world()
    parent = await world.drop("2026/both.zip", TWO)
    await world.settle()
    children = await _children(world, parent)
    assert [f"2026/{parent}/00001-a.pdf", f"2026/{parent}/00002-b.pdf"] == [child.name for child in children]
    assert ["note", "note"] == [(await world.run(child.id)).document_type for child in children]


async def test_the_event_names_children_and_what_was_left_out() -> None:
    """Whoever subscribes learns every member's fate, and where the whole list is; a child's events name its parent."""
    world = packing_world()
    parent = await world.drop("note/mixed.zip", packed(("a.pdf", b"%PDF a"), ("nothing.txt", b"")))
    await world.settle()
    (event,) = [event for event in world.events.published if event.name == "unpacked"]
    (child,) = await _children(world, parent)
    assert [{"document_id": child.id, "name": "a.pdf"}] == event.data["children"]
    empty = {"name": "nothing.txt", "reason": {"code": "empty", "message": "It has 0 bytes."}}
    assert ([empty], 1, 1) == (event.data["skipped"], event.data["children_count"], event.data["skipped_count"])
    assert {parent} == {told.data["parent"] for told in world.events.published if told.data["document_id"] == child.id}
    listed = json.loads(await world.blobs.read("results", f"unpacked/{parent}.json") or b"")
    assert [child.id, None] == [member["document_id"] for member in listed["members"]]


async def test_an_event_names_a_hundred_and_the_list_all() -> None:
    """A thousand members with long names fit into the outbox, and none is missing in the list."""
    world = packing_world(max_members=1000)
    parent = await world.drop("big.zip", packed(*((f"{'ä' * 300}{number}", b"%PDF same") for number in range(120))))
    await world.settle()
    (event,) = [event for event in world.events.published if event.name == "unpacked"]
    fact = UnpackedFact.model_validate(event.data)
    assert (100, 120) == (len(fact.children), fact.children_count)
    found = await load_detail(world.context, parent)
    assert found is not None
    assert 120 == len({member.document_id for member in found.members})


async def test_equal_members_are_duplicates_like_any_files() -> None:
    """The second of two equal members names the first, and is not paid for."""
    world = packing_world()
    parent = await world.drop("note/twice.zip", packed(("a.pdf", b"%PDF a"), ("b.pdf", b"%PDF a")))
    await world.settle()
    first, second = await _children(world, parent)
    assert (State.FINALIZED, State.DUPLICATE) == (await _state(world, first.id), await _state(world, second.id))
    assert first.id == (await world.run(second.id)).duplicate_of


async def test_an_equal_archive_is_a_duplicate_and_has_no_children() -> None:
    """The same archive dropped twice is unpacked once."""
    world = packing_world()
    await world.drop("note/a.zip", TWO)
    second = await world.drop("note/b.zip", TWO)
    await world.settle()
    assert State.DUPLICATE is await _state(world, second)
    assert [] == await _children(world, second)


async def test_one_bad_member_is_its_own_failure() -> None:
    """What is wrong with a member ends that member only."""
    world = packing_world()
    parent = await world.drop("x.zip", packed(("bad.zip", packed(("empty", b""))), ("a.pdf", b"%PDF a")))
    await world.settle()
    bad, good = await _children(world, parent)
    assert (State.FAILED, State.FINALIZED) == (await _state(world, bad.id), await _state(world, good.id))
    assert State.UNPACKED is await _state(world, parent)


async def test_a_file_with_nothing_in_it_fails() -> None:
    """An archive of empty files has no outcome but a failure that says so, and holds no claim."""
    world = packing_world()
    parent = await world.drop("x.zip", packed(("a", b""), ("b", b"")))
    await world.settle()
    assert ["empty"] == [reason.code for reason in (await world.run(parent)).reasons]


async def test_nesting_ends_at_the_limit() -> None:
    """A file that lies too deep fails by itself and names the setting; what is around it is unpacked."""
    world = packing_world(max_nesting=2)
    innermost = packed(("a.pdf", b"%PDF a"))
    parent = await world.drop("x.zip", packed(("1.zip", packed(("2.zip", innermost)))))
    await world.settle()
    (first,) = await _children(world, parent)
    (second,) = await _children(world, first.id)
    assert (State.UNPACKED, 2) == (await _state(world, first.id), second.depth)
    (reason,) = (await world.run(second.id)).reasons
    assert ("too_large", True) == (reason.code, "INTRAY_MAX_NESTING" in reason.message)


@pytest.mark.parametrize(("limit", "setting"), [("max_members", "MEMBERS"), ("max_unpacked_bytes", "UNPACKED_BYTES")])
async def test_bounds_hold_for_an_upload_with_all_that_lies_in_it(limit: str, setting: str) -> None:
    """Nested archives share the bounds of the upload: many small ones cannot become any number of Documents."""
    inner = [packed(("a.pdf", b"%PDF " + sign), ("b.pdf", b"%PDF ." + sign)) for sign in (b"1", b"2")]
    most = {"max_members": 5, "max_unpacked_bytes": 2 * len(inner[0]) + 20}[limit]
    world = packing_world(**{limit: most})
    parent = await world.drop("x.zip", packed(("1.zip", inner[0]), ("2.zip", inner[1])))
    await world.settle()
    first, second = await _children(world, parent)
    assert (State.UNPACKED, State.FAILED) == (await _state(world, first.id), await _state(world, second.id))
    (reason,) = (await world.run(second.id)).reasons
    assert ("too_large", True) == (reason.code, f"INTRAY_MAX_{setting}" in reason.message)


async def test_a_pdf_is_read_and_its_attachments_are_children() -> None:
    """Its result lists them; what could not be taken out is listed with the reason, and the pages are read anyway."""
    world = packing_world(max_members=2)
    few = await world.drop("note/few.pdf", packed(("a.pdf", b"%PDF a"), kind=b"%PDF "))
    many = await world.drop("note/many.pdf", packed(*((str(place), b"%PDF x") for place in range(3)), kind=b"%PDF "))
    await world.settle()
    (child,) = await _children(world, few)
    assert [child.id] == [member["document_id"] for member in (await world.result(few))["members"]]
    assert State.FINALIZED is await _state(world, child.id)
    (listed,) = (await world.result(many))["members"]
    assert ("attachments", "too_large") == (listed["name"], listed["skipped"]["code"])


async def test_a_replay_finds_the_same_children() -> None:
    """Unpacking again makes no second child of the same member, and touches none."""
    world = packing_world()
    parent = await world.drop("note/both.zip", TWO)
    await world.settle()
    before = [child.id for child in await _children(world, parent)]
    await replay(world.context, parent)
    await world.settle()
    assert before == [child.id for child in await _children(world, parent)]
    assert [1, 1] == [(await world.run(child)).number for child in before]
    assert 2 == world.told().count("unpacked")


async def test_forgetting_a_file_forgets_what_came_out_of_it() -> None:
    """Nothing is left of the archive, its members, the archive in it, or their results; each was told."""
    world = packing_world()
    parent = await world.drop("note/x.zip", packed(("a.pdf", b"%PDF a"), ("in.zip", packed(("b.pdf", b"%PDF b")))))
    await world.settle()
    await forget(world.context, parent)
    await world.settle()
    await sweep(world.context)
    left = await world.kept()
    assert (set(), 4) == (left, world.told().count("deleted"))


async def test_what_still_runs_inside_is_not_forgotten() -> None:
    """Deleting half of a family would lose the other half's source: one waits for the outcome."""
    world = packing_world()
    parent = await world.drop("note/both.zip", TWO)
    while await _state(world, parent) is not State.UNPACKED:
        assert await world.step()
    with pytest.raises(StillRunning):
        await forget(world.context, parent)


async def test_a_forgotten_member_is_made_anew_by_a_replay_of_its_file() -> None:
    """Its bytes are still in the file, so unpacking that again makes a new Document of them."""
    world = packing_world()
    parent = await world.drop("note/both.zip", TWO)
    await world.settle()
    first, second = await _children(world, parent)
    await forget(world.context, first.id)
    await world.settle()
    await replay(world.context, parent)
    await world.settle()
    again, same = await _children(world, parent)
    assert (True, second.id) == (again.id != first.id, same.id)
    assert State.FINALIZED is await _state(world, again.id)


async def test_retention_takes_the_members_first_and_then_their_file() -> None:
    """A member whose time is not over keeps the file that it came from; at last all are gone."""
    strict = NOTE.model_copy(update={"policy": NOTE.policy.model_copy(update={"retention_days": 7})})
    world = packing_world(types=[strict], retention=timedelta(days=3))
    await world.drop("both.zip", TWO)
    await world.settle()
    world.clock.advance(timedelta(days=4))
    assert 0 == await forget_expired(world.context)
    world.clock.advance(timedelta(days=4))
    assert 2 == await forget_expired(world.context)
    await world.settle()
    assert 1 == await forget_expired(world.context)
    await world.settle()
    assert [] == [document async for document in all_documents(world.context)]


@pytest.mark.parametrize("write", range(68))
async def test_a_crash_at_any_write_of_unpacking_heals(write: int) -> None:
    """Whatever write the process dies at: one outcome each for the file and its members, told once, paid once."""
    world = packing_world()
    await world.blobs.write("incoming", "note/both.zip", TWO, "application/zip")
    left = dying_before(world, write)
    try:
        parent = await receive(world.context, "incoming", "note/both.zip")
    except Crash:
        parent = await receive(world.context, "incoming", "note/both.zip")
    await heal(world)
    assert left[0] < 0
    children = await _children(world, parent)
    assert State.UNPACKED is await _state(world, parent)
    assert [State.FINALIZED] * 2 == [await _state(world, child.id) for child in children]
    expected: dict[str, list[Any]] = {parent: ["received", "unpacked"]}
    expected |= {child.id: ["received", "finalized"] for child in children}
    told: dict[str, list[str]] = {}
    for event in world.events.published:
        names = told.setdefault(str(event.data["document_id"]), [])
        if event.name not in names:
            names.append(event.name)
    assert expected == told


@pytest.mark.parametrize("write", range(27))
async def test_a_crash_at_any_write_of_forgetting_heals(write: int) -> None:
    """A file that was forgotten takes its members along, whatever dies on the way."""
    world = packing_world()
    parent = await world.drop("note/both.zip", TWO)
    await world.settle()
    left = dying_before(world, write)
    try:
        await forget(world.context, parent)
    except Crash:
        if await load(world.context, parent) is not None:
            await forget(world.context, parent)
    await heal(world)
    assert left[0] < 0
    assert set() == await world.kept()


async def test_a_file_without_pages_is_what_it_holds() -> None:
    """A workbook with nothing but a file inserted into it is unpacked; with nothing at all it has no pages."""
    world = packing_world(pages=lambda data: ONE_PAGE if b"[[" not in data else ())
    parent = await world.drop("note/sheet.pdf", packed(("a.pdf", b"%PDF a"), kind=b"%PDF"))
    empty = await world.drop("note/empty.pdf", packed(("none", b""), kind=b"%PDF"))
    await world.settle()
    (child,) = await _children(world, parent)
    assert (State.UNPACKED, State.FINALIZED) == (await _state(world, parent), await _state(world, child.id))
    assert ["no_pages"] == [reason.code for reason in (await world.run(empty)).reasons]
