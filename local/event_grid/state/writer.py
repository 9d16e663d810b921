"""One SQLite connection on one thread; waiting jobs share a commit, so that writes are durable and fast.

A caller's work is done when its transaction is on disk, never before (`synchronous=FULL`).
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.event_grid.state.tables import SCHEMA

_MAX_JOBS_PER_COMMIT = 256


@dataclass
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]
    result: Any = field(default=None, init=False)
    error: Exception | None = field(default=None, init=False)

    def settle(self) -> None:
        """Hand the outcome to the caller, on the event loop."""
        if self.done.done():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


class Writer:
    """Runs functions on the connection, in order, each in a savepoint of its own within the shared transaction."""

    def __init__(self, path: Path) -> None:
        """Open or create the file at `path`; raises sqlite3.Error when it cannot be used."""
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;\n{SCHEMA}")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="event-grid-store", daemon=True)
        self._thread.start()

    async def run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` and return its result once committed; an exception undoes its own changes and is raised here."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, done))
        return await done

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, last = self._collect_waiting(first)
            self._commit(jobs)
            for job in jobs:
                job.loop.call_soon_threadsafe(job.settle)
            if last:
                return

    def _collect_waiting(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < _MAX_JOBS_PER_COMMIT and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._run_one(job)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:  # the disk is full or gone: nothing of the batch is durable
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for job in jobs:
                job.error = job.error or error

    def _run_one(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(self._connection)
        except Exception as error:  # noqa: BLE001 - handed to the caller whose work it was
            job.error = error
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")
