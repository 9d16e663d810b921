"""Take messages from a storage queue and runs a function for each, by the rules of the storage extension 5.x.

A batch of at most `batch_size` messages is taken whenever no more than `new_batch_threshold` are being worked on. A
message is locked for ten minutes, renewed at half of it. A success deletes it. A failure makes it visible again after
`visibility_timeout`; at `max_dequeue_count` it is copied to the poison queue and deleted. An empty queue is polled
at growing intervals, from 100 ms to `max_polling_interval`.

A queue whose name ends in `-poison` has no poison queue: a message that fails there stays invisible for the rest of
its lock, ten minutes on Azure. After `max_dequeue_count` attempts it is never run again; it stays in the queue until
it expires, seven days after it was sent.
"""

import asyncio
import base64
import binascii
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from local.host.settings.config import QUEUE_LOCK, QueueOptions
from local.host.settings.storage import Storage
from local.host.workers.process import Outcome

_log = logging.getLogger(__name__)

_MIN_POLLING_INTERVAL = 0.1

type Handler = Callable[[QueueMessage, bytes], Awaitable[Outcome]]


@dataclass
class QueueListener:
    """One queue and what is done with its messages.

    Attributes:
        storage: makes the poison queue and knows when this host itself sends to a queue.
        queue: where messages come from; it may not exist yet.
        poison: where messages go that failed too often; None for a queue that has no poison queue.
        options: extensions.queues of host.json.
        handle: runs the function for a message and its decoded body; must not raise.
        wait_available: waits until a worker can take work, so that no message is taken in vain.
        max_polling_interval: an upper bound on the interval of host.json, in seconds.
        lock: how long a message is locked at a time.
        poison_retry: how long a failed message of a queue without a poison queue stays invisible.
    """

    storage: Storage
    queue: QueueClient
    poison: QueueClient | None
    options: QueueOptions
    handle: Handler
    wait_available: Callable[[], Awaitable[None]]
    max_polling_interval: float
    lock: timedelta = QUEUE_LOCK
    poison_retry: timedelta = QUEUE_LOCK
    _working: set[asyncio.Task[None]] = field(default_factory=set)
    _exists: bool = False
    _receiving: asyncio.Task[int] | None = None

    async def run(self) -> None:
        """Poll until cancelled. Running messages continue: wait for them with `finish`."""
        arrival = self.storage.arrival(self.queue.queue_name)
        longest = max(_MIN_POLLING_INTERVAL, min(self._host_interval(), self.max_polling_interval))
        interval = _MIN_POLLING_INTERVAL
        while True:
            await self.wait_available()
            arrival.clear()
            if await self._take_batch():
                interval = _MIN_POLLING_INTERVAL
                while len(self._working) > self.options.new_batch_threshold:
                    await asyncio.wait(self._working, return_when=asyncio.FIRST_COMPLETED)
                continue
            try:
                await asyncio.wait_for(arrival.wait(), interval)
            except TimeoutError:
                interval = min(interval * 2, longest)
            else:
                interval = _MIN_POLLING_INTERVAL

    async def finish(self) -> None:
        """After `run` was cancelled: wait until every message that was taken is settled."""
        if self._receiving is not None:
            await asyncio.gather(self._receiving, return_exceptions=True)
        while self._working:
            await asyncio.wait(self._working)

    def _host_interval(self) -> float:
        return self.options.max_polling_interval.total_seconds()

    async def _take_batch(self) -> bool:
        """Start work on up to a batch of messages; False when there were none or the service did not answer."""
        try:
            if not self._exists:  # asked first, since a receive from a missing queue is an error each time
                await self.queue.get_queue_properties()
                self._exists = True
            # Shielded: a batch that the service has handed out must be worked on, although polling ends.
            self._receiving = asyncio.create_task(self._receive())
            return bool(await asyncio.shield(self._receiving))
        except AzureError as error:
            self._exists = False
            if not isinstance(error, ResourceNotFoundError):
                _log.warning("%s: no messages could be taken: %s", self.queue.queue_name, type(error).__name__)
            return False

    async def _receive(self) -> int:
        count = 0
        batch = self.queue.receive_messages(
            max_messages=self.options.batch_size,
            messages_per_page=self.options.batch_size,
            visibility_timeout=round(self.lock.total_seconds()),
        )
        async for page in batch.by_page():
            async for message in page:
                task = asyncio.create_task(self._work(message))
                self._working.add(task)
                task.add_done_callback(self._working.discard)
                count += 1
            break  # the SDK would ask again for what a short page lacks
        return count

    async def _work(self, message: QueueMessage) -> None:
        try:
            await self._process(message)
        except AzureError as error:
            # The message comes back when its lock ends, as when the real host loses the service.
            _log.warning("%s: message %s: %s", self.queue.queue_name, message.id, type(error).__name__)

    async def _process(self, message: QueueMessage) -> None:
        body = self._decode(message)
        if body is None:
            _log.warning("%s: message %s is not base64", self.queue.queue_name, message.id)
            return await self._move_to_poison(message)
        if (message.dequeue_count or 1) > self.options.max_dequeue_count:
            return await self._move_to_poison(message)
        async with self._keep_locked(message):
            outcome = await self.handle(message, body)
        if outcome.is_success:
            await self._ignore_if_lost(self.queue.delete_message(message))
        elif outcome.status == "unstarted":
            await self._ignore_if_lost(self._set_visibility(message, 0))
        elif self.poison is None:
            await self._hide(message)
        elif (message.dequeue_count or 1) >= self.options.max_dequeue_count:
            await self._move_to_poison(message)
        else:
            delay = round(self.options.visibility_timeout.total_seconds())
            await self._ignore_if_lost(self._set_visibility(message, delay))
            if not delay:
                self.storage.arrival(self.queue.queue_name).set()
        return None

    def _decode(self, message: QueueMessage) -> bytes | None:
        if self.options.message_encoding == "none":
            return str(message.content).encode()
        try:
            return base64.b64decode(message.content, validate=True)
        except (binascii.Error, ValueError):
            return None

    async def _move_to_poison(self, message: QueueMessage) -> None:
        if self.poison is None:
            await self._hide(message)
            return
        _log.warning("%s: message %s goes to %s", self.queue.queue_name, message.id, self.poison.queue_name)
        await self.storage.send(self.poison, message.content)
        await self._ignore_if_lost(self.queue.delete_message(message))

    async def _hide(self, message: QueueMessage) -> None:
        """Leave a message of a queue without a poison queue invisible until its next attempt."""
        await self._ignore_if_lost(self._set_visibility(message, round(self.poison_retry.total_seconds())))

    @asynccontextmanager
    async def _keep_locked(self, message: QueueMessage) -> AsyncIterator[None]:
        """Keep the message locked; its pop receipt, which changes with each renewal, is kept up to date."""
        done = asyncio.Event()
        renewing = asyncio.create_task(self._renew(message, done))
        try:
            yield
        finally:
            done.set()
            await renewing

    async def _renew(self, message: QueueMessage, done: asyncio.Event) -> None:
        seconds = self.lock.total_seconds()
        while True:
            try:
                return await asyncio.wait_for(_wait(done), seconds / 2)
            except TimeoutError:
                await self._renew_once(message, round(seconds))

    async def _renew_once(self, message: QueueMessage, seconds: int) -> None:
        try:
            renewed = await self._set_visibility(message, seconds)
        except AzureError as error:
            _log.warning("%s: message %s was not renewed: %s", self.queue.queue_name, message.id, type(error).__name__)
        else:
            message.pop_receipt = renewed.pop_receipt

    async def _set_visibility(self, message: QueueMessage, seconds: int) -> QueueMessage:
        return await self.queue.update_message(message.id, message.pop_receipt, visibility_timeout=seconds)

    async def _ignore_if_lost(self, operation: Awaitable[object]) -> None:
        """Settle a message unless somebody else has it by now: a changed pop receipt, or gone."""
        try:
            await operation
        except ResourceNotFoundError:
            _log.debug("%s: a message was gone before it was settled", self.queue.queue_name)
        except HttpResponseError as error:
            if getattr(error, "error_code", None) != "PopReceiptMismatch":
                raise
            _log.debug("%s: a message was taken over before it was settled", self.queue.queue_name)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
