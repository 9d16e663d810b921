"""Calls that wait for a child process: documents take turns."""

import asyncio
import os

import pytest

from shared.adapters.isolation import ProcessPool
from shared.adapters.isolation.child import YIELDING_NICENESS
from shared.adapters.isolation.turns import FairQueue
from shared.domain.base.errors import Unavailable
from shared.ports.isolation import Caller, calls_for, current_caller
from tests.integration.isolation.test_process_pool import hang_in_c, identity


def taken(queue: FairQueue[str], count: int) -> list[str]:
    return [queue.take() for _ in range(count)]


def test_a_document_with_one_call_comes_after_one_call_of_another() -> None:
    """However many the other has waiting: it is the first one's turn, then the second's."""
    queue = FairQueue[str]()
    for number in range(6):
        queue.add("large", f"large {number}")
    assert ["large 0"] == taken(queue, 1)
    queue.add("small", "small")
    assert ["small", "large 1", "large 2"] == taken(queue, 3)


def test_documents_with_many_calls_take_turns() -> None:
    """Two that each have calls waiting get on alike, though all calls of the first came first."""
    queue = FairQueue[str]()
    for owner in ("a", "b"):
        for number in range(3):
            queue.add(owner, f"{owner}{number}")
    assert ["a0", "b0", "a1", "b1", "a2", "b2"] == taken(queue, 6)


def test_a_document_earns_no_credit_while_it_is_away() -> None:
    """One that comes late takes turns from then on, and does not hold up the others until it has caught up."""
    queue = FairQueue[str]()
    for number in range(8):
        queue.add("early", f"early {number}")
    taken(queue, 4)
    for number in range(3):
        queue.add("late", f"late {number}")
    assert ["late 0", "early 4", "late 1", "early 5", "late 2"] == taken(queue, 5)


def test_calls_of_one_document_keep_their_order() -> None:
    """Its pages come as they were asked for."""
    queue = FairQueue[str]()
    for number in range(20):
        queue.add("", str(number))
    assert [str(number) for number in range(20)] == taken(queue, 20)
    with pytest.raises(IndexError):
        queue.take()


def test_what_was_drained_is_gone() -> None:
    """Each call is handed out once."""
    queue = FairQueue[str]()
    queue.add("a", "one")
    queue.add("b", "two")
    assert ["one", "two"] == sorted(queue.drain())
    assert [] == queue.drain()


async def test_the_owner_reaches_the_tasks_of_a_block() -> None:
    """Pages are read in tasks of their own."""

    async def owner() -> str:
        await asyncio.sleep(0)
        return current_caller().document_id

    async def owner_for(document: str) -> list[str]:
        with calls_for(Caller(document)):
            return [await asyncio.create_task(owner()) for _ in range(2)]

    assert [["a", "a"], ["b", "b"]] == list(await asyncio.gather(owner_for("a"), owner_for("b")))
    assert Caller() == current_caller()


async def test_a_pool_serves_documents_in_turns() -> None:
    """With one child that is busy, the document that has nothing else waiting is next."""
    pool, order = ProcessPool(size=1, seconds=30), list[str]()

    async def call(document: str) -> None:
        with calls_for(Caller(document)):
            await pool.run(identity)
            order.append(document)

    await pool.run(identity)  # the child is up: starting it takes longer than all that follows
    pool._usual._idle.get()  # busy for now
    child = pool._usual._children[0]
    calls = [asyncio.create_task(call(document)) for document in [*["large"] * 5, "small"]]
    await asyncio.sleep(0)
    pool._usual._idle.put(child)
    await asyncio.gather(*calls)
    assert order.index("small") <= 2
    pool.close()


async def test_a_closed_pool_ends_the_calls_that_wait() -> None:
    """None of them hangs for ever."""
    pool = ProcessPool(size=1, seconds=600)
    calls = [asyncio.create_task(pool.run(hang_in_c)) for _ in range(3)]
    await asyncio.sleep(0.05)
    pool.close()
    outcomes = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 20)
    assert [Unavailable] * 3 == [type(outcome) for outcome in outcomes]


async def test_children_of_ranges_have_a_low_priority() -> None:
    """Beside them the page of a small file has the cores."""
    pool = ProcessPool(size=1, seconds=30)
    usual = await pool.run(os.nice, 0)
    lowest = 19  # where this run has a low priority itself, the kernel goes no further
    with calls_for(Caller("large", is_range=True)):
        assert min(usual + YIELDING_NICENESS, lowest) == await pool.run(os.nice, 0)
    assert usual == await pool.run(os.nice, 0)
    pool.close()


async def test_ranges_have_children_of_their_own() -> None:
    """A page of a small file waits for no page of a large one, however long that takes."""
    pool = ProcessPool(size=1, seconds=600)
    with calls_for(Caller("large", is_range=True)):
        of_ranges = await pool.run(identity)
        busy = asyncio.create_task(pool.run(hang_in_c))
    with calls_for(Caller("small")):
        assert of_ranges != await asyncio.wait_for(pool.run(identity), 30)
    assert not busy.done()
    pool.close()
    with pytest.raises(Unavailable):
        await busy
