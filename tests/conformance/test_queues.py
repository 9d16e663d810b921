"""The Queues port: Azure Storage and its twin."""

import asyncio
from datetime import timedelta

import pytest

from shared.testing.clock import START, FixedClock
from shared.testing.queues import MemoryQueues
from tests.conformance.conftest import QueueCase

LARGEST = 48 * 1024


@pytest.mark.parametrize("body", ['{"document_id": "d1"}', "Größe 💶 <&>\n", " spaces ", "x"])
async def test_a_message_arrives_as_it_was_sent(queue_case: QueueCase, fresh: str, body: str) -> None:
    """Whatever the letters, the receiver reads what the sender wrote; the queue is made when first used."""
    await queue_case.queues.send(fresh, body)
    assert body == await queue_case.receive(fresh)
    assert await queue_case.receive(fresh) is None


async def test_a_delayed_message_is_there_but_hidden(queue_case: QueueCase, fresh: str) -> None:
    """It counts, so that nobody takes the queue for drained, but nobody receives it yet."""
    await queue_case.queues.send(fresh, "later", timedelta(hours=1))
    assert 1 == await queue_case.queues.depth(fresh)
    assert await queue_case.receive(fresh) is None


async def test_a_fraction_of_a_second_is_a_delay_too(queue_case: QueueCase, fresh: str) -> None:
    """A server that asks for 20 ms is not asked again at once."""
    await queue_case.queues.send(fresh, "soon", timedelta(milliseconds=20))
    assert await queue_case.receive(fresh) is None


async def test_a_delay_may_be_longer_than_a_queue_can_hide(queue_case: QueueCase, fresh: str) -> None:
    """A month of waiting is refused by the service; the message waits as long as it can, and is not lost."""
    await queue_case.queues.send(fresh, "much later", timedelta(days=30))
    assert 1 == await queue_case.queues.depth(fresh)
    assert await queue_case.receive(fresh) is None


async def test_the_largest_message_is_48_kib(queue_case: QueueCase, fresh: str) -> None:
    """Bytes of UTF-8 count, not letters: base64 makes 64 KiB of them, which is what a queue takes."""
    largest = "ü" * (LARGEST // 2)
    await queue_case.queues.send(fresh, largest)
    assert largest == await queue_case.receive(fresh)
    with pytest.raises(ValueError):
        await queue_case.queues.send(fresh, largest + "x")
    assert await queue_case.receive(fresh) is None


async def test_a_queue_that_is_not_there_is_empty(queue_case: QueueCase, fresh: str) -> None:
    """Nobody needs to make queues before they are counted."""
    assert 0 == await queue_case.queues.depth(fresh)


async def test_the_oldest_message_is_the_one_that_was_sent_first(queue_case: QueueCase, fresh: str) -> None:
    """Its age is how long a queue keeps others waiting; deferred messages and missing queues have none."""
    assert await queue_case.queues.oldest(fresh) is None
    await queue_case.queues.send(fresh, "hidden", timedelta(hours=1))
    assert await queue_case.queues.oldest(fresh) is None
    await queue_case.queues.send(fresh, "first")
    oldest = await queue_case.queues.oldest(fresh)
    assert oldest is not None
    assert oldest.tzinfo is not None
    await queue_case.queues.send(fresh, "second")
    assert oldest == await queue_case.queues.oldest(fresh)
    assert "first" == await queue_case.receive(fresh)


async def test_senders_at_once_all_arrive(queue_case: QueueCase, fresh: str) -> None:
    """Also when each of them finds that the queue is still to be made."""
    await asyncio.gather(*(queue_case.queues.send(fresh, str(number)) for number in range(6)))
    assert 6 == await queue_case.queues.depth(fresh)
    assert {str(number) for number in range(6)} == {await queue_case.receive(fresh) for _ in range(6)}


async def test_the_twin_shows_a_message_when_its_time_has_come() -> None:
    """Its clock decides, and the oldest visible message comes first."""
    clock = FixedClock()
    queues = MemoryQueues(clock)
    await queues.send("q", "late", timedelta(minutes=5))
    await queues.send("q", "now")
    assert ["late", "now"] == queues.bodies("q")
    assert START == queues.next_visible()
    assert ("now", None) == (queues.receive("q"), queues.receive("q"))
    assert START + timedelta(minutes=5) == queues.next_visible()
    clock.advance(timedelta(minutes=5))
    assert ("late", None) == (queues.receive("q"), queues.next_visible())
