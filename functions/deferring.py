"""Deferring: a message whose function cannot run now is sent again with a delay, and spends no attempt.

It needs the queue service and nothing else, so that it also works while the rest of the configuration is broken. If
the queue service is away too, the error is left to the platform.
"""

from copy import replace
from datetime import timedelta

from shared import bootstrap, telemetry
from shared.domain.base.errors import Blocked, IntrayError, Retryable
from shared.domain.base.stored import dump_stored, load_stored
from shared.domain.documents.task import IntakeMessage, StageMessage
from shared.pipeline.context import Context
from shared.telemetry import metrics

INTAKE = "intake"
"""The queue of uploads that could not be received when their event came."""
MAX_INTAKE_DELAY = timedelta(minutes=1)
"""Bound of the growing delay of intake: receiving costs a few storage calls, and the person who uploaded waits."""
_GROWTH = 1.5
_MOST_GROWTHS = 20
"""Deferrals that lengthen the delay: more would overflow, and the bound is reached long before."""


class MaxDeferralsExceeded(IntrayError):
    """A message was deferred `INTRAY_MAX_WAITS` times: let the platform retry it, then poison it."""


def load_context() -> Context:
    """Return the context; raises Blocked while the configuration keeps it from being built."""
    try:
        return bootstrap.context()
    except Exception as error:  # a broken configuration must not spend the attempts of the messages that meet it
        raise Blocked(f"The function app cannot start: {_describe(error)}", code="not_configured") from error


def grow_delay(deferrals: int, error: Retryable, longest: timedelta) -> timedelta:
    """Return how long to wait: what the error asks for, growing with each deferral up to a bound."""
    factor = _GROWTH ** min(deferrals, _MOST_GROWTHS) if error.grows else 1
    return max(error.delay, min(error.delay * factor, max(longest, error.longest_delay)))


async def defer_stage(queue: str, body: bytes, error: Retryable) -> None:
    """Send the message of a stage again, without a context; raises MaxDeferralsExceeded, MissingSetting, Retryable."""
    message, deferrals = load_stored(StageMessage, body), bootstrap.deferrals()
    if message.waits >= deferrals.max_waits:
        raise MaxDeferralsExceeded from error
    delay = grow_delay(message.waits, error, deferrals.longest_wait)
    deferred = replace(message, waits=message.waits + 1)
    await deferrals.queues.send(queue, dump_stored(deferred), delay)
    report_deferral("step_deferred", queue, message.document_id, error)


async def defer_intake(message: IntakeMessage, error: Retryable) -> None:
    """Send an upload to the queue `intake`; raises MaxDeferralsExceeded, MissingSetting, Retryable."""
    deferrals = bootstrap.deferrals()
    if message.waits >= deferrals.max_waits:
        raise MaxDeferralsExceeded from error
    delay = grow_delay(message.waits, error, min(deferrals.longest_wait, MAX_INTAKE_DELAY))
    deferred = replace(message, waits=message.waits + 1)
    await deferrals.queues.send(INTAKE, dump_stored(deferred), delay)
    report_deferral("intake_deferred", INTAKE, "", error)


async def return_to_queue(queue: str, body: bytes, error: Retryable) -> None:
    """Send a poison message again, unchanged: its queue has no poison queue, so its last attempt would lose it."""
    deferrals = bootstrap.deferrals()
    await deferrals.queues.send(queue, body.decode(), max(error.delay, deferrals.longest_wait))
    report_deferral("poison_deferred", queue, "", error)


def report_deferral(event: str, queue: str, document_id: str, error: Retryable) -> None:
    """Log that a message was deferred and why; raise an alarm when an operator has to act."""
    telemetry.report(
        event,
        {telemetry.STAGE: queue, telemetry.DOCUMENT_ID: document_id or "unknown", telemetry.REASON: error.code},
    )
    labels = {telemetry.STAGE: queue, telemetry.ERROR_TYPE: type(error).__name__, telemetry.REASON: error.code}
    metrics.DEFERRALS.add(1, labels)
    if isinstance(error, Blocked):
        telemetry.alarm("service_blocked", error.code, {telemetry.STAGE: queue, telemetry.ACTION: str(error)})


def _describe(error: Exception) -> str:
    """Return what to change where the error says it; only its type otherwise, for its text may quote a setting."""
    return str(error) if isinstance(error, IntrayError) else type(error).__name__
