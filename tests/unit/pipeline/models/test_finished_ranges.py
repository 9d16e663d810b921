"""What finished ranges cost is added up without reading all their receipts in each step."""

from typing import Any

import pytest

from shared.domain.documents.event import ReceivedFact
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import page_ranges
from shared.pipeline.models.gateway.finished_ranges import MAX_REMEMBERED_RUNS, FinishedRanges, FinishedRangesByRun
from shared.pipeline.models.spending import within_limits
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.rows.receipts import insert_receipt
from shared.pipeline.store.runs import FEW_TASKS, create, move
from shared.ports.records import Delete
from shared.testing.clock import START
from tests.support.pipeline.ranges import DOCUMENT, ID, SIZE, loaded
from tests.support.pipeline.world import World, make_world

CENT = Bill(calls=1, cost_usd=0.25)


async def start_extracting(world: World, tasks: int) -> None:
    """Have the Document of a World extracted in so many ranges, as if it had just been planned."""
    run = Run(document_id=ID, updated=START)
    await create(world.context, DOCUMENT, run, ReceivedFact.model_validate(base_fact(DOCUMENT, run) | {"size": 1}))
    await move(world.context, await loaded(world), State.READING, pages=SIZE * tasks)
    plan: dict[str, Any] = {"range_size": SIZE, "tasks_left": tasks}
    await move(world.context, await loaded(world), State.EXTRACTING, **plan)


async def count_known_calls(world: World) -> int:
    """Return how many calls a step knows of that begins now."""
    meter = (await within_limits(world.context, (await loaded(world)).run, "extract")).gateway.meter
    assert meter is not None
    return meter.spent_before.calls


async def finish_range(world: World, name: str) -> None:
    done = TaskDone(stage="extract", name=name, bill=CENT)
    await insert_receipt(world.context, (await loaded(world)).run, done)


def range_names(tasks: int) -> list[str]:
    return [pages.name for pages in page_ranges(SIZE * tasks, SIZE)]


async def test_the_rows_that_a_step_reads_do_not_grow_with_the_finished_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each range is seen once when ranges finish in order, and the last that is known tells that it is the same Run."""
    tasks, world, read = 60, make_world(), 0
    await start_extracting(world, tasks)
    listing = world.records.partition

    async def counted(table: str, part: str, prefix: str = "", start: str = "") -> Any:
        nonlocal read
        async for record in listing(table, part, prefix, start):
            read += record.key.startswith("finished-")
            yield record

    monkeypatch.setattr(world.records, "partition", counted)
    for finished, name in enumerate(range_names(tasks), 1):
        await finish_range(world, name)
        before = read
        assert finished == await count_known_calls(world)
        assert 2 >= read - before


async def test_a_document_that_is_received_again_begins_at_nothing() -> None:
    """The same upload under the same id: what its earlier ranges cost is not held against it."""
    world = make_world()
    await start_extracting(world, FEW_TASKS + 1)
    for name in range_names(4):
        await finish_range(world, name)
    assert 4 == await count_known_calls(world)
    rows = [record.key async for record in world.records.partition("documents", ID)]
    await world.records.commit("documents", ID, [Delete(key) for key in rows])
    await start_extracting(world, FEW_TASKS + 1)
    assert 0 == await count_known_calls(world)
    for name in range_names(5)[3:]:
        await finish_range(world, name)
    assert 2 == await count_known_calls(world)


def test_only_the_runs_that_were_used_last_are_remembered() -> None:
    """What a process holds is bounded."""
    memory = FinishedRangesByRun()
    runs = [Run(document_id=ID, number=number, updated=START) for number in range(1, MAX_REMEMBERED_RUNS + 2)]
    for run in runs[:-1]:
        memory.keep(run, FinishedRanges(ranges=run.number))
    memory.keep(runs[0], FinishedRanges(ranges=7))
    memory.keep(runs[-1], FinishedRanges(ranges=9))
    assert [7, 0, 3, 9] == [memory.get(run).ranges for run in (runs[0], runs[1], runs[2], runs[-1])]
