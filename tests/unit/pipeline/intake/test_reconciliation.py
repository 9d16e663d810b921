"""Uploads that no event told of are found and received, whatever the container holds, within a bound of calls."""

from datetime import timedelta

import pytest

from shared.domain.base.errors import Unavailable
from shared.domain.documents.document import document_id
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.intake.ingest import receive, receive_version
from shared.pipeline.intake.reconciliation import Position, Reconciliation, reconcile_containers
from shared.ports.blobs import BlobPage
from shared.ports.records import Put, Record
from shared.testing.blobs import MemoryBlobs
from shared.testing.clock import START
from tests.support.pipeline.world import World, make_world

GRACE = timedelta(minutes=2)
OPTIONS = Reconciliation(max_calls=1000, grace=GRACE, started=START)


@pytest.fixture
async def world() -> World:
    """A system that has just started."""
    made = make_world()
    await reconcile_containers(made.context, OPTIONS)
    return made


async def upload(world: World, name: str, data: bytes = b"%PDF a") -> None:
    """Upload a file of which no event tells."""
    await world.blobs.write("incoming", name, data, "application/pdf")


async def receive_found(world: World) -> list[str]:
    """Receive what is on the queue `intake`, as its function does; the names."""
    names = []
    while body := world.queues.receive("intake"):
        message = IntakeMessage.model_validate_json(body)
        await receive_version(world.context, message)
        names.append(message.name)
    return names


async def run_passes(world: World, options: Reconciliation = OPTIONS, runs: int = 2) -> list[str]:
    """Run the timer every minute; the names that it found and that were received."""
    names = []
    for _ in range(runs):
        world.clock.advance(timedelta(minutes=1))
        await reconcile_containers(world.context, options)
        names += await receive_found(world)
    return names


async def test_an_upload_without_an_event_gets_its_result(world: World) -> None:
    """Its event was lost in an outage: the reconciliation receives it, once."""
    await upload(world, "note/a.pdf")
    assert ["note/a.pdf"] == await run_passes(world, runs=6)
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_an_upload_with_a_document_is_left_alone(world: World) -> None:
    """What its event brought needs no second message."""
    await world.drop("note/a.pdf")
    assert [] == await run_passes(world, runs=6)


async def test_the_trigger_has_its_chance_first(world: World) -> None:
    """A young upload is left to its event, and looked up by the next pass."""
    await upload(world, "note/a.pdf")
    assert [] == await run_passes(world, runs=1)
    await receive(world.context, "incoming", "note/a.pdf")
    assert [] == await run_passes(world, runs=4)


async def test_an_upload_in_the_middle_of_a_pass_is_found_by_the_next(world: World) -> None:
    """Its name lies before the page that is listed next, so this pass does not see it."""
    blobs = world.blobs
    assert isinstance(blobs, MemoryBlobs)
    for number in range(4):
        await upload(world, f"note/m{number}.pdf")
    few = Reconciliation(max_calls=10, grace=GRACE, started=START)
    found = await run_passes(world, few, runs=2)
    await upload(world, "note/a.pdf", b"%PDF b")
    found += await run_passes(world, few, runs=8)
    assert ["note/a.pdf", *(f"note/m{number}.pdf" for number in range(4))] == sorted(found)


async def test_metadata_that_changed_makes_no_document(world: World) -> None:
    """A scanner touched the file after it was received: same bytes, same Document."""
    await world.drop("note/a.pdf")
    await world.settle()
    await upload(world, "note/a.pdf")
    await run_passes(world, runs=6)
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_what_is_older_than_the_deployment_is_ignored() -> None:
    """A container that was in use before does not flood the system, unless the operator asks for it."""
    world = make_world()
    await upload(world, "note/old.pdf")
    world.clock.advance(timedelta(hours=1))
    options = Reconciliation(max_calls=1000, grace=GRACE, started=world.clock.now())
    assert [] == await run_passes(world, options, runs=4)
    back_to = Reconciliation(max_calls=1000, grace=GRACE, started=world.clock.now(), since=START)
    assert ["note/old.pdf"] == await run_passes(world, back_to, runs=4)


