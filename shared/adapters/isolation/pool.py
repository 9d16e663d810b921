"""The pool: which call gets which child, and what becomes of a call whose child dies."""

import asyncio
import queue
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Protocol

from shared.adapters.isolation.child import Child, ChildDiedError, TimeLimit
from shared.adapters.isolation.turns import FairQueue
from shared.domain.base.errors import Unavailable, Unreadable
from shared.ports.isolation import current_caller


class _Call(NamedTuple):
    """A call that waits, and where its outcome goes."""

    task: Callable[[], Any]
    limit: TimeLimit
    outcome: "Future[Any]"


class ProcessPool:
    """Runs functions in at most `size` child processes, each started when first needed and used again.

    Page ranges of large files have as many children of their own, of low priority: what others read waits for none of
    them, and has the cores first.
    A call may take `seconds`; then its child is killed, and `setting` is named as what says so. `memory_bytes` bounds
    each child's address space. `preload` names modules that the server process imports once, so that children start in
    milliseconds; the first pool of this process that starts a child decides. Usable from any event loop.
    """

    def __init__(
        self,
        size: int,
        seconds: float,
        memory_bytes: int | None = None,
        preload: Sequence[str] = (),
        setting: str = "",
    ) -> None:
        self._limit = TimeLimit(seconds, setting)
        self._usual, self._ranges = (
            _Lane(size, memory_bytes, tuple(preload), yields=yields) for yields in (False, True)
        )

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the module-level `function` returns in a child; arguments and result must pickle.

        Children do not import this process's `__main__`: `function` belongs to a module that can be imported by name.

        When all children are busy, documents take turns (`shared.ports.isolation.calls_for`). A call whose child dies
        is tried again in a new one, since the kernel may have picked a victim at random.
        Raises the Permanent that `function` raises; DiskFull when it could not write; Unreadable with code `unreadable`
        when the child died twice (a crash, memory, or any other exception), `too_slow` when the time was up.
        """
        return await self._run(partial(function, *args, **kwargs), self._limit)

    def within(self, seconds: float, setting: str) -> "PoolWithLimit":
        """Return the same children as an Isolation whose calls may take another time, which `setting` says."""
        return PoolWithLimit(self._run, TimeLimit(seconds, setting))

    def close(self) -> None:
        """End the children. Calls under way, and those that wait, raise Unavailable."""
        for lane in (self._usual, self._ranges):
            lane.close()

    async def _run[T](self, task: Callable[[], T], limit: TimeLimit) -> T:
        caller = current_caller()
        lane = self._ranges if caller.is_range else self._usual
        return await lane.run(caller.document_id, task, limit)


class _Lane:
    """Some children, and the calls that wait for one of them."""

    def __init__(self, size: int, memory_bytes: int | None, preload: tuple[str, ...], *, yields: bool) -> None:
        self._idle: queue.LifoQueue[Child] = queue.LifoQueue()
        self._children = [Child(memory_bytes, preload, yields=yields) for _ in range(size)]
        for child in self._children:
            self._idle.put(child)
        self._waiting: FairQueue[_Call] = FairQueue()
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="process-pool")

    async def run[T](self, owner: str, task: Callable[[], T], limit: TimeLimit) -> T:
        """Run a call of `owner` in one of the children when its turn comes."""
        call = _Call(task, limit, Future())
        self._waiting.add(owner, call)
        self._threads.submit(self._serve_next)
        result: T = await asyncio.wrap_future(call.outcome)
        return result

    def close(self) -> None:
        """End the children."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.retire()
        for call in self._waiting.drain():
            if call.outcome.set_running_or_notify_cancel():
                call.outcome.set_exception(Unavailable("the reader is shutting down"))

    def _serve_next(self) -> None:
        """Serve the call whose turn it is: one of those for which a thread was asked, not always the latest."""
        try:
            task, limit, outcome = self._waiting.take()
        except IndexError:  # the pool was closed meanwhile
            return
        if not outcome.set_running_or_notify_cancel():
            return
        try:
            result = self._call(task, limit)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to who waits for the outcome
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

    def _call[T](self, task: Callable[[], T], limit: TimeLimit) -> T:
        child = self._idle.get()
        try:
            with suppress(ChildDiedError):
                return child.call(task, limit)
            return child.call(task, limit)
        except ChildDiedError:
            raise Unreadable("unreadable", "The file is broken: reading it crashed the reader twice.") from None
        finally:
            self._idle.put(child)


class _Run(Protocol):
    """How a pool runs a task within a limit."""

    def __call__[T](self, task: Callable[[], T], limit: TimeLimit) -> Awaitable[T]: ...


class PoolWithLimit:
    """The children of a pool as an Isolation, whose calls may take another time than the pool's own."""

    def __init__(self, run: _Run, limit: TimeLimit) -> None:
        self._run = run
        self._limit = limit

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `ProcessPool.run`."""
        return await self._run(partial(function, *args, **kwargs), self._limit)
