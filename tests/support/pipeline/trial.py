"""A World on trial: workers that fail in it, and a witness who looks at every moment and at the end."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.base.errors import Retryable
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.event import Event
from shared.domain.documents.run import State
from shared.pipeline.intake.ingest import receive
from shared.pipeline.models.gateway.gateway import MAX_ATTEMPTS, attempt_hash
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.ports.reading import SourcePage
from shared.testing.clock import FixedClock
from shared.testing.models import ModelScript
from tests.support.pipeline.promises import (
    broken_now,
    partitions,
    runs,
    told_in_order,
    traces,
    unsettled,
    wrong_results,
)
from tests.support.pipeline.workers import Fault, Worker, employ, staff, until_still
from tests.support.pipeline.world import STEPS, Twins, make_world

type Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class AtWork:
    """A worker in the middle of its work; `refusals`: what a person may be told instead of an answer."""

    worker: Worker
    task: "asyncio.Task[object]"
    refusals: tuple[type[Exception], ...]


class Trial:
    """A World over twins whose every write belongs to a worker."""

    def __init__(self, pages: Callable[[bytes], Sequence[SourcePage]], script: ModelScript) -> None:
        self.runner = asyncio.Runner()
        self.twins = Twins(FixedClock())
        self.world = make_world(pages, script, storage=self._open, read_range=2, extract_range=2)
        self.stalled: list[AtWork] = []
        self.strikes = 0
        self.erased = 0
        self.excuses: Counter[str] = Counter()
        self.announced: set[str] = set()
        self.stated: dict[str, dict[str, Event]] = defaultdict(dict)
        self.early: list[str] = []
        setattr(self.world.events, "publish", self._heard(self.world.events.publish))  # noqa: B010 - mypy allows only this
        staff(self.world)

    def employ(self, fault: Fault, at: int, work: Work, *refusals: type[Exception]) -> tuple[bool, object]:
        """Have a worker do `work`: whether it came to its end, and what it returned."""
        worker = Worker(fault, at)
        return self._outcome(AtWork(worker, self.runner.run(employ(worker, work)), refusals))

    def go_on(self, at_work: AtWork, *, alive: bool) -> None:
        """A stalled worker goes on to its end, or dies where it stands."""
        self.stalled.remove(at_work)
        at_work.worker.wake(alive=alive)
        self.runner.run(until_still(at_work.worker, at_work.task))
        self._outcome(at_work)
        self.look()

    def end_stalls(self) -> None:
        """Every stalled worker, in turn, goes on or dies."""
        for number, at_work in enumerate(list(self.stalled)):
            self.go_on(at_work, alive=number % 2 == 0)

    def documents(self, *states: State) -> list[str]:
        """The Documents whose last Run is in one of `states`, by default all."""
        last = {document: runs(rows)[-1].state for document, rows in partitions(self.twins).items() if runs(rows)}
        return [document for document, state in last.items() if not states or state in states]

    def versions(self) -> list[str]:
        """The Documents that stand for one upload; "gone" may be told of a name again, after it was forgotten too."""
        return [
            document
            for document, rows in partitions(self.twins).items()
            if Document.model_validate_json(rows["document"]).etag != "gone"
        ]

    def messages(self) -> list[tuple[str, str]]:
        """The messages that are due, with their queues."""
        queues, now = self.twins.queues._queues, self.world.clock.now()
        return [(queue, body) for queue in STEPS for visible, body, _ in queues.get(queue, []) if visible <= now]

    def look(self) -> None:
        """Every Document's rows agree, no result was told of before it stood, no call was paid for off the record."""
        found = partitions(self.twins)
        self.erased += len([1 for document in self.stated if document not in found and self.stated[document]])
        for document, rows in found.items():
            assert [] == list(broken_now(rows)), document
            rows_out = {key: OutboxRow.model_validate_json(rows[key]).event for key in rows if key.startswith("event-")}
            self.stated[document] |= rows_out
        assert [] == self.early
        billed, calls = self.world.models.billed, self.runner
        ledger, attempts = self.world.context.gateway.single_flight, range(MAX_ATTEMPTS)
        tries = {
            (call, attempt): calls.run(ledger.tries(attempt_hash(call, attempt)))
            for call in billed
            for attempt in attempts
        }
        recorded = {call: sum(tries[call, attempt] for attempt in attempts) for call in billed}
        assert {} == {call: times for call, times in billed.items() if times > recorded[call]}
        forgotten = self.erased + len(self.documents(State.DELETED))  # their answers are gone, and are asked for anew
        excused = {place: 1 + self.excuses[place[0]] + forgotten for place in tries}
        assert {} == {call: times for call, times in tries.items() if times > excused[call]}

    def come_to_rest(self, names: Sequence[str]) -> None:
        """What is broken is mended, all uploads are told of, messages delivered, and the timer fires a few times."""
        self.end_stalls()
        self.world.events.failure = None
        self.runner.run(self._come_to_rest(names))

    def look_back(self) -> None:
        """Nothing is left to do, every Document that was announced has its outcome, and each fact was told in order."""
        assert [] == list(unsettled(self.twins))
        assert [] == list(wrong_results(self.twins))
        self.look()
        found, told = partitions(self.twins), self.world.events.published
        for document, stated in self.stated.items():
            about = [event for event in told if event.data["document_id"] == document]
            ids = [stated[key].id for key in sorted(stated)]
            assert told_in_order(about, ids), document
            assert set(ids) == {event.id for event in about}
            assert {event.id: event for event in about} == {event.id: event for event in stated.values()}
            assert all(event in stated.values() for event in about)
            if document not in found:
                assert [] == traces(self.twins, document, claim_allowed=self.strikes > 0)
        assert self.announced <= set(self.stated)

    def close(self) -> None:
        """End what still runs."""
        for at_work in self.stalled:
            at_work.worker.wake(alive=False)
        self.runner.run(_ended([at_work.task for at_work in self.stalled]))
        self.runner.close()

    def _open(self, clock: FixedClock) -> Twins:
        self.twins = Twins(clock)
        return self.twins

    def _outcome(self, at_work: AtWork) -> tuple[bool, object]:
        worker, task = at_work.worker, at_work.task
        self.strikes += worker.struck
        self.excuses.update(worker.asked if worker.struck else ())
        if not task.done():
            self.stalled.append(at_work)
            return False, None
        error = task.exception()
        if error is None:
            return True, task.result()
        hindered = isinstance(error, Retryable) and self.strikes
        if worker.dead or hindered or isinstance(error, at_work.refusals):
            return False, None
        raise error

    def _heard(self, publish: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """The topic, looking at once whether the result of a `finalized` event stands where the event says."""

        async def heard(events: Sequence[Event]) -> None:
            await publish(events)
            for event in events:
                found = runs(partitions(self.twins)[str(event.data["document_id"])])
                if event.name == "finalized" and found and found[-1].state is not State.DELETED:
                    place = str(event.data["result_container"]), str(event.data["result_name"])
                    self.early += [] if place in self.twins.blobs._blobs else [event.id]

        return heard

    async def _come_to_rest(self, names: Sequence[str]) -> None:
        world = self.world
        for name in names:
            info = await world.blobs.info("incoming", name)
            if info and document_id("incoming", name, info.etag) not in partitions(self.twins):
                await receive(world.context, "incoming", name)
        for _ in range(8):
            await world.settle()
            world.clock.advance(world.context.limits.stalled_after + timedelta(seconds=1))
            await sweep(world.context)
        await world.settle()


async def _ended(tasks: "Sequence[asyncio.Task[object]]") -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
