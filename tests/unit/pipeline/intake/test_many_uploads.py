"""A container with very many names: a pass ends within its runs, and no run exceeds its bound of calls."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

import pytest

from shared.domain.documents.document import document_id
from shared.pipeline.intake.reconciliation import MARGIN, Position, Reconciliation, reconcile_containers
from shared.ports.blobs import BlobPage
from shared.ports.records import Change, Record
from shared.testing.blobs import MemoryBlobs
from shared.testing.clock import START, FixedClock
from shared.testing.queues import MemoryQueues
from shared.testing.records import MemoryRecords
from tests.support.pipeline.world import World, make_world

GRACE = timedelta(minutes=2)


class Calls:
    """How many storage calls were made."""

    count = 0


class CountedBlobs(MemoryBlobs):
    """Blobs that count calls and have pages of any size."""

    def __init__(self, clock: FixedClock, calls: Calls) -> None:
        super().__init__(clock)
        self.calls = calls
        self.page_size = 5000

    async def page(self, container: str, token: str | None = None, size: int = 5000) -> BlobPage:
        self.calls.count += 1
        return await super().page(container, token, min(size, self.page_size))


class CountedRecords(MemoryRecords):
    """Records that count calls."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.calls = calls

    async def get(self, table: str, partition: str, key: str) -> Record | None:
        self.calls.count += 1
        return await super().get(table, partition, key)

    async def commit(self, table: str, partition: str, changes: Sequence[Change]) -> dict[str, str]:
        self.calls.count += 1
        return await super().commit(table, partition, changes)


class CountedQueues(MemoryQueues):
    """Queues that count calls."""

    def __init__(self, clock: FixedClock, calls: Calls) -> None:
        super().__init__(clock)
        self.calls = calls

    async def send(self, queue: str, body: str, delay: timedelta = timedelta(0)) -> None:
        self.calls.count += 1
        await super().send(queue, body, delay)


class CountedTwins:
    """Storage in memory that counts calls."""

    def __init__(self, clock: FixedClock) -> None:
        self.calls = Calls()
        self.blobs = CountedBlobs(clock, self.calls)
        self.records = CountedRecords(self.calls)
        self.queues = CountedQueues(clock, self.calls)

    async def contents(self) -> set[tuple[str, ...]]:
        return set(self.blobs._blobs)


@pytest.mark.parametrize(("names", "max_calls"), [(20_000, 1000), (20_000, 4000)])
async def test_finds_every_missed_upload_in_bounded_runs(names: int, max_calls: int) -> None:
    """All uploaded in one outage, every tenth without a Document: each is found, and no run exceeds its bound."""
    missing, clock = 10, FixedClock()
    storage = CountedTwins(clock)
    world = make_world(storage=lambda _clock: storage)
    options = Reconciliation(max_calls=max_calls, grace=GRACE, started=START - timedelta(hours=1))
    for number in range(names):
        await storage.blobs.write("incoming", f"note/{number:06d}.pdf", b"", "application/pdf")
    rows = storage.records._tables["documents"]
    for number, ((_, name), (info, _)) in enumerate(list(storage.blobs._blobs.items())):
        if number % missing:
            key = document_id("incoming", name, info.etag)
            rows[key, "document"] = Record(key, "document", "{}", "1")
    world.clock.advance(GRACE)
    allowed = ceil((names + names // missing + names // 5000) / (max_calls - 40)) + 1
    most, runs = await _run_until_complete(world, storage, options, allowed)
    assert most <= max_calls
    assert names // missing == await storage.queues.depth("intake")
    world.clock.advance(MARGIN + 2 * GRACE)
    await _run_until_complete(world, storage, options, allowed)
    world.clock.advance(MARGIN + 2 * GRACE)
    assert (1, True) == (len(await _calls_of_runs(world, storage, options, 1)), runs <= allowed)
    assert names // missing <= await storage.queues.depth("intake")


async def _run_until_complete(
    world: World, storage: CountedTwins, options: Reconciliation, allowed: int
) -> tuple[int, int]:
    """Run the timer until the pass is complete; the most calls of a run, and the runs."""
    most = 0
    for run in range(1, allowed + 1):
        [calls] = await _calls_of_runs(world, storage, options, 1)
        most = max(most, calls)
        row = await storage.records.get("catalog", "incoming", "position")
        assert row is not None
        if Position.model_validate_json(row.body).is_complete:
            return most, run
    message = f"the pass is not complete after {allowed} runs"
    raise AssertionError(message)


async def _calls_of_runs(world: World, storage: CountedTwins, options: Reconciliation, runs: int) -> list[int]:
    counts = []
    for _ in range(runs):
        storage.calls.count = 0
        await reconcile_containers(world.context, options)
        counts.append(storage.calls.count)
        world.clock.advance(timedelta(minutes=1))
    return counts
