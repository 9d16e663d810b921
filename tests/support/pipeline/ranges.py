"""A Document that is being read in many ranges, and rows that others change between any two calls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from shared.domain.base.errors import Conflict
from shared.domain.documents.document import Document
from shared.domain.documents.event import ReceivedFact
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.runs import Snapshot, create, load, move
from shared.ports.records import ALL_PARTITIONS, Change, Partitions, Record, Records
from shared.testing.clock import START
from shared.testing.records import MemoryRecords
from tests.support.pipeline.world import World, make_world

ID = "d" + "2" * 24
DOCUMENT = Document(id=ID, container="incoming", name="note/a.pdf", etag="1", size=1, uploaded=START, received=START)
SIZE = 8


class SharedRecords:
    """Rows that others read and change between any two calls of a worker; counts the calls and the lost races."""

    def __init__(self, records: Records, order: Random) -> None:
        self._records = records
        self._order = order
        self.counts: Counter[str] = Counter()

    async def get(self, table: str, partition: str, key: str) -> Record | None:
        await self._let_others_work("get")
        return await self._records.get(table, partition, key)

    async def partition(self, table: str, partition: str, prefix: str = "", start: str = "") -> AsyncIterator[Record]:
        await self._let_others_work("list")
        async for record in self._records.partition(table, partition, prefix, start):
            yield record

    async def select(self, table: str, partition: str, prefixes: Sequence[str]) -> AsyncIterator[Record]:
        await self._let_others_work("list")
        async for record in self._records.select(table, partition, prefixes):
            yield record

    async def list_by_key(self, table: str, prefix: str, within: Partitions = ALL_PARTITIONS) -> AsyncIterator[Record]:
        async for record in self._records.list_by_key(table, prefix, within):
            yield record

    async def commit(self, table: str, partition: str, changes: Sequence[Change]) -> Mapping[str, str]:
        await self._let_others_work("commit")
        try:
            return await self._records.commit(table, partition, changes)
        except Conflict:
            self.counts["lost"] += 1
            raise

    async def _let_others_work(self, call: str) -> None:
        self.counts[call] += 1
        for _ in range(self._order.randint(1, 4)):
            await asyncio.sleep(0)


async def planned_world(
    tasks: int, order: Random | None = None, records: Records | None = None
) -> tuple[World, SharedRecords]:
    """A World with one Document that is being read in so many ranges; its rows are in memory, or in `records`."""
    world = make_world()
    shared = SharedRecords(records or MemoryRecords(), order or Random(1))  # noqa: S311 - no secret
    world.context = replace(world.context, records=shared)
    run = Run(document_id=ID, updated=START)
    await create(world.context, DOCUMENT, run, ReceivedFact.model_validate(base_fact(DOCUMENT, run) | {"size": 1}))
    plan: dict[str, Any] = {"pages": SIZE * tasks, "range_size": SIZE, "tasks_left": tasks}
    await move(world.context, await loaded(world), State.READING, **plan)
    shared.counts.clear()
    return world, shared


async def loaded(world: World) -> Snapshot:
    snapshot = await load(world.context, ID)
    assert snapshot is not None
    return snapshot


def receipt(pages: PageRange) -> TaskDone:
    return TaskDone(stage="read", name=pages.name, bill=Bill(calls=1, cost_usd=0.25))


async def assert_moved_once(world: World, tasks: int) -> None:
    """The Run is in its next state, has the bill of each task once, and got there by one transition."""
    run = (await loaded(world)).run
    assert (State.EXTRACTING, tasks, 0.25 * tasks) == (run.state, run.bill.calls, run.bill.cost_usd)
    assert (0, 0) == (run.tasks_left, run.range_size)
    trail = [record.body async for record in world.context.records.partition("documents", ID, "audit-")]
    assert 1 == sum('"after":"extracting"' in body for body in trail)
