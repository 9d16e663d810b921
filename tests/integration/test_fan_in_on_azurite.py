"""Many ranges that finish at once, on real tables: what it costs, beside what the earlier version took.

`pytest -s tests/integration/test_fan_in_on_azurite.py` prints the figures of docs/decisions/0024.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from shared.adapters.storage.tables import AzureTables
from shared.domain.base.errors import Conflict
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import TaskDone
from shared.domain.reading.page_range import page_ranges
from shared.pipeline.context import Context
from shared.pipeline.store.runs import Snapshot, finish_task
from tests.integration.azurite_storage import empty
from tests.support.pipeline.earlier_version import finish_task_earlier
from tests.support.pipeline.ranges import SIZE, assert_moved_once, loaded, planned_world, receipt

AT_ONCE = 64
"""Ranges that finish at the same moment: a dozen instances with a few messages each."""

type FinishTask = Callable[[Context, Snapshot, TaskDone, State], Awaitable[Run | None]]


async def _finish_at_once(azurite: str, tasks: int, finish: FinishTask) -> Counter[str]:
    """Finish so many ranges at the same moment: calls, lost races, and deliveries that went back to the queue."""
    empty(azurite)
    tables = AzureTables.from_connection_string(azurite)
    try:
        world, records = await planned_world(tasks, records=tables)
        began, put_back = await loaded(world), 0

        at_work = asyncio.Semaphore(AT_ONCE)

        async def deliver(done: TaskDone) -> None:
            nonlocal put_back
            while True:
                try:
                    async with at_work:
                        await finish(world.context, began, done, State.EXTRACTING)
                    return
                except Conflict:
                    put_back += 1
                    await asyncio.sleep(0.3)

        started = time.perf_counter()
        await asyncio.gather(*(deliver(receipt(pages)) for pages in page_ranges(SIZE * tasks, SIZE)))
        seconds = time.perf_counter() - started
        counts = Counter({**records.counts, "put back": put_back})
        counts["calls"] = counts["get"] + counts["list"] + counts["commit"]
        print(f"{finish.__name__} {tasks} ranges in {seconds:.1f} s: {dict(counts)}")  # noqa: T201 - the figures
        await assert_moved_once(world, tasks)
    finally:
        await tables.close()
    return counts


@pytest.mark.timeout(180)
async def test_no_range_goes_back_to_the_queue(azurite: str) -> None:
    """64 ranges at once: a few calls each, and none of the thousand lost races of the earlier version."""
    now = await _finish_at_once(azurite, 64, finish_task)
    earlier = await _finish_at_once(azurite, 64, finish_task_earlier)
    assert 0 == now["put back"]
    assert now["calls"] <= 9 * 64
    assert 5 * now["calls"] < earlier["calls"]
    assert now["lost"] <= 64 < earlier["lost"]


@pytest.mark.timeout(180)
async def test_the_calls_grow_with_the_ranges(azurite: str) -> None:
    """The ranges of a file of 1,600 pages: still a few calls each, and none goes back."""
    counts = await _finish_at_once(azurite, 200, finish_task)
    assert 0 == counts["put back"]
    assert counts["calls"] <= 9 * 200
