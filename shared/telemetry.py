"""The names under which Intray reports itself: log fields and metrics, after OpenTelemetry's GenAI conventions.

Values are ids, names and figures only: document text, prompts, model output and keys never reach a log.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
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
ACTOR = "intray.actor"

LOGGER = logging.getLogger("intray")
ALARM_SECONDS = 15 * 60
"""How long an alarm of the same cause stays silent in a process after it was raised."""
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
    LOGGER.log(level, "%s %s", event, text, extra={"intray": dict(fields)})


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
