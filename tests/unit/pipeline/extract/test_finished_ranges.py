"""What finished ranges cost is added up without reading all their receipts in each step."""

from copy import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.documents.event import ReceivedFact
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange, page_ranges
from shared.pipeline.models.gateway.finished_ranges import MAX_REMEMBERED_RUNS, FinishedRanges, FinishedRangesByRun
from shared.pipeline.models.spending import within_limits
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.rows.receipts import insert_receipt, load_all_receipts, planned_ranges
from shared.pipeline.store.runs import FEW_TASKS, create, move
from shared.ports.records import Delete
from shared.testing.clock import START
from tests.support.pipeline.earlier_version import finish_task_earlier
from tests.support.pipeline.ranges import DOCUMENT, ID, SIZE, SharedRecords, loaded
from tests.support.pipeline.world import World, make_world

CENT = Bill(calls=1, cost_usd=0.25)


async def _extracting(world: World, tasks: int) -> None:
    """Have the Document of a World extracted in so many ranges, as if it had just been planned."""
    run = Run(document_id=ID, updated=START)
    await create(world.core, DOCUMENT, run, ReceivedFact.model_validate(base_fact(DOCUMENT, run) | {"size": 1}))
    await move(world.core, await loaded(world), State.READING, pages=SIZE * tasks)
    plan: dict[str, Any] = {"range_size": SIZE, "tasks_left": tasks}
    await move(world.core, await loaded(world), State.EXTRACTING, **plan)


async def _known_calls(world: World) -> int:
    """Return how many calls a step knows of that begins now."""
    meter = (await within_limits(world.core, (await loaded(world)).run, "extract")).gateway.meter
    assert meter is not None
    return meter.spent_before.calls


async def _finish(world: World, name: str) -> None:
    done = TaskDone(stage="extract", name=name, bill=CENT)
    await insert_receipt(world.core, (await loaded(world)).run, done)


def _names(tasks: int) -> list[str]:
    return [pages.name for pages in page_ranges(SIZE * tasks, SIZE)]


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(_names(FEW_TASKS + 6)), earlier=st.sets(st.integers(0, FEW_TASKS + 5), max_size=3))
async def test_a_step_knows_what_every_finished_range_cost(order: list[str], earlier: set[int]) -> None:
    """Whatever the order they finish in, and whichever of them workers of the earlier version finish."""
    world = make_world()
    await _extracting(world, len(order))
    for index, name in enumerate(order[:-1]):
        if index in earlier:
            done = TaskDone(stage="extract", name=name, bill=CENT)
            await finish_task_earlier(world.core, await loaded(world), done, State.VALIDATING)
        else:
            await _finish(world, name)
        assert index + 1 == await _known_calls(world)


async def test_the_rows_that_a_step_reads_do_not_grow_with_the_finished_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each range is seen once when ranges finish in order, and the last that is known tells that it is the same Run."""
    tasks, world, read = 60, make_world(), 0
    await _extracting(world, tasks)
    listing = world.records.partition

    async def counted(table: str, part: str, prefix: str = "", start: str = "") -> Any:
        nonlocal read
        async for record in listing(table, part, prefix, start):
            read += record.key.startswith("finished-")
            yield record

    monkeypatch.setattr(world.records, "partition", counted)
    for finished, name in enumerate(_names(tasks), 1):
        await _finish(world, name)
        before = read
        assert finished == await _known_calls(world)
        assert 2 >= read - before


async def test_a_document_that_is_received_again_begins_at_nothing() -> None:
    """The same upload under the same id: what its earlier ranges cost is not held against it."""
    world = make_world()
    await _extracting(world, FEW_TASKS + 1)
    for name in _names(4):
        await _finish(world, name)
    assert 4 == await _known_calls(world)
    rows = [record.key async for record in world.records.partition("documents", ID)]
    await world.records.commit("documents", ID, [Delete(key) for key in rows])
    await _extracting(world, FEW_TASKS + 1)
    assert 0 == await _known_calls(world)
    for name in _names(5)[3:]:
        await _finish(world, name)
    assert 2 == await _known_calls(world)


def test_only_the_runs_that_were_used_last_are_remembered() -> None:
    """What a process holds is bounded."""
    memory = FinishedRangesByRun()
    runs = [Run(document_id=ID, number=number, updated=START) for number in range(1, MAX_REMEMBERED_RUNS + 2)]
    for run in runs[:-1]:
        memory.keep(run, FinishedRanges(ranges=run.number))
    memory.keep(runs[0], FinishedRanges(ranges=7))
    memory.keep(runs[-1], FinishedRanges(ranges=9))
    assert [7, 0, 3, 9] == [memory.get(run).ranges for run in (runs[0], runs[1], runs[2], runs[-1])]


@settings(max_examples=40, deadline=None)
@given(tasks=st.integers(FEW_TASKS + 1, 60), size=st.integers(1, 30), seed=st.integers(0, 99), part=st.booleans())
async def test_all_receipts_are_there_only_when_none_is_missing(tasks: int, size: int, seed: int, part: bool) -> None:
    """Whatever the size of a range: in any order, the last one finds all, and none before it does."""
    world = make_world()
    world.core = replace(world.core, records=SharedRecords(world.records, Random(seed)))  # noqa: S311 - no secret
    await _extracting(world, 1)
    pages = size * tasks - (size // 2 if part else 0)
    run = replace((await loaded(world)).run, pages=pages, range_size=size, tasks_left=tasks)
    ranges: list[PageRange] = list(planned_ranges(run))
    Random(seed).shuffle(ranges)  # noqa: S311 - no secret
    for count, one in enumerate(ranges, 1):
        await insert_receipt(world.core, run, TaskDone(stage="extract", name=one.name))
        receipts = await load_all_receipts(world.core, run, "extract", one.name)
        assert (count == len(ranges)) == (receipts is not None)
