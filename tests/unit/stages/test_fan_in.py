"""Fan-in by counting receipts: many ranges at once, beside workers of the earlier version, and after crashes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.steps import run_step
from shared.domain.document import Document
from shared.domain.errors import Conflict
from shared.domain.event import ReceivedFact
from shared.domain.model_call import Bill
from shared.domain.run import Run, State
from shared.domain.stored import dump_stored
from shared.domain.task import PageRange, StageMessage, TaskDone, page_ranges
from shared.ports.records import ALL_PARTITIONS, Change, Delete, Partitions, Record
from shared.stages.fan_in import finish, is_repetition
from shared.stages.ledger import FEW_TASKS, Snapshot, create, finish_task, load, move
from shared.stages.outbox import base_fact
from shared.stages.receipts import done_key, insert_receipt
from shared.stages.sweep import sweep
from shared.testing.clock import START
from shared.testing.pages import text_page
from shared.testing.records import MemoryRecords
from tests.unit.stages.earlier_version import finish_task_earlier
from tests.unit.stages.world import PAGE, STEPS, World, make_world

ID = "d" + "2" * 24
DOCUMENT = Document(id=ID, container="incoming", name="note/a.pdf", etag="1", size=1, uploaded=START, received=START)
SIZE = 8


@pytest.fixture(autouse=True, scope="module")
def without_waiting() -> Iterator[None]:
    """Who lost a race takes part again at once: the order of the calls is the test's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.stages.ledger.LONGEST_JITTER", 0)
        yield


class SharedRecords:
    """Rows that others read and change between any two calls of a worker; counts the calls and the lost races."""

    def __init__(self, records: MemoryRecords, order: Random) -> None:
        self._records = records
        self._order = order
        self.counts: Counter[str] = Counter()

    async def get(self, table: str, partition: str, key: str) -> Record | None:
        await self._let_others_work("get")
        return await self._records.get(table, partition, key)

    async def partition(self, table: str, partition: str, prefix: str = "") -> AsyncIterator[Record]:
        await self._let_others_work("list")
        async for record in self._records.partition(table, partition, prefix):
            yield record

    async def keyed(self, table: str, prefix: str, within: Partitions = ALL_PARTITIONS) -> AsyncIterator[Record]:
        async for record in self._records.keyed(table, prefix, within):
            yield record

    async def commit(self, table: str, partition: str, changes: Sequence[Change]) -> None:
        await self._let_others_work("commit")
        try:
            await self._records.commit(table, partition, changes)
        except Conflict:
            self.counts["lost"] += 1
            raise

    async def _let_others_work(self, call: str) -> None:
        self.counts[call] += 1
        for _ in range(self._order.randint(1, 4)):
            await asyncio.sleep(0)


async def planned_world(tasks: int, order: Random | None = None) -> tuple[World, SharedRecords]:
    """A World with one Document that is being read in so many ranges."""
    world = make_world()
    records = SharedRecords(MemoryRecords(), order or Random(1))  # noqa: S311 - no secret
    world.core = replace(world.core, records=records)
    run = Run(document_id=ID, updated=START)
    await create(world.core, DOCUMENT, run, ReceivedFact.model_validate(base_fact(DOCUMENT, run) | {"size": 1}))
    plan: dict[str, Any] = {"pages": SIZE * tasks, "range_size": SIZE, "tasks_left": tasks}
    await move(world.core, await loaded(world), State.READING, **plan)
    records.counts.clear()
    return world, records


async def loaded(world: World) -> Snapshot:
    snapshot = await load(world.core, ID)
    assert snapshot is not None
    return snapshot


def receipt(pages: PageRange) -> TaskDone:
    return TaskDone(stage="read", name=pages.name, bill=Bill(calls=1, cost_usd=0.25))


async def assert_moved_once(world: World, tasks: int) -> None:
    """The Run is in its next state, has the bill of each task once, and got there by one transition."""
    run = (await loaded(world)).run
    assert (State.EXTRACTING, tasks, 0.25 * tasks) == (run.state, run.bill.calls, run.bill.cost_usd)
    assert (0, 0) == (run.tasks_left, run.range_size)
    trail = [record.body async for record in world.core.records.partition("documents", ID, "audit-")]
    assert 1 == sum('"after":"extracting"' in body for body in trail)


