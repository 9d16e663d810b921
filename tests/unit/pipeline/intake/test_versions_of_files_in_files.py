"""An ETag that changes with equal bytes is no new version for what came out of a file either."""

import pytest

from shared.domain.documents.document import Document
from shared.domain.documents.run import State
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.store.runs import all_documents
from tests.support.pipeline.packing import packed, packing_world
from tests.support.pipeline.world import World
from tests.unit.pipeline.extract.test_packets import stack_world

MEMBERS = packed(("a.pdf", b"%PDF a"), ("b.pdf", b"%PDF b"))


async def children(world: World, file: str) -> list[Document]:
    return [document async for document in all_documents(world.context) if document.parent == file]


async def touch(world: World, container: str, name: str) -> None:
    """Write a blob again with equal bytes, which is what setting metadata does."""
    data = await world.blobs.read(container, name)
    assert data is not None
    await world.blobs.write(container, name, data, "application/pdf")


@pytest.mark.parametrize("queue", ["extract", "decide"])
async def test_the_parts_of_a_file_go_on_when_its_metadata_changes(queue: str) -> None:
    """A Part has its file's ETag, and its file's bytes are compared."""
    world = stack_world()
    file = await world.drop("stack.pdf")
    while not (await children(world, file) and await world.queues.depth(queue)):
        assert await world.step()
    await touch(world, "incoming", "stack.pdf")
    await world.settle()
    states = {(await world.run(part.id)).state for part in await children(world, file)}
    assert {State.FINALIZED, State.IN_REVIEW} >= states
    assert "failed" not in world.told()


async def test_the_parts_of_a_file_end_when_it_is_overwritten() -> None:
    """The new version is received although its event was lost, once for all Parts."""
    world = stack_world()
    file = await world.drop("stack.pdf")
    while not (await children(world, file) and await world.queues.depth("decide")):
        assert await world.step()
    await world.blobs.write("incoming", "stack.pdf", b"%PDF other", "application/pdf")
    await world.settle()
    parts = [await world.run(part.id) for part in await children(world, file)]
    assert {("superseded",)} == {tuple(reason.code for reason in run.reasons) for run in parts}
    uploads = [document async for document in all_documents(world.context) if document.parent is None]
    assert 2 == len(uploads)


async def test_members_go_on_when_their_metadata_changes() -> None:
    """A scanner that looks through `unpacked` touches each member before it is read."""
    world = packing_world()
    file = await world.drop("note/pack.zip", MEMBERS)
    while not await children(world, file):
        assert await world.step()
    for member in await children(world, file):
        await touch(world, member.container, member.name)
    await world.settle()
    states = [(await world.run(member.id)).state for member in await children(world, file)]
    assert (2, "failed" in world.told()) == (len(states), False)


async def test_forgetting_a_file_deletes_members_whose_metadata_changed() -> None:
    """Nothing is left of the file or of what was in it."""
    world = packing_world()
    file = await world.drop("note/pack.zip", MEMBERS)
    await world.settle()
    for member in await children(world, file):
        await touch(world, member.container, member.name)
    await touch(world, "incoming", "note/pack.zip")
    await forget(world.context, file)
    await world.settle()
    await sweep(world.context)
    await world.settle()
    assert set() == await world.kept()
