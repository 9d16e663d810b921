"""What the sweeper reads, and how often it sends a message again."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from functions.steps import run_step
from shared.domain.base.errors import Throttled, Unavailable
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage, TaskDone
from shared.pipeline.context import Context
from shared.pipeline.operations.deferral_notes import note_waiting
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.store.rows.receipts import insert_receipt, planned_ranges
from shared.pipeline.store.runs import FEW_TASKS, load, mark_active
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import PAGE, STEPS, World, make_world


async def sweeps(world: World, hours: float, every: timedelta = timedelta(minutes=1)) -> list[int]:
    """Sweep for so many hours; the minutes after which something was pushed."""
    began, pushed = world.clock.now(), []
    while world.clock.now() - began < timedelta(hours=hours):
        world.clock.advance(every)
        if await sweep(world.context):
            pushed.append(int((world.clock.now() - began).total_seconds() // 60))
    return pushed


async def defer(world: World, document_id: str, stage: str, until: timedelta) -> None:
    """Take the step of a Document's message as deferred, and lose the message: only the note says that it waits."""
    message, error = StageMessage(document_id=document_id), Throttled("busy", until)
    await note_waiting(world.context, message, stage, error, world.clock.now() + until)


async def test_a_deferred_step_gets_no_second_message(world: World) -> None:
    """A model that is throttled for an hour: the one message waits, and the sweeper adds none to it."""
    document_id = await world.drop()
    await world.step()
    world.models.throttle(1, timedelta(hours=1))
    await world.step()
    assert 1 == len(world.queues.bodies("extract"))
    world.queues.remove("extract", world.queues.bodies("extract")[0])  # or the depth of the queue would say so
    assert [] == await sweeps(world, 1.05)
    assert State.EXTRACTING is (await world.run(document_id)).state


@pytest.mark.parametrize(
    ("stage", "minutes", "first_push"), [("read", 20, 25), ("read", 1, 6), ("read", 0, 5), ("decide", 20, 5)]
)
async def test_a_deferred_step_whose_message_is_lost_is_pushed_after_its_time(
    world: World, stage: str, minutes: int, first_push: int
) -> None:
    """The note protects until the step should have run, and only while the Run is in that step's state."""
    document_id = await world.drop()
    world.queues.receive("read")
    await defer(world, document_id, stage, timedelta(minutes=minutes))
    assert first_push == (await sweeps(world, 0.5))[0]


async def test_a_run_that_other_ranges_changed_is_left_alone_while_one_is_deferred() -> None:
    """One of two ranges is throttled for an hour, the other one finishes and so changes the Run: no second message."""
    pages = [text_page(number, *PAGE) for number in (1, 2)]
    world = make_world(pages, read_range=1, extract_range=1)
    await world.drop()
    while 2 > len(world.queues.bodies("extract-ranges")):
        assert await world.step()
    world.models.throttle(1, timedelta(hours=1))
    assert await world.step()
    world.clock.advance(timedelta(minutes=1))
    assert await world.step()
    assert 1 == len(world.queues.bodies("extract-ranges"))
    world.queues.remove("extract-ranges", world.queues.bodies("extract-ranges")[0])
    assert [] == await sweeps(world, 0.9)


async def test_pushes_that_do_not_help_grow_rare(world: World) -> None:
    """Messages that are lost again and again: after a day 30 were sent, not 288, and the sweeper never gives up."""
    await world.drop()
    pushed = []
    for _ in range(24 * 12):
        while world.queues.receive("read"):
            pass
        world.clock.advance(timedelta(minutes=5))
        pushed.append(await sweep(world.context))
    assert [1, 1, 0, 1, 0, 0, 0, 1] == pushed[:8]
    assert 20 <= sum(pushed) <= 30
    assert 1 in pushed[-12:]