async def test_the_deployment_is_the_first_start() -> None:
    """A restart is no deployment: what was uploaded while the app was down is found."""
    world = make_world()
    await run_passes(world, runs=1)
    await upload(world, "note/a.pdf")
    world.clock.advance(timedelta(hours=1))
    restarted = Reconciliation(max_calls=1000, grace=GRACE, started=world.clock.now())
    assert ["note/a.pdf"] == await run_passes(world, restarted, runs=1)


async def test_uploads_before_the_first_run_of_the_timer_are_found() -> None:
    """The tables were away when the app first started: its start counts, not the first run that succeeded."""
    world = make_world()
    world.clock.advance(timedelta(minutes=5))
    await upload(world, "note/a.pdf")
    world.clock.advance(timedelta(minutes=30))
    assert ["note/a.pdf"] == await run_passes(world, runs=1)


async def test_a_blob_that_cannot_be_compared_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One odd blob is logged and skipped; the pass goes on and ends."""
    for name in ("note/a.pdf", "note/b.pdf", "note/c.pdf"):
        await upload(world, name)
    info = await world.blobs.info("incoming", "note/b.pdf")
    assert info is not None
    odd, get = document_id("incoming", "note/b.pdf", info.etag), world.records.get

    async def refuse(table: str, partition: str, key: str) -> Record | None:
        if partition == odd:
            raise ValueError("the table refuses this key")
        return await get(table, partition, key)

    monkeypatch.setattr(world.records, "get", refuse)
    world.clock.advance(GRACE)
    assert 2 == await reconcile_containers(world.context, OPTIONS)


async def test_an_outage_moves_no_position(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be looked up is looked up again."""
    await upload(world, "note/a.pdf")
    world.clock.advance(GRACE)

    async def away(*_arguments: object, **_options: object) -> None:
        raise Unavailable("the queues are away")

    with monkeypatch.context() as patch:
        patch.setattr(world.queues, "send", away)
        with pytest.raises(Unavailable):
            await reconcile_containers(world.context, OPTIONS)
    assert ["note/a.pdf"] == await run_passes(world, runs=1)


async def test_two_timers_at_once_are_harmless(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both take the same part; an upload that was sent twice is received once."""
    await upload(world, "note/a.pdf")
    world.clock.advance(GRACE)
    page, runs = world.blobs.page, iter([1])

    async def overtaken(container: str, token: str | None = None, size: int = 5000) -> BlobPage:
        for _ in runs:
            await reconcile_containers(world.context, OPTIONS)
        return await page(container, token, size)

    monkeypatch.setattr(world.blobs, "page", overtaken)
    await reconcile_containers(world.context, OPTIONS)
    assert ["note/a.pdf"] * 2 == await receive_found(world)
    await world.settle()
    assert ["received", "finalized"] == world.told()


async def test_a_deleted_blob_at_the_position_loses_no_other(world: World) -> None:
    """The name up to which a page was done is no longer in the listing."""
    for number in range(9):
        await upload(world, f"note/{number}.pdf", b"%%PDF %d" % number)
    world.clock.advance(GRACE)
    few = Reconciliation(max_calls=12, grace=GRACE, started=START)
    await reconcile_containers(world.context, few)
    row = await world.records.get("catalog", "incoming", "position")
    assert row is not None
    done = Position.model_validate_json(row.body).name
    await world.blobs.delete("incoming", done)
    await run_passes(world, few, runs=8)
    await world.settle()
    assert 8 == world.told().count("received")


async def test_a_damaged_position_begins_a_new_pass(world: World) -> None:
    """The row was overwritten by something else: everything since the deployment is looked at again."""
    await upload(world, "note/a.pdf")
    await world.records.commit("catalog", "incoming", [Put("position", "{")])
    assert ["note/a.pdf"] == await run_passes(world)


async def test_a_name_that_is_no_text_stops_no_other(world: World) -> None:
    """Nothing can hold half of a surrogate pair: such a blob is logged and skipped."""
    for name in ("note/a.pdf", "note/b\ud800.pdf", "note/c.pdf"):
        await upload(world, name)
    assert ["note/a.pdf", "note/c.pdf"] == await run_passes(world)
