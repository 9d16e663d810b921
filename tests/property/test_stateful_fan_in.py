"""Fan-in against a model: whatever order, repeats, deaths and races, the last receipt moves the Run on, once."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.base.errors import Retryable
from shared.domain.documents.document import Document
from shared.domain.documents.event import ReceivedFact
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import TaskDone
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange, page_ranges
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.rows.receipts import done_key
from shared.pipeline.store.runs import Snapshot, create, finish_task, load, move
from shared.testing.clock import START, FixedClock
from tests.property.profiles import SECONDS, search
from tests.support.pipeline.promises import broken_now, history, partitions
from tests.support.pipeline.workers import Fault, Worker, employ, staff, until_still
from tests.support.pipeline.world import Twins, make_world

ID = "d" + "1" * 24
DOCUMENT = Document(id=ID, container="incoming", name="note/a.pdf", etag="1", size=1, uploaded=START, received=START)


class FanIn(RuleBasedStateMachine):
    """Page ranges that finish; the model is the set of ranges whose receipt was committed."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = make_world(storage=self._open)
        staff(self.world)
        self.at_work: list[tuple[Worker, asyncio.Task[object]]] = []

    def _open(self, clock: FixedClock) -> Twins:
        self.twins = Twins(clock)
        return self.twins

    @initialize(ranges=st.sampled_from([1, 3, 6, 9]))
    def plan(self, ranges: int) -> None:
        """A Run that reads so many ranges of one page."""
        self.ranges: Sequence[PageRange] = page_ranges(ranges, 1)
        self.runner.run(self._begin(ranges))

    async def _begin(self, ranges: int) -> None:
        run = Run(document_id=ID, updated=START)
        fact = ReceivedFact.model_validate(base_fact(DOCUMENT, run) | {"size": 1})
        await create(self.world.context, DOCUMENT, run, fact)
        await move(
            self.world.context, await self._loaded(), State.READING, pages=ranges, range_size=1, tasks_left=ranges
        )

    async def _loaded(self) -> Snapshot:
        snapshot = await load(self.world.context, ID)
        assert snapshot is not None
        return snapshot

    @rule(
        pick=st.integers(0, 8),
        again=st.sampled_from([False, False, True]),
        fault=st.sampled_from(Fault),
        at=st.sampled_from([0, 0, 0, 1]),
    )
    def finish(self, pick: int, again: bool, fault: Fault, at: int) -> None:
        """A worker finishes a range, for the first time or again; it may die, stall or not hear of its commit."""
        rows = partitions(self.twins)[ID]
        missing = [pages for pages in self.ranges if done_key(1, "read", pages.name) not in rows]
        choice = self.ranges if again or not missing else missing
        pages = choice[pick % len(choice)]
        done = TaskDone(stage="read", name=pages.name, bill=Bill(calls=1, cost_usd=0.25 * pages.first))
        worker = Worker(fault, at)

        async def work() -> object:
            return await finish_task(self.world.context, await self._loaded(), done, State.EXTRACTING)

        self._keep(worker, self.runner.run(employ(worker, work)))

    @precondition(lambda self: self.at_work)
    @rule(pick=st.integers(0, 5), alive=st.booleans())
    def go_on(self, pick: int, alive: bool) -> None:
        """A stalled worker goes on with what it knew, or dies."""
        worker, task = self.at_work.pop(pick % len(self.at_work))
        worker.wake(alive=alive)
        self.runner.run(until_still(worker, task))
        self._keep(worker, task)

    def _keep(self, worker: Worker, task: "asyncio.Task[object]") -> None:
        if not task.done():
            self.at_work.append((worker, task))
        elif (error := task.exception()) is not None:
            assert worker.dead or isinstance(error, Retryable)

    @invariant()
    def it_moved_on_exactly_when_all_receipts_are_there(self) -> None:
        """The Run is in the next state if and only if no receipt is missing, got there once, and bills each once."""
        rows = partitions(self.twins).get(ID)
        if rows is None:
            return
        receipts = [TaskDone.model_validate_json(body) for key, body in rows.items() if key.startswith("done-")]
        run = Run.model_validate_json(rows["run-0001"])
        left = len(self.ranges) - len(receipts)
        assert (State.READING if left else State.EXTRACTING, left) == (run.state, run.tasks_left)
        assert [] == list(broken_now(rows))
        moves = [State.RECEIVED, State.READING] + [State.EXTRACTING] * (not left)
        assert moves == [line.after for line in history(rows, 1)]
        cost = sum(done.bill.cost_usd for done in receipts)
        assert (len(receipts), cost) == (run.bill.calls, run.bill.cost_usd)

    def teardown(self) -> None:
        """Dismiss who still stalls."""
        for worker, _ in self.at_work:
            worker.wake(alive=False)
        self.runner.run(self._dismiss())
        self.runner.close()

    async def _dismiss(self) -> None:
        await asyncio.gather(*(task for _, task in self.at_work), return_exceptions=True)


TestFanIn = pytest.mark.timeout(SECONDS)(FanIn.TestCase)
TestFanIn.settings = search(examples=250, steps=30)
