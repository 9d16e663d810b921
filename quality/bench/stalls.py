"""How long an event loop is held up while something runs in it."""

import asyncio
import time
from collections.abc import Coroutine
from typing import NamedTuple

BEAT = 0.001


class Stalls(NamedTuple):
    """The 99th percentiles, in milliseconds: held up by this process's own work, and late for any reason."""

    own: float
    any: float


async def watch(work: Coroutine[object, object, None]) -> Stalls:
    """Run `work`, and look every millisecond how late the loop is.

    On a machine that does other work too, a loop is late because nothing of this process runs. Only what the process
    itself computed meanwhile (all its threads: any of them may hold the interpreter's lock) was of its own making.
    """
    own, late = list[float](), list[float]()
    task = asyncio.create_task(work)
    while not task.done():
        began, computed = time.perf_counter(), time.process_time()
        await asyncio.sleep(BEAT)
        delay = max(0.0, time.perf_counter() - began - BEAT)
        late.append(delay)
        own.append(min(delay, time.process_time() - computed))
    await task
    return Stalls(_percentile(own), _percentile(late))


def _percentile(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[int(0.99 * (len(ordered) - 1))] * 1000 if ordered else 0.0
