"""Fan-in by counting receipts: many ranges at once, beside workers of the earlier version, and after crashes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.steps import run_step
from shared.domain.base.errors import Conflict
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage, TaskDone
from shared.domain.reading.page_range import PageRange, page_ranges
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.store.fan_in import finish, is_repetition
from shared.pipeline.store.rows.receipts import done_key, insert_receipt, receipt_key
from shared.pipeline.store.runs import FEW_TASKS, finish_task, load
from shared.ports.records import Delete
from shared.testing.builders.pages import text_page
from tests.support.pipeline.earlier_version import finish_task_earlier
from tests.support.pipeline.ranges import ID, SIZE, assert_moved_once, loaded, planned_world, receipt
from tests.support.pipeline.world import PAGE, STEPS, World, make_world


@pytest.fixture(autouse=True, scope="module")
def without_waiting() -> Iterator[None]:
    """Who lost a race takes part again at once: the order of the calls is the test's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.pipeline.store.runs.MAX_JITTER_SECONDS", 0)
        yield


@pytest.mark.parametrize("tasks", [1, 2, FEW_TASKS, FEW_TASKS + 1, 64, 200])
async def test_ranges_that_finish_at_once_do_not_go_back_to_the_queue(tasks: int) -> None:
    """Each range is finished by its first delivery, one of them moves the Run, and the calls grow with the ranges."""
    world, records = await planned_world(tasks)
    snapshot = await loaded(world)
    finishing = [
        finish_task(world.context, snapshot, receipt(pages), State.EXTRACTING)
        for pages in page_ranges(SIZE * tasks, SIZE)
    ]
    moved = await asyncio.gather(*finishing)
    assert 1 == sum(run is not None for run in moved)
    calls = records.counts["get"] + records.counts["list"] + records.counts["commit"]
    assert calls <= 10 * tasks + 40 if tasks > FEW_TASKS else calls <= 3 * (tasks + 2) ** 2
    assert records.counts["lost"] <= (tasks if tasks > FEW_TASKS else tasks**2)
    await assert_moved_once(world, tasks)


async def test_the_sweeper_moves_what_a_worker_of_the_earlier_version_finished_last() -> None:
    """An earlier worker sees open tasks in the Run's counter and moves nothing; the sweeper asks for the next stage."""
    tasks = FEW_TASKS + 5
    world, _ = await planned_world(tasks)
    snapshot = await loaded(world)
    *first, last = page_ranges(SIZE * tasks, SIZE)
    for pages in first:
        await finish_task(world.context, snapshot, receipt(pages), State.EXTRACTING)
    await finish_task_earlier(world.context, snapshot, receipt(last), State.EXTRACTING)
    assert State.READING is (await loaded(world)).run.state
    world.clock.advance(timedelta(hours=2))
    assert 1 == await sweep(world.context)
    await assert_moved_once(world, tasks)
    assert [dump_stored(StageMessage(document_id=ID))] == world.queues.bodies("extract")


@pytest.mark.parametrize("finished", [1, 9, FEW_TASKS + 5])
async def test_workers_of_the_earlier_version_finish_a_run_alone(finished: int) -> None:
    """After a rollback they do not see the receipts of this version: they finish those ranges again and move it."""
    tasks = FEW_TASKS + 5
    world, _ = await planned_world(tasks)
    snapshot = await loaded(world)
    ranges = page_ranges(SIZE * tasks, SIZE)
    for pages in ranges[:finished]:
        await insert_receipt(world.context, snapshot.run, receipt(pages))
    seen_by_earlier = [key async for key in _keys(world) if key.startswith(done_key(1, "read"))]
    assert [] == seen_by_earlier
    for pages in ranges:
        await finish_task_earlier(world.context, snapshot, receipt(pages), State.EXTRACTING)
    await assert_moved_once(world, tasks)


async def _keys(world: World) -> AsyncIterator[str]:
    async for record in world.context.records.partition("documents", ID):
        yield record.key


