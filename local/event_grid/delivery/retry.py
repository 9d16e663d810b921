"""Decide after each delivery attempt: delivered, try again, or give up. Pure functions.

Source: "Event Grid message delivery and retry" (delivery-and-retry) of the service's documentation.
"""

from dataclasses import dataclass
from http import HTTPStatus

from local.event_grid.state.config import RetryPolicy

WAITS = (10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0)
"""Seconds before each next attempt; the last is repeated until the event expires."""

MINIMUM_WAITS = {408: 120.0, 503: 30.0}
"""Minimum seconds before the next attempt, by the endpoint's status."""

SUCCESSES = frozenset({200, 201, 202, 203, 204})
FINAL_REFUSALS = frozenset({400, 401, 403, 413})
"""Answers of a webhook after which Event Grid does not try again."""

RESPONSE_SECONDS = 30.0
"""How long an endpoint may take to answer."""


@dataclass(frozen=True)
class Outcome:
    """The result of one attempt: the HTTP status, or None without an answer, and Event Grid's name for it."""

    status: int | None
    name: str

    @classmethod
    def of_status(cls, status: int) -> "Outcome":
        """Return the outcome of an answer with this status: 404 is `NotFound`, 599 is `Http599`."""
        names = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value: "RequestEntityTooLarge"}
        standard = {s.value: s.name.title().replace("_", "") for s in HTTPStatus}
        return cls(status, names.get(status) or standard.get(status) or f"Http{status}")


@dataclass(frozen=True)
class Delivered:
    """The endpoint took the event."""


@dataclass(frozen=True)
class TryAgain:
    """Attempt once more after `wait` seconds."""

    wait: float


@dataclass(frozen=True)
class GiveUp:
    """No more attempts; `reason` is what a dead letter carries as deadLetterReason."""

    reason: str


Decision = Delivered | TryAgain | GiveUp
EXPIRED = GiveUp("TimeToLiveExceeded")


def decide(policy: RetryPolicy, outcome: Outcome, attempts: int, seconds_left: float) -> Decision:
    """Return what follows the `attempts`-th attempt (1 is the first), `seconds_left` before the event expires.

    A wait never reaches beyond the event's end, so that it expires on time.
    """
    if outcome.status in SUCCESSES:
        return Delivered()
    if outcome.status in FINAL_REFUSALS:
        return GiveUp(f"UndeliverableDueToHttp{outcome.name}")
    if attempts >= policy.max_delivery_attempts:
        return GiveUp("MaxDeliveryAttemptsExceeded")
    if seconds_left <= 0:
        return EXPIRED
    waits = policy.waits or WAITS
    wait = waits[min(attempts, len(waits)) - 1]
    if policy.waits is None:
        wait = max(wait, MINIMUM_WAITS.get(outcome.status or 0, 0.0))
    return TryAgain(min(wait, seconds_left))