async def test_progress_makes_the_sweeper_quick_again(world: World) -> None:
    """After a step that did go on, the next lost message is sent again after the usual time."""
    await world.drop()
    for _ in range(6):
        while world.queues.receive("read"):
            pass
        await sweeps(world, 1)
    while not await world.step():
        await sweeps(world, 0.1)
    while world.queues.receive("extract"):
        pass
    assert 5 == (await sweeps(world, 1))[0]


async def test_events_that_nobody_takes_do_not_multiply(world: World) -> None:
    """The topic is away for a day: the Document's own message waits, and the sweeper adds one an hour at most."""
    await world.drop()
    world.events.failure = Unavailable("the topic is away")
    while await world.step():
        pass
    await sweeps(world, 24, timedelta(minutes=5))
    assert len(world.queues.bodies("publish")) <= 30
    world.events.failure = None
    await world.settle()
    assert ["received", "finalized"] == list(dict.fromkeys(world.told()))


async def test_a_document_that_is_under_way_costs_one_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the list of active Documents, a sweep reads the Run of each, and nothing else of those that move."""
    for number in range(5):
        await world.drop(f"note/{number}.pdf", b"%PDF " + bytes([65 + number]))
    rows = _count_rows(world, monkeypatch)
    await sweep(world.context)
    assert {"run-0001": 5, "active": 5} == {key: rows[key] for key in ("run-0001", "active")}
    assert 10 == rows["run-0001"] + rows["active"] == rows.total()


def _count_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the rows that are read from now on: by key, those of the active list together."""
    rows: Counter[str] = Counter()
    get, partition = world.records.get, world.records.partition

    async def counted_get(table: str, part: str, key: str) -> Any:
        rows[key] += 1
        return await get(table, part, key)

    async def counted_partition(table: str, part: str, prefix: str = "", start: str = "") -> AsyncIterator[Any]:
        async for record in partition(table, part, prefix, start):
            rows["active" if part == "active" else record.key] += 1
            yield record

    monkeypatch.setattr(world.records, "get", counted_get)
    monkeypatch.setattr(world.records, "partition", counted_partition)
    return rows


async def test_ranges_that_finish_one_after_another_are_no_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long Run shows its progress by receipts: nothing is pushed while they come in, and they are seldom read."""
    pages = [text_page(number, *PAGE) for number in range(1, FEW_TASKS + 6)]
    world = make_world(pages, read_range=1, extract_range=1)
    document_id = await world.drop()
    await world.step()
    snapshot = await load(world.context, document_id)
    assert snapshot is not None
    rows = _count_rows(world, monkeypatch)
    for pages_of_range in planned_ranges(snapshot.run)[:-2]:
        while world.queues.receive("read-ranges"):
            pass
        assert [] == await sweeps(world, 4 / 60)
        await insert_receipt(world.context, snapshot.run, TaskDone(stage="read", name=pages_of_range.name))
    assert 300 > sum(count for key, count in rows.items() if key.startswith("done-"))
    assert await sweeps(world, 0.5)
    tasks = {StageMessage.model_validate_json(body).task for body in world.queues.bodies("read-ranges")}
    assert {pages_of_range.name for pages_of_range in planned_ranges(snapshot.run)[-2:]} == tasks


async def test_a_mark_of_a_run_that_never_came_to_be_hides_nothing(world: World) -> None:
    """A crash between the mark of a replay and its Run leaves the number of no Run: the last one is looked at."""
    document_id = await world.drop()
    run = await world.run(document_id)
    await _mark(world.context, document_id, run.number + 1)
    world.queues.receive("read")
    assert [5] == (await sweeps(world, 0.2))[:1]
    await run_step(world.context, "read", world.queues.bodies("read")[0].encode(), STEPS["read"])
    assert State.EXTRACTING is (await world.run(document_id)).state


async def _mark(context: Context, document_id: str, number: int) -> None:
    snapshot = await load(context, document_id)
    assert snapshot is not None
    await mark_active(context, snapshot.run.model_copy(update={"number": number}))