@pytest.mark.parametrize("tasks", [1, 2, FEW_TASKS, FEW_TASKS + 1, 64, 200])
async def test_ranges_that_finish_at_once_do_not_go_back_to_the_queue(tasks: int) -> None:
    """Each range is finished by its first delivery, one of them moves the Run, and the calls grow with the ranges."""
    world, records = await planned_world(tasks)
    snapshot = await loaded(world)
    finishing = [
        finish_task(world.core, snapshot, receipt(pages), State.EXTRACTING) for pages in page_ranges(SIZE * tasks, SIZE)
    ]
    moved = await asyncio.gather(*finishing)
    assert 1 == sum(run is not None for run in moved)
    calls = records.counts["get"] + records.counts["list"] + records.counts["commit"]
    assert calls <= 9 * tasks + 40 if tasks > FEW_TASKS else calls <= 3 * (tasks + 2) ** 2
    assert records.counts["lost"] <= (tasks if tasks > FEW_TASKS else tasks**2)
    await assert_moved_once(world, tasks)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([2, 6, FEW_TASKS + 1, 14, 30]), st.data())
async def test_workers_of_both_versions_finish_one_run(order: Any, tasks: int, data: st.DataObject) -> None:
    """Whichever version finishes which range, in any order and twice: the Run moves once, with each bill once."""
    world, _ = await planned_world(tasks, order)
    snapshot = await loaded(world)
    ranges = list(page_ranges(SIZE * tasks, SIZE))
    order.shuffle(ranges)
    earlier = data.draw(st.sets(st.integers(0, tasks - 1)))
    repeated = ranges[: order.randint(0, 3)]

    async def deliver(number: int, pages: PageRange) -> None:
        finish = finish_task_earlier if number in earlier else finish_task
        for _ in range(50):
            try:
                await finish(world.core, snapshot, receipt(pages), State.EXTRACTING)
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
        await sweep(world.core)
    await assert_moved_once(world, tasks)


async def test_the_sweeper_moves_what_a_worker_of_the_earlier_version_finished_last() -> None:
    """An earlier worker sees open tasks in the Run's counter and moves nothing; the sweeper asks for the next stage."""
    tasks = FEW_TASKS + 5
    world, _ = await planned_world(tasks)
    snapshot = await loaded(world)
    *first, last = page_ranges(SIZE * tasks, SIZE)
    for pages in first:
        await finish_task(world.core, snapshot, receipt(pages), State.EXTRACTING)
    await finish_task_earlier(world.core, snapshot, receipt(last), State.EXTRACTING)
    assert State.READING is (await loaded(world)).run.state
    world.clock.advance(timedelta(hours=2))
    assert 1 == await sweep(world.core)
    await assert_moved_once(world, tasks)
    assert [dump_stored(StageMessage(document_id=ID))] == world.queues.bodies("extract")


@pytest.mark.parametrize("healer", ["redelivery", "sweeper", "plan"])
async def test_a_crash_after_the_last_receipt_heals(healer: str) -> None:
    """A worker died between its receipt and the move: its message, the plan's and the sweeper each do the rest."""
    tasks = FEW_TASKS + 3
    world, _ = await planned_world(tasks)
    snapshot = await loaded(world)
    *first, last = page_ranges(SIZE * tasks, SIZE)
    for pages in first:
        await finish(world.core, snapshot, receipt(pages))
    await insert_receipt(world.core, snapshot.run, receipt(last))
    if healer == "redelivery":
        assert await is_repetition(world.core, snapshot, "read", last.name)
    elif healer == "sweeper":
        world.clock.advance(timedelta(hours=2))
        await sweep(world.core)
    else:
        await run_step(world.core, "read", StageMessage(document_id=ID).model_dump_json().encode(), STEPS["read"])
    await assert_moved_once(world, tasks)
    assert 1 == len(world.queues.bodies("extract"))


