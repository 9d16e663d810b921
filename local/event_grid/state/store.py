"""The state that outlives the process: events, their deliveries, subscriptions, and announced blobs."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.schema import Event
from local.event_grid.state.tables import AddressedEvent, AnnouncedBlob, Delivery
from local.event_grid.state.writer import Writer

_INSERT_DELIVERY = "INSERT INTO deliveries (event, subscription, due, expires) VALUES (?, ?, ?, ?)"
_SELECT_DUE = (
    "SELECT d.*, e.schema, e.body, e.accepted FROM deliveries d JOIN events e ON e.number = d.event"
    " WHERE d.subscription = ? AND d.state = 'pending' AND d.due <= ? ORDER BY d.due, d.number LIMIT ?"
)
_UPDATE_DELIVERY = (
    "UPDATE deliveries SET state = :state, due = :due, attempts = :attempts, acknowledged = :acknowledged,"
    " last_attempt = :last_attempt, last_status = :last_status, last_outcome = :last_outcome, reason = :reason"
    " WHERE number = :number"
)


class Store:
    """The state file; every method returns when its change is on disk."""

    def __init__(self, directory: Path) -> None:
        """Open or create `event-grid.sqlite` in the directory, which is created too."""
        directory.mkdir(parents=True, exist_ok=True)
        self._writer = Writer(directory / "event-grid.sqlite")

    async def close(self) -> None:
        """Finish pending work and close the file."""
        await self._writer.close()

    async def accept(
        self,
        topic: str,
        events: Sequence[AddressedEvent],
        now: float,
        announced: Iterable[AnnouncedBlob] = (),
        forgotten: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Store events with their deliveries, and the blobs that they announce or remove, all or nothing."""

        def work(db: sqlite3.Connection) -> None:
            for addressed in events:
                event = addressed.event
                row = (topic, event.schema, event.id, now, json.dumps(dict(event.body)))
                number = db.execute(
                    "INSERT INTO events (topic, schema, id, accepted, body) VALUES (?, ?, ?, ?, ?)", row
                ).lastrowid
                db.executemany(_INSERT_DELIVERY, [(number, *delivery) for delivery in addressed.deliveries])
            rows = [(a.container, a.name, a.etag, a.content) for a in announced]
            db.executemany("INSERT OR REPLACE INTO announced VALUES (?, ?, ?, ?)", rows)
            db.executemany("DELETE FROM announced WHERE container = ? AND name = ?", list(forgotten))

        await self._writer.run(work)

    async def list_due(self, subscription: str, now: float, limit: int) -> list[Delivery]:
        """Return up to `limit` pending deliveries that are due, the longest waiting first."""
        rows = await self._writer.run(lambda db: db.execute(_SELECT_DUE, (subscription, now, limit)).fetchall())
        return [_delivery(row) for row in rows]

    async def next_due_time(self, subscription: str, after: float) -> float | None:
        """Return when the next delivery falls due, of those that are not due yet."""
        sql = "SELECT min(due) FROM deliveries WHERE subscription = ? AND state = 'pending' AND due > ?"
        row = await self._writer.run(lambda db: db.execute(sql, (subscription, after)).fetchone())
        due: float | None = row[0]
        return due

    async def record(self, delivery: Delivery, state: str) -> None:
        """Store the result of an attempt."""
        values = {**asdict(delivery), "state": state, "event": None}
        await self._writer.run(lambda db: db.execute(_UPDATE_DELIVERY, values))

    async def make_due_now(self, subscription: str, now: float) -> None:
        """Make all pending deliveries of the subscription due now, after its endpoint has answered a handshake."""
        sql = "UPDATE deliveries SET due = ? WHERE subscription = ? AND state = 'pending' AND due > ?"
        await self._writer.run(lambda db: db.execute(sql, (now, subscription, now)))

    async def count_deliveries(self) -> dict[str, dict[str, int]]:
        """Return how many deliveries of each subscription are in each state."""
        sql = "SELECT subscription, state, count(*) FROM deliveries GROUP BY subscription, state"
        counts: dict[str, dict[str, int]] = {}
        for name, state, count in await self._writer.run(lambda db: db.execute(sql).fetchall()):
            counts.setdefault(name, {})[state] = count
        return counts

    async def list_subscriptions(self) -> list[Subscription]:
        """Return all that were created and not deleted; fields of other versions are ignored."""
        rows = await self._writer.run(
            lambda db: db.execute("SELECT definition FROM subscriptions ORDER BY name").fetchall()
        )
        return [Subscription.model_validate_json(row[0], extra="ignore") for row in rows]

    async def save_subscription(self, subscription: Subscription) -> None:
        """Create or replace one."""
        row = (subscription.name, subscription.model_dump_json(by_alias=True))
        await self._writer.run(lambda db: db.execute("INSERT OR REPLACE INTO subscriptions VALUES (?, ?)", row))

    async def delete_subscription(self, name: str) -> None:
        """Delete one with its pending deliveries, as Event Grid does."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM subscriptions WHERE name = ?", (name,))
            db.execute("DELETE FROM deliveries WHERE subscription = ? AND state = 'pending'", (name,))

        await self._writer.run(work)

    async def list_announced(self) -> list[AnnouncedBlob]:
        """Return every blob version that the storage source has announced and that was not deleted since."""
        rows = await self._writer.run(lambda db: db.execute("SELECT * FROM announced").fetchall())
        return [AnnouncedBlob(*row) for row in rows]

    async def list_events(self, since: int, limit: int, topic: str | None) -> list[dict[str, Any]]:
        """Return accepted events after number `since`, oldest first, each with the state of its deliveries."""
        return await self._writer.run(lambda db: _select_events(db, since, limit, topic))


def _select_events(db: sqlite3.Connection, since: int, limit: int, topic: str | None) -> list[dict[str, Any]]:
    sql = "SELECT * FROM events WHERE number > ? AND (? IS NULL OR topic = ?) ORDER BY number LIMIT ?"
    by_number = {
        row["number"]: {**dict(row), "body": json.loads(row["body"]), "deliveries": []}
        for row in db.execute(sql, (since, topic, topic, limit))
    }
    if by_number:
        span = (min(by_number), max(by_number))
        for row in db.execute("SELECT * FROM deliveries WHERE event BETWEEN ? AND ? ORDER BY number", span):
            if row["event"] in by_number:
                by_number[row["event"]]["deliveries"].append(
                    {name: value for name, value in dict(row).items() if name not in ("event", "number")}
                )
    return list(by_number.values())


def _delivery(row: sqlite3.Row) -> Delivery:
    event = Event.of(EventSchema(row["schema"]), json.loads(row["body"]))
    return Delivery(
        row["number"],
        row["event"],
        event,
        row["accepted"],
        row["due"],
        row["expires"],
        row["attempts"],
        row["acknowledged"],
        row["last_attempt"],
        row["last_status"],
        row["last_outcome"],
        row["reason"],
    )
