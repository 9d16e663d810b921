"""The rules of a queue trigger one by one: concurrency, lock and renewal, what is given back."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from local.host.settings.config import QueueOptions
from local.host.settings.storage import Storage, poison_queue
from local.host.triggers.queue_listener import Handler, QueueListener
from local.host.workers.process import Outcome
from tests.worker.demo import until

SUCCESS = Outcome("success")


class Work:
    """Stands for the function: counts what runs, and ends when it is told to."""

    def __init__(self, outcome: Outcome = SUCCESS) -> None:
        self.outcome = outcome
        self.started: list[tuple[str, int]] = []
        self.running = 0
        self.finish = asyncio.Event()

    async def handle(self, message: QueueMessage, body: bytes) -> Outcome:
        self.started.append((body.decode(), message.dequeue_count or 0))
        self.running += 1
        await self.finish.wait()
        self.running -= 1
        return self.outcome


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    made = Storage()
    yield made
    await made.close()


@pytest.fixture
async def queue(storage: Storage, azurite: str) -> QueueClient:
    client = (await storage.queues(azurite)).get_queue_client(f"q{uuid4().hex}")
    await client.create_queue()
    return client


@asynccontextmanager
async def listening(
    storage: Storage, queue: QueueClient, handle: Handler, options: QueueOptions | None = None, lock: float = 600
) -> AsyncIterator[asyncio.Task[None]]:
    async def available() -> None:
        return None

    poison = queue  # no test here lets a message fail for good
    listener = QueueListener(
        storage, queue, poison, options or QueueOptions(), handle, available, 0.1, timedelta(seconds=lock)
    )
    task = asyncio.create_task(listener.run())
    yield task
    task.cancel()
    await listener.finish()


async def send(queue: QueueClient, *bodies: str) -> None:
    for body in bodies:
        await queue.send_message(base64.b64encode(body.encode()).decode())


async def test_no_more_than_batch_and_threshold_run_at_once(storage: Storage, queue: QueueClient) -> None:
    """With batchSize 2 and newBatchThreshold 0, two messages are worked on and the others wait, visible."""
    await send(queue, "1", "2", "3", "4", "5")
    work = Work()
    async with listening(storage, queue, work.handle, QueueOptions(batch_size=2, new_batch_threshold=0)):
        await until(lambda: work.running == 2)
        await asyncio.sleep(0.3)
        assert (2, 3) == (work.running, len(await queue.peek_messages(max_messages=32)))
        work.finish.set()


async def test_a_new_batch_is_taken_at_the_threshold(storage: Storage, queue: QueueClient) -> None:
    """With batchSize 2 and newBatchThreshold 2, the next batch is taken while the first still runs."""
    await send(queue, "1", "2", "3", "4", "5")
    work = Work()
    async with listening(storage, queue, work.handle, QueueOptions(batch_size=2, new_batch_threshold=2)):
        await until(lambda: work.running == 4)
        await asyncio.sleep(0.3)
        assert (4, 1) == (work.running, len(await queue.peek_messages(max_messages=32)))
        work.finish.set()


async def test_the_lock_is_renewed_while_a_function_runs(storage: Storage, queue: QueueClient) -> None:
    """A function that runs longer than the lock is not started twice, and its message is deleted at the end."""
    await send(queue, "long")
    work = Work()
    async with listening(storage, queue, work.handle, lock=1):
        await until(lambda: work.running == 1)
        await asyncio.sleep(1.6)
        work.finish.set()
        await until(lambda: work.running == 0)
        await asyncio.sleep(1.2)
    assert ([("long", 1)], 0) == (work.started, (await queue.get_queue_properties()).approximate_message_count)


async def test_unstarted_work_is_visible_at_once(storage: Storage, queue: QueueClient) -> None:
    """A message whose function never began goes back without waiting for the end of its lock."""
    await send(queue, "later")
    work = Work(Outcome("unstarted"))
    async with listening(storage, queue, work.handle) as task:
        await until(lambda: work.running == 1)
        task.cancel()
        work.finish.set()
    assert 1 == len(await queue.peek_messages())


async def test_a_failure_waits_for_the_visibility_timeout(storage: Storage, queue: QueueClient) -> None:
    """After a failure the message is hidden for host.json's visibilityTimeout and not for the rest of its lock."""
    await send(queue, "again")
    work = Work(Outcome("failure"))
    options = QueueOptions(visibility_timeout=timedelta(seconds=1))
    async with listening(storage, queue, work.handle, options) as task:
        await until(lambda: work.running == 1)
        task.cancel()
        work.finish.set()
    assert [] == await queue.peek_messages()
    await asyncio.sleep(1.2)
    assert ["again"] == [base64.b64decode(message.content).decode() for message in await queue.peek_messages()]


async def test_a_message_somebody_else_took_over_is_left_to_them(storage: Storage, queue: QueueClient) -> None:
    """A changed pop receipt or a vanished message is no error; what is visible again is simply run again."""
    await send(queue, "taken")
    work = Work()
    work.finish.set()

    async def handle(message: QueueMessage, body: bytes) -> Outcome:
        if message.dequeue_count == 1:
            await queue.update_message(message.id, message.pop_receipt, visibility_timeout=0)
        else:
            await queue.clear_messages()
        return await work.handle(message, body)

    async with listening(storage, queue, handle):
        await until(lambda: len(work.started) == 2)
    assert [("taken", 1), ("taken", 2)] == work.started


async def test_a_queue_that_comes_later_is_found(storage: Storage, azurite: str) -> None:
    """A queue need not exist when the host starts."""
    queue = (await storage.queues(azurite)).get_queue_client(f"q{uuid4().hex}")
    work = Work()
    async with listening(storage, queue, work.handle):
        await asyncio.sleep(0.2)
        await queue.create_queue()
        await send(queue, "first")
        await until(lambda: work.running == 1)
        work.finish.set()
    assert [("first", 1)] == work.started


async def test_a_failing_message_of_a_poison_queue_is_tried_five_times_and_stays(
    storage: Storage, azurite: str
) -> None:
    """As on Azure: invisible between its tries, then never run again, and no `-poison-poison` queue is made."""
    queues = await storage.queues(azurite)
    name = f"q{uuid4().hex}-poison"
    queue = queues.get_queue_client(name)
    await queue.create_queue()
    work = Work(Outcome("failure"))
    work.finish.set()

    async def available() -> None:
        return None

    listener = QueueListener(
        storage, queue, None, QueueOptions(), work.handle, available, 0.1, poison_retry=timedelta(seconds=1)
    )
    await send(queue, "lost")
    task = asyncio.create_task(listener.run())
    await until(lambda: len(work.started) == 1)
    assert [] == await queue.peek_messages()
    await until(lambda: len(work.started) == 5)
    await asyncio.sleep(2.5)
    task.cancel()
    await listener.finish()
    left = (await queue.get_queue_properties()).approximate_message_count
    made = [found.name async for found in queues.list_queues(name_starts_with=name)]
    assert ([("lost", number) for number in range(1, 6)], 1, [name]) == (work.started, left, made)


def test_a_poison_queue_has_no_poison_queue() -> None:
    """Only other queues have one."""
    assert ("read-poison", None) == (poison_queue("read"), poison_queue("read-poison"))
