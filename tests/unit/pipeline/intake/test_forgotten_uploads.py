"""Forgetting deletes the upload that a Document stands for, whatever its ETag is by now, and no other."""

import pytest

from shared.domain.documents.run import State
from shared.pipeline.intake.ingest import receive
from shared.pipeline.operations.replay import replay
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.ports.blobs import BlobInfo
from tests.support.pipeline.world import Twins, World, make_world
from tests.unit.pipeline.intake.test_versions import NAME, WithoutMd5, rewrite


@pytest.fixture(params=[Twins, WithoutMd5], ids=["md5", "no-md5"])
def world(request: pytest.FixtureRequest) -> World:
    return make_world(storage=request.param)


async def test_forgetting_deletes_the_upload_whatever_its_etag(world: World) -> None:
    """The bytes are the Document's, so they go; nothing is left."""
    document = await world.drop(NAME)
    await world.settle()
    await rewrite(world)
    await forget(world.context, document)
    await world.settle()
    await sweep(world.context)
    assert await world.blobs.read("incoming", NAME) is None
    assert set() == await world.kept()


async def test_forgetting_leaves_other_bytes_of_equal_size(world: World) -> None:
    """A newer upload whose event has not come yet is nobody's to delete."""
    document = await world.drop(NAME)
    await world.settle()
    await rewrite(world, b"%PDF b")
    await forget(world.context, document)
    await world.settle()
    assert b"%PDF b" == await world.blobs.read("incoming", NAME)


async def test_forgetting_leaves_an_equal_upload_that_another_document_needs(world: World) -> None:
    """The duplicate is processed after all when its original is forgotten: it needs its bytes."""
    first = await world.drop(NAME)
    await world.settle()
    await rewrite(world)
    second = await receive(world.context, "incoming", NAME)
    await world.settle()
    await rewrite(world)
    await forget(world.context, first)
    await world.settle()
    await replay(world.context, second)
    await world.settle()
    assert State.FINALIZED is (await world.run(second)).state
    await forget(world.context, second)
    await world.settle()
    assert await world.blobs.read("incoming", NAME) is None


async def test_an_upload_at_the_moment_of_deleting_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and deleting somebody uploads another file under the name: it is not deleted."""
    world = make_world()
    document = await world.drop(NAME)
    await world.settle()
    await forget(world.context, document)
    info = world.blobs.info
    uploads = iter([b"%PDF new"])

    async def overtaken(container: str, name: str) -> BlobInfo | None:
        seen = await info(container, name)
        for data in uploads:
            await world.blobs.write(container, name, data, "application/pdf")
        return seen

    monkeypatch.setattr(world.blobs, "info", overtaken)
    await world.settle()
    assert b"%PDF new" == await world.blobs.read("incoming", NAME)
