"""Workers that die, stall, or are not told what became of their writes, at the very write that a test chooses."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.domain.base.errors import Conflict, Unavailable
from shared.ports.records import Put
from tests.support.pipeline.world import World


class Fault(StrEnum):
    """What befalls a worker at one of its writes (or model calls)."""

    NONE = "none"
    DIES_BEFORE = "dies before it"
    DIES_AFTER = "dies after it"
    UNANSWERED = "it is done, but the answer is lost: Unavailable"
    REPEATED = "it is done, and the client's own second try meets the first: Conflict"
    STALLS = "stands still before it, while others work, until it goes on or is killed"


REQUEST = "request-"
"""What the partition of a model request begins with."""


class Crash(BaseException):
    """The process died."""


@dataclass
class Worker:
    """Whoever makes the writes of one delivery, sweep or call; `fault` strikes at write `at`, counted from 0.

    `asked`: the model requests that it held a claim of.
    """

    fault: Fault = Fault.NONE
    at: int = 0
    writes: int = 0
    dead: bool = False
    struck: bool = False
    asked: set[str] = field(default_factory=set)
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, call: Callable[[], Awaitable[Any]], *, guarded: bool) -> Any:
        """Make a write as the fault has it; whoever is dead writes nothing more, clean-up included."""
        here = self.fault if self.writes == self.at else Fault.NONE
        self.writes += 1
        self.struck |= here is not Fault.NONE
        self.dead |= here is Fault.DIES_BEFORE
        if here is Fault.STALLS:
            self.stalled.set()
            await self.woken.wait()
        if self.dead:
            raise Crash
        given = await call()
        if here is Fault.DIES_AFTER:
            self.dead = True
            raise Crash
        if here is Fault.UNANSWERED:
            raise Unavailable("the answer was lost")
        if here is Fault.REPEATED and guarded:
            raise Conflict
        return given

    def wake(self, *, alive: bool) -> None:
        """Let a stalled worker go on, or die where it stands."""
        self.dead = not alive
        self.woken.set()


WORKER: ContextVar[Worker | None] = ContextVar("worker", default=None)


def staff(world: World) -> None:
    """Make every write and model call of a World one of the present WORKER's, if there is one."""
    ports: tuple[tuple[object, tuple[str, ...]], ...] = (
        (world.blobs, ("write", "delete")),
        (world.records, ("commit",)),
        (world.queues, ("send",)),
        (world.events, ("publish",)),
        (world.models, ("answer",)),
    )
    for port, names in ports:
        for name in names:
            setattr(port, name, _watched(getattr(port, name)))


def _watched(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def watched(*args: Any, **kwargs: Any) -> Any:
        worker = WORKER.get()
        if worker is None:
            return await call(*args, **kwargs)
        if len(args) == 3 and str(args[1]).startswith(REQUEST):
            worker.asked.add(str(args[1]).removeprefix(REQUEST))
        changes = args[2] if len(args) == 3 and isinstance(args[2], list | tuple) else ()
        guarded = any(not isinstance(change, Put) and getattr(change, "version", "") is not None for change in changes)
        return await worker.write(lambda: call(*args, **kwargs), guarded=guarded)

    return watched


async def employ(worker: Worker, work: Callable[[], Awaitable[object]]) -> "asyncio.Task[object]":
    """Have `worker` do `work`, in a task of its own; returns when it is done or stalled."""

    async def job() -> object:
        WORKER.set(worker)
        return await work()

    task = asyncio.create_task(job())
    await until_still(worker, task)
    return task


async def until_still(worker: Worker, task: "asyncio.Task[object]") -> None:
    """Wait until the task is done, or its worker stalls and is not woken yet."""
    stalling = asyncio.create_task(worker.stalled.wait())
    waiting = {task} if worker.woken.is_set() else {task, stalling}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    stalling.cancel()
    await asyncio.gather(stalling, return_exceptions=True)
