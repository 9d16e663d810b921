"""The thread that writes: shared commits, separate failures."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from local.event_grid.state.writer import Writer

INSERT = "INSERT INTO subscriptions VALUES (?, '{}')"


async def names(writer: Writer) -> list[str]:
    """What the table holds."""
    rows = await writer.run(lambda db: db.execute("SELECT name FROM subscriptions ORDER BY name").fetchall())
    return [row[0] for row in rows]


async def test_one_failure_undoes_only_itself(tmp_path: Path) -> None:
    """Work that shares a commit with failing work is kept, and the failure reaches its own caller."""
    writer = Writer(tmp_path / "file.sqlite")

    def insert_then_fail(db: sqlite3.Connection) -> None:
        db.execute(INSERT, ("bad",))
        raise RuntimeError("mine")

    results = await asyncio.gather(
        writer.run(lambda db: db.execute(INSERT, ("a",)).rowcount),
        writer.run(insert_then_fail),
        writer.run(lambda db: db.execute(INSERT, ("b",)).rowcount),
        return_exceptions=True,
    )
    assert [1, "mine", 1] == [result if isinstance(result, int) else str(result) for result in results]
    assert ["a", "b"] == await names(writer)
    await writer.close()


async def test_what_was_asked_before_the_end_is_done(tmp_path: Path) -> None:
    """Closing waits for the work in line, and the file has it."""
    writer = Writer(tmp_path / "file.sqlite")

    async def insert(name: str) -> int:
        return await writer.run(lambda db: db.execute(INSERT, (name,)).rowcount)

    work = [asyncio.ensure_future(insert(str(n))) for n in range(9)]
    await asyncio.sleep(0)
    await writer.close()
    assert [1] * 9 == await asyncio.gather(*work)
    with sqlite3.connect(tmp_path / "file.sqlite") as db:
        assert 9 == db.execute("SELECT count(*) FROM subscriptions").fetchone()[0]
    db.close()


async def test_a_commit_that_fails_reaches_every_caller(tmp_path: Path) -> None:
    """Nobody is told that something is durable when it is not."""
    writer = Writer(tmp_path / "file.sqlite")
    await writer.run(lambda db: db.execute("PRAGMA query_only = ON").fetchall())
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await writer.run(lambda db: db.execute(INSERT, ("a",)).rowcount)
    await writer.close()
