"""Messages that come twice, late and in another order: meddles with the stage queues through the storage API."""

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING

from shared.pipeline.operations.health.backlog import STAGE_QUEUES

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient, QueueServiceClient

_PAUSE = 0.4
_COPIED, _DELAYED = 0.3, 0.3
"""Shares: of the waiting messages that are copied, of the rounds in which a queue's next message is delayed."""
_LATEST = 10
"""Seconds that a copy or a delayed message stays hidden, at most."""
_FOREVER = -1


class Shuffle:
    """Copies and delays messages, drawn from the seed; `counts` says how many."""

    def __init__(self, storage: "QueueServiceClient", seed: int) -> None:
        self._queues = [storage.get_queue_client(name) for name in STAGE_QUEUES]
        self._rng = random.Random(f"queues/{seed}")  # noqa: S311 - a repeatable fault, no secret
        self._looked_at: set[str] = set()
        self.counts = Counter[str]()

    async def run(self, over: asyncio.Event) -> None:
        """Meddle until it is `over`; a round that has begun is finished, so that no message is lost by us."""
        while not over.is_set():
            for queue in self._queues:
                await self._copy(queue)
                if self._rng.random() < _DELAYED:
                    await self._delay(queue)
            await asyncio.sleep(_PAUSE)

    async def _copy(self, queue: "QueueClient") -> None:
        """Add a second one, now or later, to some of the messages that wait; each is looked at once."""
        for message in await queue.peek_messages(max_messages=8):
            if message.id not in self._looked_at and self._rng.random() < _COPIED:
                hidden = self._rng.choice((0, self._rng.randint(1, _LATEST)))
                added = await queue.send_message(message.content, visibility_timeout=hidden, time_to_live=_FOREVER)
                self._looked_at.add(str(added.id))
                self.counts["copied"] += 1
            self._looked_at.add(str(message.id))

    async def _delay(self, queue: "QueueClient") -> None:
        """Put the next message behind others: a later one stands in for it before it goes."""
        async for message in queue.receive_messages(max_messages=1, visibility_timeout=60):
            hidden = self._rng.randint(1, _LATEST)
            added = await queue.send_message(message.content, visibility_timeout=hidden, time_to_live=_FOREVER)
            self._looked_at.add(str(added.id))
            await queue.delete_message(message)
            self.counts["delayed"] += 1
            return
