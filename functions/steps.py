"""One step of a stage behind a queue trigger: errors become a delay, an outcome or a retry, and nothing else."""

from collections.abc import Awaitable, Callable

from shared import telemetry
from shared.domain.errors import Permanent, Retryable
from shared.domain.run import Reason
from shared.domain.task import StageMessage
from shared.stages.core import Core
from shared.stages.fail import fail_by_id


class PutOffTooOften(Exception):
    """A step was put off `INTRAY_MAX_WAITS` times: let the platform retry it, then poison it."""


async def run_step(
    core: Core, queue: str, body: bytes, step: Callable[[Core, StageMessage], Awaitable[object]]
) -> None:
    """Take `step` for a message of `queue` with this body.

    Retryable puts the message off without spending an attempt; Permanent ends the Run as failed; anything else is
    left to the platform, which counts an attempt, retries and at last poisons the message.
    """
    message = StageMessage.model_validate_json(body)
    try:
        await step(core, message)
    except Retryable as error:
        await _put_off(core, queue, message, error)
    except Permanent as error:
        await fail_by_id(core, message.document_id, message.run, Reason(code=error.code, message=str(error)))
        _report("step_failed", queue, message.document_id, error.code)


async def _put_off(core: Core, queue: str, message: StageMessage, error: Retryable) -> None:
    if message.waits >= core.limits.max_waits:
        raise PutOffTooOften from error
    factor = 1.5 ** min(message.waits, 20) if error.grows else 1
    growing = min(error.delay * factor, core.limits.longest_wait)
    later = message.model_copy(update={"waits": message.waits + 1})
    await core.queues.send(queue, later.model_dump_json(), max(error.delay, growing))
    _report("step_put_off", queue, message.document_id, type(error).__name__)


def _report(event: str, queue: str, document_id: str, reason: str) -> None:
    telemetry.report(event, {telemetry.STAGE: queue, telemetry.DOCUMENT_ID: document_id, telemetry.REASON: reason})
