"""The worker processes of a host: keeps N of them alive and gives each invocation to the least busy one."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.host.workers.process import Call, Outcome, WorkerError, WorkerProcess

_log = logging.getLogger(__name__)

#: Seconds before the n-th restart in a row; a worker that lived a minute resets the count.
BACKOFF = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_HEALTHY_AFTER = 60.0
_LOGGED_CHARACTERS = 200


class WorkerPool:
    """N worker processes with one function app each.

    Args:
        app: the folder with function_app.py.
        environment: the app's settings; the whole environment of the workers.
        size: how many workers.
        timeout: an invocation that runs longer costs its worker the life, as in the real host; None is without limit.
        log_level: of the workers' log.
        on_arrival: called with the name of each queue that the app puts a message on.
        clock_skew: each worker's clock is wrong by up to so many seconds, another amount each.
    """

    def __init__(
        self,
        app: Path,
        environment: Mapping[str, str],
        size: int,
        timeout: timedelta | None,
        log_level: str,
        on_arrival: Callable[[str], None],
        clock_skew: float = 0.0,
    ) -> None:
        self._app = app
        self._environment = environment
        self._size = size
        self._timeout = timeout
        self._log_level = log_level
        self._on_arrival = on_arrival
        self._clock_skew = clock_skew
        self._workers: list[WorkerProcess] = []
        self._available = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._running = 0
        self._draining = False
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self) -> list[dict[str, Any]]:
        """Start the workers and return the functions that the app declares.

        Raises:
            WorkerError: the app cannot be indexed.
        """
        starting = [asyncio.create_task(self._start_worker()) for _ in range(self._size)]
        try:
            workers = await asyncio.gather(*starting)
        except BaseException:  # a cancelled start too: the workers that are up by then must not stay
            for task in starting:
                task.cancel()
            for worker in await asyncio.gather(*starting, return_exceptions=True):
                if isinstance(worker, WorkerProcess):
                    await worker.end()
            raise
        self._keepers = [asyncio.create_task(self._keep(worker)) for worker in workers]
        for worker in workers:
            self._add(worker)
        return workers[0].functions

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that are ready."""
        return [worker.pid for worker in self._workers]

    @property
    def in_flight(self) -> int:
        """How many invocations run or wait for a worker."""
        return self._running

    async def wait_available(self) -> None:
        """Wait until a worker can take an invocation; triggers ask before they take work from a queue."""
        await self._available.wait()

    async def invoke(self, call: Call) -> Outcome:
        """Run a function in the least busy worker, waiting for one when none is up; never raises for its errors.

        Once the host is ending the outcome is `unstarted`: the work goes back to where it came from.
        """
        self._running += 1
        self._idle.clear()
        try:
            worker = await self._least_busy()
            outcome = (
                await self._invoke_in(worker, call) if worker else Outcome("unstarted", error="the host is ending")
            )
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
        if not outcome.is_success:
            _report(call, outcome)
        return outcome

    async def drain(self, grace: float) -> None:
        """Let running invocations end within `grace` seconds, cancel and then kill the rest, end the workers."""
        self._draining = True
        self._available.set()
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace)
        if self._running:
            _log.warning("%d invocations did not end within %.0f s and are cancelled", self._running, grace)
            for worker in self._workers:
                worker.cancel()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), 1.0)
        await asyncio.gather(*(worker.drain(5.0) for worker in self._workers))

    def kill(self) -> None:
        """Kill every worker and all they started, at once."""
        for worker in self._workers:
            worker.kill("the host ended at once")

    async def _start_worker(self) -> WorkerProcess:
        offset = random.uniform(-self._clock_skew, self._clock_skew)  # noqa: S311 - a fault, no secret
        return await WorkerProcess.start(self._app, self._environment, self._log_level, self._on_arrival, offset)

    async def _least_busy(self) -> WorkerProcess | None:
        """Return a worker that can take an invocation, waiting for one; None when the host is ending."""
        while not self._draining:
            usable = [worker for worker in self._workers if worker.usable]
            if usable:
                return min(usable, key=lambda worker: worker.in_flight)
            self._available.clear()
            await self._available.wait()
        return None

    async def _invoke_in(self, worker: WorkerProcess, call: Call) -> Outcome:
        if self._timeout is None:
            return await worker.invoke(call)
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                return await worker.invoke(call)
        except TimeoutError:
            reason = f"the time limit of {self._timeout} (functionTimeout) was exceeded by {call.function.name}"
            worker.kill(reason)
            return Outcome("failure", error=reason)

    async def _keep(self, worker: WorkerProcess) -> None:
        """Replace one worker whenever it dies, faster the healthier the last one was."""
        failures = 0
        while True:
            since = time.monotonic()
            await worker.dead.wait()
            self._remove(worker)
            await worker.end()
            failures = 1 if time.monotonic() - since > _HEALTHY_AFTER else failures + 1
            worker, failures = await self._replace(worker, failures)
            self._add(worker)

    async def _replace(self, old: WorkerProcess, failures: int) -> tuple[WorkerProcess, int]:
        while True:
            delay = BACKOFF[min(failures, len(BACKOFF)) - 1]
            _log.warning("worker %d died; starting another in %.1f s", old.pid, delay)
            await asyncio.sleep(delay)
            try:
                return await self._start_worker(), failures
            except WorkerError as error:
                failures += 1
                _log.error("a worker could not be restarted: %s", error)

    def _add(self, worker: WorkerProcess) -> None:
        self._workers.append(worker)
        self._available.set()

    def _remove(self, worker: WorkerProcess) -> None:
        self._workers.remove(worker)
        if not self._workers:
            self._available.clear()


def _report(call: Call, outcome: Outcome) -> None:
    """Log a failure: in the first line, no more than an exception's head, which may quote what was processed."""
    where = f"[{call.function.name} {call.invocation_id}]"
    head = outcome.error.partition("\n")[0][:_LOGGED_CHARACTERS]
    _log.warning("%s %s: %s", where, outcome.status, head)
    _log.debug("%s %s", where, outcome.trace.replace("\n", "\\n"))
