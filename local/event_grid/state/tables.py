"""The tables of the state file and the records read from them."""

from dataclasses import dataclass

from local.event_grid.state.schema import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, schema TEXT NOT NULL, id TEXT NOT NULL,
    accepted REAL NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER NOT NULL REFERENCES events(number),
    subscription TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending', due REAL NOT NULL, expires REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, acknowledged INTEGER NOT NULL DEFAULT 0, last_attempt REAL,
    last_status INTEGER, last_outcome TEXT, reason TEXT);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (subscription, state, due);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS subscriptions (name TEXT PRIMARY KEY, definition TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS announced (
    container TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (container, name)) WITHOUT ROWID;
"""

PENDING, DELIVERED, DEAD_LETTERED, DROPPED = "pending", "delivered", "dead_lettered", "dropped"


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one subscription. Times are seconds since 1970; `attempts` were made so far."""

    number: int
    event_number: int
    event: Event
    accepted: float
    due: float
    expires: float
    attempts: int = 0
    acknowledged: int = 0
    last_attempt: float | None = None
    last_status: int | None = None
    last_outcome: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class AddressedEvent:
    """An accepted event with its deliveries: (subscription, due, expires) each."""

    event: Event
    deliveries: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class AnnouncedBlob:
    """A blob version the storage source has announced; `content` distinguishes new content from new metadata."""

    container: str
    name: str
    etag: str
    content: str
