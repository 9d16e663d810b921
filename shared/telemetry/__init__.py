"""How Intray reports itself: the names of attributes, and log events; `traces` and `metrics` have the rest.

Values are ids, names and figures only: document text, prompts, model output and keys never reach a log.
"""

import logging
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

DOCUMENT_ID = "intray.document.id"
RUN = "intray.run.number"
STAGE = "intray.stage"
TASK = "intray.task"
STATE = "intray.run.state"
ROW = "intray.row"
REASON = "intray.reason"
SWEPT = "intray.sweep.pushed"
UPLOADS_FOUND = "intray.reconciliation.found"
TYPE = "intray.document_type"
TYPE_VERSION = "intray.document_type.version"
PROBLEMS = "intray.document_type.problems"
DELETED = "intray.retention.deleted"
PROBLEM = "intray.http.problem"
STATUS = "http.response.status_code"
PLACE = "code.place"
ACTION = "intray.action"
QUEUE = "intray.queue"
OUTCOME = "intray.outcome"
DEFERRALS = "intray.deferrals"
DISPOSITION = "intray.disposition"
REVIEWED = "intray.reviewed"
PARENT = "intray.document.parent"
PAGE = "intray.page"
EVENTS = "intray.events"
SOURCE = "intray.answer.source"
COST = "intray.model.cost"
SECONDS = "intray.seconds"
ERROR_TYPE = "error.type"

EVENT = "intray.event"
"""The attribute of a log record that holds the name of its event."""
ACTOR = "intray.actor"

LOGGER = logging.getLogger("intray")
ALARM_SECONDS = 15 * 60
"""How long an alarm of the same cause stays silent in a process after it was raised."""
_MOST_FRAMES = 8
_subject: ContextVar[Mapping[str, str | int | float]] = ContextVar("_subject", default=MappingProxyType({}))
_raised: dict[tuple[str, str], float] = {}


@contextmanager
def bind(document_id: str, run: int) -> Iterator[None]:
    """Add a document and its Run to everything that is reported inside the block, in its tasks and threads too."""
    token = _subject.set({DOCUMENT_ID: document_id, RUN: run})
    try:
        yield
    finally:
        _subject.reset(token)


def report(event: str, fields: Mapping[str, str | int | float], level: int = logging.INFO) -> None:
    """Log `event` with its fields as `key=value`, and as attributes for a structured exporter."""
    bound = _subject.get()
    if fields.get(DOCUMENT_ID, bound.get(DOCUMENT_ID)) == bound.get(DOCUMENT_ID):
        fields = {**bound, **fields}
    text = " ".join(f"{name}={value}" for name, value in fields.items())
    LOGGER.log(level, "%s %s", event, text, extra={EVENT: event, **fields})


def place_of(error: BaseException) -> str:
    """Return where an error was raised, innermost first, without its message, which may quote a document."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def alarm(event: str, cause: str, fields: Mapping[str, str | int | float], level: int = logging.ERROR) -> bool:
    """Log `event`, by default at ERROR severity, for an operator to act on; return whether it was logged.

    A process repeats the alarm of the same `cause` after ALARM_SECONDS at the earliest: thousands of documents may
    wait for the same reason.
    """
    now = time.monotonic()
    last = _raised.get((event, cause))
    if last is not None and now - last < ALARM_SECONDS:
        return False
    _raised[event, cause] = now
    report(event, {REASON: cause, **fields}, level)
    return True
