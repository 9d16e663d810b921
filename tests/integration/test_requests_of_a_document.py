"""How many requests to storage a small document takes, as the storage emulator counts them."""

from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from local.azurite import start_azurite
from quality.bench.scale.operations import Operation, read_access_log
from shared.testing.clock import FixedClock
from tests.integration.azurite_storage import AzuriteStorage
from tests.support.pipeline.world import STEPS, World, make_world

BOUNDS = {"blob": (18, 23), "queue": (5, 7), "table": (20, 25)}
"""Requests by service; measured: 21, 6 and 23. More of them need a reason, fewer a lower bound."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    running = start_azurite(access_log=tmp_path / "storage.log")
    storage = AzuriteStorage(running.connection_string, FixedClock())
    yield make_world(storage=partial(_same, storage))
    await storage.close()
    running.stop()


def _same(storage: AzuriteStorage, _clock: FixedClock) -> AzuriteStorage:
    return storage


def count_requests(log: Path, start: int) -> Counter[str]:
    """Requests of the app by service since `start`: what the host and the uploader ask for is left out."""
    operations = read_access_log(log.read_bytes()[start:].decode())
    return Counter(operation.service for operation in operations if _is_of_the_app(operation))


def _is_of_the_app(operation: Operation) -> bool:
    if operation.service == "queue":
        return operation.name == "Put Message" and operation.target in STEPS
    return (operation.name, operation.target) != ("Put Blob", "incoming")


async def test_a_small_document_takes_few_requests(world: World, tmp_path: Path) -> None:
    """Requests bound how many documents an account takes in a second, and are most of what its storage costs."""
    log = tmp_path / "storage.log"
    await world.drop("note/first.pdf", b"%PDF first")  # makes containers, tables and queues
    await world.settle()
    start = log.stat().st_size
    document = await world.drop("note/second.pdf", b"%PDF second")
    await world.settle()
    assert (await world.run(document)).is_settled
    counted = count_requests(log, start)
    assert all(low <= counted[service] <= high for service, (low, high) in BOUNDS.items()), counted
