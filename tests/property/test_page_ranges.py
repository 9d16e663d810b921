"""Page ranges that finish in any order, twice, and on workers of two versions."""

import asyncio
from copy import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.steps import run_step
from shared.domain.base.errors import Conflict
from shared.domain.documents.run import State
from shared.domain.documents.task import TaskDone
from shared.domain.reading.page_range import PageRange, page_ranges
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.store.rows.receipts import insert_receipt, load_all_receipts, planned_ranges
from shared.pipeline.store.runs import FEW_TASKS, finish_task
from shared.testing.builders.pages import text_page
from tests.support.pipeline.earlier_version import finish_task_earlier
from tests.support.pipeline.ranges import (
    SIZE,
    SharedRecords,
    assert_moved_once,
    loaded,
    planned_world,
    receipt,
)
from tests.support.pipeline.world import PAGE, STEPS, answering, make_world
from tests.unit.pipeline.models.test_finished_ranges import (
    CENT,
    count_known_calls,
    finish_range,
    range_names,
    start_extracting,
)
from tests.unit.pipeline.store.test_fan_in import without_waiting  # noqa: F401 - an autouse fixture
from tests.unit.pipeline.test_nothing_twice import answer_with_rows_of_pages


@given(st.randoms(use_true_random=False), st.sampled_from([2, 6, FEW_TASKS + 1, 14, 30]), st.data())
async def test_workers_of_both_versions_finish_one_run(order: Any, tasks: int, data: st.DataObject) -> None:
    """Whichever version finishes which range, in any order and twice: the Run moves once, with each bill once."""
    world, _ = await planned_world(tasks, order)
    snapshot = await loaded(world)
    ranges = list(page_ranges(SIZE * tasks, SIZE))
    order.shuffle(ranges)
    earlier = data.draw(st.sets(st.integers(0, tasks + 2)))
    repeated = ranges[: order.randint(0, 3)]

    async def deliver(number: int, pages: PageRange) -> None:
        finish = finish_task_earlier if number in earlier else finish_task
        for _ in range(50):
            try:
                await finish(world.context, snapshot, receipt(pages), State.EXTRACTING)
                return
            except Conflict:
                await asyncio.sleep(0)
        raise AssertionError("a range never finished")

    at_once = data.draw(st.booleans())
    work = [deliver(number, pages) for number, pages in enumerate([*ranges, *repeated])]
    if at_once:
        await asyncio.gather(*work)
    else:
        for one in work:
            await one
    if (await loaded(world)).run.state is State.READING:
        assert earlier, "workers of this version leave no Run behind"
        world.clock.advance(timedelta(hours=2))
        await sweep(world.context)
    await assert_moved_once(world, tasks)


@given(st.randoms(use_true_random=False), st.integers(2, 23), st.integers(1, 5))
async def test_ranges_meet_again_in_any_order(random: Any, pages: int, size: int) -> None:
    """Page ranges finished in any order, each message delivered twice: every row once, in page order."""
    sources = [text_page(1, *PAGE), *(text_page(number, f"Item {number} 1.00") for number in range(2, pages + 1))]
    world = make_world(sources, answering(extract_note=answer_with_rows_of_pages), read_range=size, extract_range=size)
    document_id = await world.drop()
    for _ in range(2000):
        waiting = [(queue, body) for queue in STEPS for body in world.queues.bodies(queue)]
        if not waiting:
            break
        queue, body = random.choice(waiting)
        await run_step(world.context, queue, body.encode(), STEPS[queue])
        if random.random() < 0.5:
            world.queues.remove(queue, body)
    result = await world.result(document_id)
    assert [f"Item {number}" for number in range(2, pages + 1)] == [
        row["what"] for row in result["fields"]["rows"]["value"]
    ]
    assert pages == len(result["pages"])
    assert {1} == set(world.models.billed.values())


@given(order=st.permutations(range_names(FEW_TASKS + 6)), earlier=st.sets(st.integers(0, FEW_TASKS + 5), max_size=3))
async def test_a_step_knows_what_every_finished_range_cost(order: list[str], earlier: set[int]) -> None:
    """Whatever the order they finish in, and whichever of them workers of the earlier version finish."""
    world = make_world()
    await start_extracting(world, len(order))
    for index, name in enumerate(order[:-1]):
        if index in earlier:
            done = TaskDone(stage="extract", name=name, bill=CENT)
            await finish_task_earlier(world.context, await loaded(world), done, State.VALIDATING)
        else:
            await finish_range(world, name)
        assert index + 1 == await count_known_calls(world)


@given(tasks=st.integers(FEW_TASKS + 1, 60), size=st.integers(1, 30), seed=st.integers(0, 99), part=st.booleans())
async def test_all_receipts_are_there_only_when_none_is_missing(tasks: int, size: int, seed: int, part: bool) -> None:
    """Whatever the size of a range: in any order, the last one finds all, and none before it does."""
    world = make_world()
    world.context = replace(world.context, records=SharedRecords(world.records, Random(seed)))  # noqa: S311 - no secret
    await start_extracting(world, 1)
    pages = size * tasks - (size // 2 if part else 0)
    run = replace((await loaded(world)).run, pages=pages, range_size=size, tasks_left=tasks)
    ranges: list[PageRange] = list(planned_ranges(run))
    Random(seed).shuffle(ranges)  # noqa: S311 - no secret
    for count, one in enumerate(ranges, 1):
        await insert_receipt(world.context, run, TaskDone(stage="extract", name=one.name))
        receipts = await load_all_receipts(world.context, run, "extract", one.name)
        assert (count == len(ranges)) == (receipts is not None)
