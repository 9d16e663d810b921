"""Ranges of large files give way to the steps of small ones, and yet get on."""

import asyncio
from dataclasses import replace

import pytest

from functions.steps import run_step
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.context import Context
from shared.pipeline.priority import Range, Traffic
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import PAGE, STEPS, World, make_world


async def turns(count: int = 20) -> None:
    """Let other tasks run until they wait for something."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_range_pauses_while_a_step_goes_first() -> None:
    """It goes on when the last of them is done."""
    traffic = Traffic()
    with traffic.goes_first():
        with traffic.goes_first():
            range_ = asyncio.create_task(Range(traffic).give_way())
            await turns()
        await turns()
        assert not range_.done()
    await turns()
    assert range_.done()


async def test_a_range_does_not_pause_for_ever() -> None:
    """Its pauses are bounded together: afterwards it runs beside whatever goes first."""
    traffic = Traffic()
    range_ = Range(traffic, longest_pause=0.05)
    with traffic.goes_first():
        await asyncio.wait_for(range_.give_way(), 10)
        before = asyncio.get_running_loop().time()
        for _ in range(100):
            await range_.give_way()
        assert asyncio.get_running_loop().time() - before < 1


async def test_nothing_goes_first_after_a_step_that_failed() -> None:
    """The way is clear again."""
    traffic = Traffic()
    with pytest.raises(ValueError, match="broken"), traffic.goes_first():
        raise ValueError("broken")
    await asyncio.wait_for(Range(traffic).give_way(), 10)


def large_world() -> World:
    return make_world([text_page(number, *PAGE) for number in range(1, 5)], read_range=1, extract_range=1)


@pytest.mark.parametrize(("state", "stage"), [(State.READING, "read"), (State.EXTRACTING, "extract")])
async def test_ranges_wait_for_a_step_of_a_small_file(state: State, stage: str) -> None:
    """A range that is begun while another file is at work is finished after it."""
    world = large_world()
    document_id = await world.drop()
    while not world.queues.bodies(f"{stage}-ranges"):
        assert await world.step()
    body = world.queues.receive(f"{stage}-ranges")
    assert body is not None
    with world.context.traffic.goes_first():
        range_ = asyncio.create_task(run_step(world.context, f"{stage}-ranges", body.encode(), STEPS[stage]))
        await turns(200)
        assert not range_.done()
    await asyncio.wait_for(range_, 10)
    assert state is (await world.run(document_id)).state
    await world.settle()
    assert (await world.run(document_id)).is_settled


@pytest.mark.parametrize(
    ("queue", "task", "expected"),
    [
        ("read", "plan", True),
        ("extract", "plan", True),
        ("validate", "plan", True),
        ("decide", "plan", True),
        ("read", "p00001-00024", False),
        ("read-ranges", "p00001-00024", False),
        ("extract-ranges", "p00001-00008", False),
        ("check", "rows-1", False),
        ("publish", "plan", False),
    ],
)
async def test_steps_that_every_file_takes_go_first(queue: str, task: str, expected: bool) -> None:
    """Ranges and questions do not, on whatever queue a worker of the version before sent them."""
    world, paused = make_world(), list[bool]()

    async def step(context: Context, _message: StageMessage) -> None:
        range_ = asyncio.create_task(Range(context.traffic).give_way())
        await turns()
        paused.append(not range_.done())
        range_.cancel()

    message = StageMessage(document_id=await world.drop(), task=task)
    await run_step(replace(world.context), queue, message.model_dump_json().encode(), step)
    assert [expected] == paused


async def test_a_range_on_the_queue_of_small_files_does_not_wait_for_itself() -> None:
    """Workers of the version before send ranges there."""
    world = large_world()
    document_id = await world.drop()
    assert await world.step()
    body = world.queues.receive("read-ranges")
    assert body is not None
    await asyncio.wait_for(run_step(world.context, "read", body.encode(), STEPS["read"]), 10)
    assert State.READING is (await world.run(document_id)).state
