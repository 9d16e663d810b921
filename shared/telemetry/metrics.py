"""The metrics, with their units, attributes and buckets; docs/metrics.md is made from METRICS.

Attributes have few values: states, stages, queues, names of document types and deployments, codes of reasons. Never an
id, a file name or a value of a document.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from opentelemetry import metrics
from opentelemetry.metrics import _Gauge as Gauge

from shared import telemetry

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - the name of an attribute
_MODEL = (OPERATION, PROVIDER, REQUEST_MODEL, RESPONSE_MODEL)

STEP_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_200)
DOCUMENT_SECONDS = (1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400, 604_800)
CALL_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = tuple(float(4**power) for power in range(14))
"""Buckets that the GenAI conventions give for tokens, as CALL_SECONDS for durations of calls."""


class Metric(NamedTuple):
    """What is known of a metric beside its values."""

    name: str
    instrument: Literal["counter", "histogram", "gauge"]
    unit: str
    description: str
    attributes: tuple[str, ...]
    buckets: tuple[float, ...] = ()


METRICS: dict[str, Metric] = {}
"""Every metric by its name."""
_meter = metrics.get_meter("intray")


def _declare(metric: Metric) -> Metric:
    METRICS[metric.name] = metric
    return metric


def _counter(name: str, unit: str, description: str, attributes: tuple[str, ...]) -> metrics.Counter:
    metric = _declare(Metric(name, "counter", unit, description, attributes))
    return _meter.create_counter(metric.name, metric.unit, metric.description)


def _gauge(name: str, unit: str, description: str, attributes: tuple[str, ...]) -> Gauge:
    metric = _declare(Metric(name, "gauge", unit, description, attributes))
    return _meter.create_gauge(metric.name, metric.unit, metric.description)


def _histogram(
    name: str, unit: str, description: str, attributes: tuple[str, ...], buckets: tuple[float, ...]
) -> metrics.Histogram:
    metric = _declare(Metric(name, "histogram", unit, description, attributes, buckets))
    return _meter.create_histogram(
        metric.name, metric.unit, metric.description, explicit_bucket_boundaries_advisory=metric.buckets
    )


DOCUMENTS = _counter(
    "intray.documents",
    "{document}",
    "Runs that reached an outcome, or wait for a person; one that was reviewed counts again at its end.",
    (telemetry.STATE, telemetry.DISPOSITION, telemetry.TYPE, telemetry.REVIEWED, telemetry.REASON),
)
DOCUMENT_AGE = _histogram(
    "intray.document.age",
    "s",
    "Time from the receipt of a document to that.",
    (telemetry.STATE, telemetry.TYPE, telemetry.REVIEWED),
    DOCUMENT_SECONDS,
)
STAGE_DURATION = _histogram(
    "intray.stage.duration",
    "s",
    "Time of one step of a stage, by how it ended.",
    (telemetry.STAGE, telemetry.OUTCOME),
    STEP_SECONDS,
)
DEFERRALS = _counter(
    "intray.deferrals",
    "{message}",
    "Messages that were sent again with a delay.",
    (telemetry.STAGE, telemetry.ERROR_TYPE, telemetry.REASON),
)
POISON = _counter("intray.poison", "{message}", "Messages that the platform gave up.", (telemetry.STAGE,))
QUEUE_MESSAGES = _gauge(
    "intray.queue.messages", "{message}", "Messages in a queue, deferred ones included.", (telemetry.QUEUE,)
)
QUEUE_AGE = _gauge(
    "intray.queue.age", "s", "Age of the oldest message that waits in a queue and is not deferred.", (telemetry.QUEUE,)
)
REVIEW_CASES = _gauge("intray.review.cases", "{case}", "Open cases for review.", ())
REVIEW_AGE = _gauge("intray.review.age", "s", "Age of the oldest open case.", ())
ANSWERS = _counter(
    "intray.model.answers",
    "{answer}",
    "Answers of models, by where they came from: `model` (asked now) or `stored` (paid before).",
    (REQUEST_MODEL, telemetry.SOURCE),
)
COST = _counter("intray.model.cost", "{USD}", "Price of the answers by the catalogue, in dollars.", (REQUEST_MODEL,))
TOKEN_USAGE = _histogram(
    "gen_ai.client.token.usage", "{token}", "Tokens of a model call.", (*_MODEL, TOKEN_TYPE), TOKENS
)
CALL_DURATION = _histogram(
    "gen_ai.client.operation.duration",
    "s",
    "Time of a model call, failed ones included.",
    (*_MODEL, telemetry.ERROR_TYPE),
    CALL_SECONDS,
)


def drop_unset(attributes: Mapping[str, str | bool | None]) -> dict[str, str | bool]:
    """Return the attributes that have a value."""
    return {name: value for name, value in attributes.items() if value is not None}
