"""One SQLite connection on one thread, with a transaction for each piece of work."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.event_grid.state.tables import SCHEMA


class Writer:
    """Runs functions on the connection in order, each in a transaction on disk (`synchronous=FULL`)."""

    def __init__(self, path: Path) -> None:
        """Open or create the file at `path`; raises sqlite3.Error when it cannot be used."""
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;\n{SCHEMA}")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="event-grid-store")

    async def run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` and return its result once committed; an exception undoes its changes and is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def close(self) -> None:
        """Finish pending work and close the file."""
        await asyncio.to_thread(self._thread.shutdown)
        self._connection.close()

    def _transact[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return result
