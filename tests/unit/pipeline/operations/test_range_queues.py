"""Ranges of large files have queues of their own, so that no small file waits behind them."""

from datetime import timedelta

import pytest

from functions.steps import run_step
from shared.domain.base.errors import Throttled
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage, range_queue, stage_of_queue
from shared.pipeline.context import Context
from shared.pipeline.operations.deferral_notes import load_waiting
from shared.pipeline.operations.poison import give_up
from shared.pipeline.operations.sweep import QUEUE_PATIENCE, sweep
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import PAGE, STEPS, World, make_world

LARGE, SMALL = "note/large.pdf", "note/small.pdf"


def ranged_world(pages: int = 4) -> World:
    """A World whose files have several pages, of which each is a range."""
    return make_world([text_page(number, *PAGE) for number in range(1, pages + 1)], read_range=1, extract_range=1)


async def step_until(world: World, document_id: str, state: State) -> None:
    while (await world.run(document_id)).state is not state:
        assert await world.step()


@pytest.mark.parametrize(("state", "stage"), [(State.READING, "read"), (State.EXTRACTING, "extract")])
async def test_the_queue_of_a_stage_holds_no_ranges(state: State, stage: str) -> None:
    """What a file that is uploaded now needs is next, however many ranges of another are waiting."""
    world = ranged_world()
    large = await world.drop(LARGE)
    await step_until(world, large, state)
    while len(world.queues.bodies(f"{stage}-ranges")) < 4:
        assert await world.step()
    small = await world.drop(SMALL, b"%PDF b")
    waiting = [StageMessage.model_validate_json(body) for body in world.queues.bodies(stage)]
    assert {small} >= {message.document_id for message in waiting}
    ranges = [StageMessage.model_validate_json(body) for body in world.queues.bodies(f"{stage}-ranges")]
    assert {large} == {message.document_id for message in ranges}


async def test_a_file_of_one_range_sends_none() -> None:
    """It is read and extracted by the messages of the stages themselves."""
    world = make_world()
    document_id = await world.drop()
    while await world.step():
        assert not world.queues.bodies("read-ranges")
        assert not world.queues.bodies("extract-ranges")
    assert (await world.run(document_id)).is_settled


async def test_a_range_on_the_queue_of_its_stage_is_worked_on() -> None:
    """Workers of the version before send ranges there, and so may stand in for those of this one."""
    world = ranged_world()
    document_id = await world.drop(LARGE)
    assert await world.step()
    for body in world.queues.bodies("read-ranges"):
        world.queues.remove("read-ranges", body)
        await world.queues.send("read", body)
    await world.settle()
    assert (await world.run(document_id)).is_settled


async def test_a_deferred_range_waits_on_its_own_queue() -> None:
    """The note says which stage waits, as for any other step."""
    world = ranged_world()
    document_id = await world.drop(LARGE)
    assert await world.step()
    body = world.queues.receive("read-ranges")
    assert body is not None

    async def throttled(_core: Context, _message: StageMessage) -> None:
        raise Throttled("The model is busy.", timedelta(minutes=1))

    await run_step(world.context, "read-ranges", body.encode(), throttled)
    assert 4 == len(world.queues.bodies("read-ranges"))
    assert [] == world.queues.bodies("read")
    note = await load_waiting(world.context, document_id, await world.run(document_id))
    assert note is not None
    assert "read" == note.stage
    await world.settle()
    assert (await world.run(document_id)).is_settled


async def test_a_range_that_fails_again_and_again_ends_its_run() -> None:
    """Its poison message names the queue, its document the stage."""
    world = ranged_world()
    document_id = await world.drop(LARGE)
    assert await world.step()
    body = world.queues.bodies("read-ranges")[0]
    assert document_id == await give_up(world.context, "read-ranges", "7", body.encode())
    run = await world.run(document_id)
    assert State.FAILED is run.state
    assert "The stage 'read' failed" in run.reasons[0].message
    assert await world.blobs.read("work", f"poison/{document_id}/read-ranges/7.json") is not None


async def test_ranges_that_wait_their_turn_are_not_sent_twice() -> None:
    """A Run whose ranges are behind those of others is pushed only after a long patience; lost ones soon."""
    world = ranged_world()
    await world.drop(LARGE)
    assert await world.step()
    world.clock.advance(timedelta(seconds=2 * world.context.limits.stalled_after.total_seconds()))
    assert 0 == await sweep(world.context)
    assert 4 == len(world.queues.bodies("read-ranges"))
    world.clock.advance(QUEUE_PATIENCE * world.context.limits.stalled_after)
    assert 1 == await sweep(world.context)
    assert 8 == len(world.queues.bodies("read-ranges"))
    while world.queues.receive("read-ranges"):
        pass
    world.clock.advance(2 * world.context.limits.stalled_after)
    assert 1 == await sweep(world.context)
    await world.settle()


async def test_a_plan_is_worked_on_wherever_it_comes_from() -> None:
    """A message says what to do; the queue only says who else waits."""
    world = ranged_world()
    document_id = await world.drop(LARGE)
    plan = dump_stored(StageMessage(document_id=document_id))
    await run_step(world.context, "read-ranges", plan.encode(), STEPS["read-ranges"])
    assert State.READING is (await world.run(document_id)).state


def test_each_queue_names_its_stage() -> None:
    """Both ways."""
    assert ("extract-ranges", "extract") == (range_queue("extract"), stage_of_queue("extract-ranges"))
    assert ("extract", "publish") == (stage_of_queue("extract"), stage_of_queue("publish"))