async def test_a_range_that_ends_after_its_document_was_forgotten_leaves_no_receipt() -> None:
    """Nothing of a forgotten Document may stay, not even the name of a range."""
    world, _ = await planned_world(FEW_TASKS + 1)
    snapshot = await loaded(world)
    rows = [record.key async for record in world.core.records.partition("documents", ID)]
    await world.core.records.commit("documents", ID, [Delete(key) for key in rows])
    with pytest.raises(Conflict):
        await finish_task(world.core, snapshot, receipt(PageRange(first=1, last=SIZE)), State.EXTRACTING)
    assert [] == [record.key async for record in world.core.records.partition("documents", ID)]


async def test_a_receipt_counts_for_its_own_range_only() -> None:
    """Of ranges whose names begin alike, and of other stages and Runs, none is taken for another."""
    world, _ = await planned_world(FEW_TASKS + 2)
    snapshot = await loaded(world)
    name = page_ranges(SIZE, SIZE)[0].name
    await insert_receipt(world.core, snapshot.run, TaskDone(stage="extract", name=name))
    await insert_receipt(world.core, snapshot.run.model_copy(update={"number": 2}), TaskDone(stage="read", name=name))
    assert not await is_repetition(world.core, snapshot, "read", name)
    await insert_receipt(world.core, snapshot.run, TaskDone(stage="read", name=name))
    assert await is_repetition(world.core, snapshot, "read", name)
    assert await world.core.records.get("documents", ID, done_key(1, "read", name)) is not None
    assert State.READING is (await loaded(world)).run.state


def counted(port: object, names: Sequence[str], pytest_patch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls of a port's methods from now on."""
    calls: Counter[str] = Counter()

    def watch(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            return call(*args, **kwargs)

        return watched

    for name in names:
        pytest_patch.setattr(port, name, watch(name, getattr(port, name)))
    return calls


@pytest.mark.parametrize("stage", ["read", "extract"])
@pytest.mark.parametrize("part", [False, True])
async def test_a_redelivered_range_is_not_worked_on_again(
    stage: str, part: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt is looked for first: no file is opened, no artefact written, no model asked a second time."""
    stack = (text_page(1, *PAGE), text_page(2, "Note no. A-17"), text_page(3, "Note no. A-17"))
    second = (text_page(4, "Delivery note", "Note no. B-18", "Pears 2.00", "Total 2.00"),) if part else ()
    world = make_world([*stack, *second], read_range=1, extract_range=1)
    await world.drop("stack.pdf" if part else "note/a.pdf")
    body = await _last_open_range(world, stage)
    assert body is not None
    work = counted(world.blobs, ["read", "write", "download", "info"], monkeypatch)
    asked = counted(world.models, ["answer"], monkeypatch)
    changes = counted(world.records, ["commit"], monkeypatch)
    await run_step(world.core, stage, body.encode(), STEPS[stage])
    assert (0, 0, 0) == (work.total(), asked.total(), changes.total())


async def _last_open_range(world: World, stage: str) -> str | None:
    """Work until a Document of three ranges has one receipt of `stage`, and return the message of that range."""
    for _ in range(200):
        for queue, step in STEPS.items():
            body = world.queues.receive(queue)
            if body is None:
                continue
            await run_step(world.core, queue, body.encode(), step)
            message = StageMessage.model_validate_json(body)
            found = await load(world.core, message.document_id)
            if queue == stage and message.task != "plan" and found and found.run.pages == 3:
                return body
            break
    return None


async def test_a_redelivered_plan_asks_only_for_open_ranges() -> None:
    """A plan that is delivered again sends no message for ranges that are finished."""
    pages = [text_page(number, *PAGE) for number in range(1, 5)]
    world = make_world(pages, read_range=1, extract_range=1)
    document_id = await world.drop()
    assert await world.step()
    assert await world.step()
    assert 3 == len(world.queues.bodies("read"))
    plan = StageMessage(document_id=document_id).model_dump_json()
    await run_step(world.core, "read", plan.encode(), STEPS["read"])
    tasks = Counter(StageMessage.model_validate_json(body).task for body in world.queues.bodies("read"))
    assert {f"p0000{number}-0000{number}": 2 for number in (2, 3, 4)} == tasks
