"""Stacks of documents in one file: each Part goes its own way, and together they are all pages."""

import json

import pytest

from shared.domain.documents.document import Document
from shared.domain.documents.run import State
from shared.domain.reading.page_range import PageRange
from shared.domain.types.document_type import Policy
from shared.pipeline.intake.ingest import receive
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.store import artifacts
from shared.pipeline.store.runs import all_documents
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import text_page
from tests.support.pipeline.crashes import Crash, dying_before, heal
from tests.support.pipeline.world import NOTE, PAGE, World, answering, make_world

SECOND = ("Delivery note", "Note no. B-18", "Pears 2.00", "Total 2.00")
STACK = (text_page(1, *PAGE), text_page(2, "Note no. A-17", "Thank you"), text_page(3, *SECOND))
SPLIT = [PageRange(first=1, last=2), PageRange(first=3, last=3)]


def stack_world(
    first_pages: tuple[int, ...] = (), *, packets: bool = False, pages: tuple[SourcePage, ...] = STACK
) -> World:
    """A world whose every file is a stack, and whose model names these first pages when it is asked."""
    kind = NOTE.model_copy(update={"policy": Policy(accept_at=0.8, packets=packets)})
    script = answering(split_packet={"first_pages": list(first_pages)})
    return make_world(pages=pages, script=script, types=(kind,))


async def parts(world: World, file: str) -> list[Document]:
    """The Parts of a file, in the order of their pages."""
    found = [document async for document in all_documents(world.context) if document.parent == file]
    return sorted(found, key=lambda document: document.pages.first if document.pages else 0)


async def test_a_stack_is_taken_apart_and_each_part_has_its_result_and_events() -> None:
    """The file ends as unpacked; a Part has its file's name, and its pages count from one."""
    world = stack_world()
    file = await world.drop("stack.pdf")
    await world.settle()
    found = await parts(world, file)
    assert State.UNPACKED is (await world.run(file)).state
    assert SPLIT == [part.pages for part in found]
    assert {("incoming", "stack.pdf", 1)} == {(part.container, part.name, part.depth) for part in found}
    assert ["stack.pdf (pages 1-2)", "stack.pdf (pages 3-3)"] == [part.title for part in found]
    assert [2, 1] == [(await world.run(part.id)).pages for part in found]
    first, second = [await world.result(part.id) for part in found]
    assert [[1, 2], [1]] == [[page["number"] for page in result["pages"]] for result in (first, second)]
    assert ("A-17", ["p1.l2"]) == (
        first["fields"]["number"]["value"],
        first["fields"]["number"]["evidence"][0]["lines"],
    )
    told = {
        part.id: [event.name for event in world.events.published if event.data["document_id"] == part.id]
        for part in found
    }
    assert [2, 2] == [len(names) for names in told.values()]
    listed = json.loads(await world.blobs.read("results", f"unpacked/{file}.json") or b"")
    assert [part.id for part in found] == [member["document_id"] for member in listed["members"]]


async def test_a_part_takes_over_what_was_read_of_its_file() -> None:
    """Nothing is read again: lines are renumbered, and nothing else about them changes."""
    world = stack_world()
    file = await world.drop("stack.pdf")
    await world.settle()
    _, second = await parts(world, file)
    (page,) = await artifacts.StoredPages(world.context, await world.run(second.id)).load(range(1, 2))
    assert [f"p1.l{index}" for index in range(1, 5)] == [line.id for line in page.lines]
    assert [line.words for line in STACK[2].page.lines] == [line.words for line in page.lines]


async def test_a_model_is_asked_only_about_pages_that_leave_a_doubt() -> None:
    """And what it costs is on the bill of the file."""
    pages = (text_page(1, *PAGE), text_page(2, "Hello"), text_page(3, "Again"))
    world = stack_world(first_pages=(3, 1), pages=pages)
    file = await world.drop("stack.pdf")
    await world.settle()
    assert [PageRange(first=1, last=2), PageRange(first=3, last=3)] == [part.pages for part in await parts(world, file)]
    assert ["split_packet"] == [call.schema_name for call in world.models.calls if call.schema_name == "split_packet"]
    assert 1 == (await world.run(file)).bill.calls


async def test_a_file_of_a_known_type_is_taken_apart_only_where_its_type_allows_it() -> None:
    """A contract's annexes have page numbers of their own, and are no documents of their own."""
    closed, open_ = stack_world(), stack_world(packets=True)
    for world, expected in ((closed, []), (open_, SPLIT)):
        file = await world.drop("note/stack.pdf")
        await world.settle()
        found = await parts(world, file)
        assert expected == [part.pages for part in found]
        assert ["note"] * len(expected) == [(await world.run(part.id)).document_type for part in found]
    assert "split_packet" not in {call.schema_name for world in (closed, open_) for call in world.models.calls}


async def test_forgetting_a_part_leaves_the_file_and_forgetting_the_file_leaves_nothing() -> None:
    """A Part's bytes are the file's."""
    world = stack_world()
    file = await world.drop("stack.pdf")
    await world.settle()
    first, _ = await parts(world, file)
    await forget(world.context, first.id)
    await world.settle()
    assert await world.blobs.info("incoming", "stack.pdf")
    await forget(world.context, file)
    await world.settle()
    await sweep(world.context)
    await world.settle()
    assert set() == await world.kept()


@pytest.mark.parametrize("write", range(0, 40, 3))
async def test_a_crash_while_a_stack_is_taken_apart_heals(write: int) -> None:
    """One outcome each for the file and its Parts, told once, whatever write the process dies at."""
    world = stack_world()
    await world.blobs.write("incoming", "stack.pdf", b"%PDF a", "application/pdf")
    left = dying_before(world, write)
    try:
        file = await receive(world.context, "incoming", "stack.pdf")
    except Crash:
        file = await receive(world.context, "incoming", "stack.pdf")
    await heal(world)
    assert left[0] < 0
    found = await parts(world, file)
    assert SPLIT == [part.pages for part in found]
    outcomes = {"finalized", "review_requested", "unpacked"}
    for document in (file, *(part.id for part in found)):
        assert (await world.run(document)).is_settled
        told = {event.id: event.name for event in world.events.published if event.data["document_id"] == document}
        assert 1 == sum(name in outcomes for name in told.values())
