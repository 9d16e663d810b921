"""Requests that wait for a reading process: short ones go first, and none waits for ever."""

import asyncio
from collections.abc import Sequence

from local.model_server import turns as module
from local.model_server.turns import Turns


async def _order(turns: Turns, waiting: Sequence[int], cancelled: Sequence[int] = ()) -> list[int]:
    """Let requests of so many tokens come while the only process is busy; return them in the order they were read."""
    read: list[int] = []

    async def ask(tokens: int) -> None:
        async with turns.take(tokens):
            read.append(tokens)
            await asyncio.sleep(0)

    async with turns.take(1):
        tasks = [asyncio.create_task(ask(tokens)) for tokens in waiting]
        await asyncio.sleep(0)
        for index in cancelled:
            tasks[index].cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    return read


async def test_the_shortest_request_is_next() -> None:
    """It waits for the one that is being read, not for the long ones that came before it."""
    assert [900, 8000, 8001, 9000] == await _order(Turns(), [8000, 9000, 8001, 900])


async def test_a_long_request_waits_for_short_ones_only_for_a_time() -> None:
    """One that came long ago is due before a short one that comes now."""
    turns, read = Turns(), list[str]()

    async def ask(name: str, tokens: int) -> None:
        async with turns.take(tokens):
            read.append(name)

    async with turns.take(1):
        long = asyncio.create_task(ask("long", 100))
        await asyncio.sleep(100 * module.SECONDS_PER_TOKEN + 0.05)
        short = asyncio.create_task(ask("short", 10))
        await asyncio.sleep(0)
    await asyncio.gather(long, short)
    assert ["long", "short"] == read


async def test_a_client_that_goes_away_holds_up_nobody() -> None:
    """Whether it waits or its turn has just come."""
    turns = Turns()
    assert [2, 3] == await _order(turns, [1, 2, 3], cancelled=[0])
    async with turns.take(1):
        gone, next_one = (asyncio.create_task(_read_once(turns)) for _ in range(2))
        await asyncio.sleep(0)
    gone.cancel()  # its turn came when the block ended
    assert await asyncio.wait_for(next_one, 10)
    assert await asyncio.wait_for(_read_once(turns), 10)


async def _read_once(turns: Turns) -> bool:
    async with turns.take(1):
        return True


async def test_as_many_are_read_at_once_as_there_are_processes() -> None:
    """The third of two waits."""
    turns = Turns(2)
    async with turns.take(1), turns.take(1):
        third = asyncio.create_task(_read_once(turns))
        await asyncio.sleep(0)
        assert not third.done()
    assert await third