@pytest.mark.parametrize("healer", ["redelivery", "sweeper", "plan"])
async def test_a_crash_after_the_last_receipt_heals(healer: str) -> None:
    """A worker died between its receipt and the move: its message, the plan's and the sweeper each do the rest."""
    tasks = FEW_TASKS + 3
    world, _ = await planned_world(tasks)
    snapshot = await loaded(world)
    *first, last = page_ranges(SIZE * tasks, SIZE)
    for pages in first:
        await finish(world.context, snapshot, receipt(pages))
    await insert_receipt(world.context, snapshot.run, receipt(last))
    if healer == "redelivery":
        assert await is_repetition(world.context, snapshot, "read", last.name)
    elif healer == "sweeper":
        world.clock.advance(timedelta(hours=2))
        await sweep(world.context)
    else:
        await run_step(world.context, "read", StageMessage(document_id=ID).model_dump_json().encode(), STEPS["read"])
    await assert_moved_once(world, tasks)
    assert 1 == len(world.queues.bodies("extract"))


async def test_a_range_that_ends_after_its_document_was_forgotten_leaves_no_receipt() -> None:
    """Nothing of a forgotten Document may stay, not even the name of a range."""
    world, _ = await planned_world(FEW_TASKS + 1)
    snapshot = await loaded(world)
    rows = [record.key async for record in world.context.records.partition("documents", ID)]
    await world.context.records.commit("documents", ID, [Delete(key) for key in rows])
    with pytest.raises(Conflict):
        await finish_task(world.context, snapshot, receipt(PageRange(first=1, last=SIZE)), State.EXTRACTING)
    assert [] == [record.key async for record in world.context.records.partition("documents", ID)]


async def test_a_receipt_counts_for_its_own_range_only() -> None:
    """Of ranges whose names begin alike, and of other stages and Runs, none is taken for another."""
    world, _ = await planned_world(FEW_TASKS + 2)
    snapshot = await loaded(world)
    name = page_ranges(SIZE, SIZE)[0].name
    await insert_receipt(world.context, snapshot.run, TaskDone(stage="extract", name=name))
    await insert_receipt(
        world.context, snapshot.run.model_copy(update={"number": 2}), TaskDone(stage="read", name=name)
    )
    assert not await is_repetition(world.context, snapshot, "read", name)
    await insert_receipt(world.context, snapshot.run, TaskDone(stage="read", name=name))
    assert await is_repetition(world.context, snapshot, "read", name)
    assert await world.context.records.get("documents", ID, receipt_key(snapshot.run, "read", name)) is not None
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
    """The receipt is looked for first: no file is opened, no artifact written, no model asked a second time."""
    stack = (text_page(1, *PAGE), text_page(2, "Note no. A-17"), text_page(3, "Note no. A-17"))
    second = (text_page(4, "Delivery note", "Note no. B-18", "Pears 2.00", "Total 2.00"),) if part else ()
    world = make_world([*stack, *second], read_range=1, extract_range=1)
    await world.drop("stack.pdf" if part else "note/a.pdf")
    body = await _last_open_range(world, stage)
    assert body is not None
    work = counted(world.blobs, ["read", "write", "download", "info"], monkeypatch)
    asked = counted(world.models, ["answer"], monkeypatch)
    changes = counted(world.records, ["commit"], monkeypatch)
    await run_step(world.context, stage, body.encode(), STEPS[stage])
    assert (0, 0, 0) == (work.total(), asked.total(), changes.total())


async def _last_open_range(world: World, stage: str) -> str | None:
    """Work until a Document of three ranges has one receipt of `stage`, and return the message of that range."""
    for _ in range(200):
        for queue, step in STEPS.items():
            body = world.queues.receive(queue)
            if body is None:
                continue
            await run_step(world.context, queue, body.encode(), step)
            message = StageMessage.model_validate_json(body)
            found = await load(world.context, message.document_id)
            if queue == f"{stage}-ranges" and found and found.run.pages == 3:
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
    assert 3 == len(world.queues.bodies("read-ranges"))
    plan = StageMessage(document_id=document_id).model_dump_json()
    await run_step(world.context, "read", plan.encode(), STEPS["read"])
    tasks = Counter(StageMessage.model_validate_json(body).task for body in world.queues.bodies("read-ranges"))
    assert {f"p0000{number}-0000{number}": 2 for number in (2, 3, 4)} == tasks
