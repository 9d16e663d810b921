"""CPU time is divided among places without a gap, whatever waits in between."""

import asyncio
import time

import pytest

from quality.bench.scale.worker.cpu_clock import LOOP, CpuClock, Place

OWN, SDK = Place("read", "own"), Place("read", "azure")


def compute() -> None:
    """Compute for some milliseconds of this thread's CPU."""
    until = time.thread_time() + 0.01
    while time.thread_time() < until:
        pass


def test_every_second_is_booked_once() -> None:
    """The sum over all places is what the thread used: nothing is lost, nothing counted twice."""
    began = time.thread_time()
    clock = CpuClock()
    compute()
    outer = clock.enter(OWN)
    compute()
    inner = clock.enter(SDK)
    compute()
    clock.leave(inner)
    compute()
    clock.leave(outer)
    booked = clock.booked()
    assert sum(booked.values()) == pytest.approx(time.thread_time() - began, abs=0.005)
    assert booked[OWN] > booked[SDK] >= 0.01
    assert booked[LOOP] >= 0.01


async def test_a_task_that_waits_keeps_its_place() -> None:
    """Two invocations take turns in one loop: each continues where it was."""
    clock = CpuClock()
    places: list[Place] = []

    async def invocation(place: Place) -> None:
        token = clock.enter(place)
        await asyncio.sleep(0)
        places.append(clock.place)
        clock.leave(token)

    await asyncio.gather(invocation(OWN), invocation(SDK))
    assert [OWN, SDK] == places


def test_other_threads_are_added() -> None:
    """Work in a thread pool is booked where it was started."""
    clock = CpuClock()
    clock.add(OWN, 1.5)
    assert clock.booked()[OWN] == pytest.approx(1.5)
