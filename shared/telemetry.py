"""The names under which Intray reports itself: log fields and metrics, after OpenTelemetry's GenAI conventions.

Values are ids, names and figures only: document text, prompts, model output and keys never reach a log.
"""

import logging
from collections.abc import Mapping

DOCUMENT_ID = "intray.document.id"
RUN = "intray.run.number"
STAGE = "intray.stage"
TASK = "intray.task"
STATE = "intray.run.state"
OUTCOME = "intray.outcome"
REASON = "intray.reason"
DELAY_SECONDS = "intray.retry.delay"
SWEPT = "intray.sweep.pushed"
TYPE = "intray.document_type"
TYPE_VERSION = "intray.document_type.version"
PROBLEMS = "intray.document_type.problems"
DELETED = "intray.retention.deleted"

LOGGER = logging.getLogger("intray")


def report(event: str, fields: Mapping[str, str | int | float]) -> None:
    """Log `event` with its fields as `key=value`, and as attributes for a structured exporter."""
    text = " ".join(f"{name}={value}" for name, value in fields.items())
    LOGGER.info("%s %s", event, text, extra={"intray": dict(fields)})
