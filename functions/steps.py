"""Run one step of a stage for a queue message: an error defers the message, fails the Run or is retried."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from copy import replace
from datetime import timedelta

import azure.functions as func

from functions.deferring import MaxDeferralsExceeded, defer_stage, grow_delay, load_context, report_deferral
from shared import telemetry
from shared.domain.base.disk_full import DiskFull, is_disk_full
from shared.domain.base.errors import Blocked, Conflict, Permanent, Retryable, UnreadableRecord
from shared.domain.base.stored import dump_stored
from shared.domain.documents.run import Reason
from shared.domain.documents.task import PLAN, StageMessage
from shared.pipeline.context import Context
from shared.pipeline.endings import fail_by_id
from shared.pipeline.models.gateway.step_time import OutOfTime, StepTime
from shared.pipeline.operations.deferral_notes import note_waiting
from shared.pipeline.operations.unreadable_messages import read_message
from shared.telemetry.steps import StepReport, hide_message, observe_step

_GO_FIRST = frozenset({"read", "extract", "validate", "decide"})
"""Queues of the steps that every file takes; further ones of large files are ranges or questions."""

type Step = Callable[[Context, StageMessage], Awaitable[object]]


async def run_stage(queue: str, message: func.QueueMessage, step: Step) -> None:
    """Take `step` for a message of `queue`; defer the message while the configuration is broken."""
    with hide_message():
        try:
            context = load_context()
        except Blocked as error:
            await defer_stage(queue, message.get_body(), error)
        else:
            await run_step(context, queue, message.get_body(), step)


async def run_step(context: Context, queue: str, body: bytes, step: Step) -> None:
    """Take `step` for a message of `queue` with this body.

    Retryable and a full disk defer the message without spending an attempt; Permanent ends the Run as failed;
    anything else is left to the platform, which counts an attempt, retries and at last poisons the message. A step
    that used up its time sends its message again and continues there, long before `functionTimeout` would end it.
    """
    message = await read_message(context, queue, body)
    if message is None:
        return
    first = context.traffic.goes_first() if queue in _GO_FIRST and message.task == PLAN else nullcontext()
    run = (message.document_id, message.run)
    with (
        telemetry.bind(*run),
        first,
        observe_step(queue, run, message.traceparent, message.task, message.waits) as report,
    ):
        await _run_message(context, queue, message, step, report)


async def _run_message(context: Context, queue: str, message: StageMessage, step: Step, report: StepReport) -> None:
    try:
        await _take(_within_step_time(context), message, step)
    except OutOfTime:
        report.end_as("continued", "out_of_time")
        await context.queues.send(queue, dump_stored(message))
        _report("step_continues", queue, message.document_id, "out_of_time")
    except Retryable as error:
        report.end_as("deferred", error.code)
        await _defer(context, queue, message, error)
    except Permanent as error:
        report.end_as("failed", error.code)
        await _fail(context, queue, message, error)


async def _fail(context: Context, queue: str, message: StageMessage, error: Permanent) -> None:
    """End the message's Run as failed; a Run that cannot be read defers the step."""
    try:
        await fail_by_id(context, message.document_id, message.run, Reason(code=error.code, message=str(error)))
    except UnreadableRecord as unreadable:
        await _defer(context, queue, message, unreadable)
    else:
        _report("step_failed", queue, message.document_id, error.code)


def _within_step_time(context: Context) -> Context:
    """Return the context of one step, whose gateway stops asking models when the time of the step is used up."""
    until = context.clock.now() + timedelta(seconds=context.limits.step_seconds)
    return replace(context, gateway=replace(context.gateway, time=StepTime(context.clock, until)))


async def _take(
    context: Context, message: StageMessage, step: Callable[[Context, StageMessage], Awaitable[object]]
) -> None:
    """Take the step; raises DiskFull whatever a full disk was reported as, once idle copies have made room."""
    try:
        await step(context, message)
    except Exception as error:  # libraries report a full disk as errors of their own
        if not is_disk_full(error):
            raise
        await context.copies.delete_idle()
        raise DiskFull from error


async def _defer(context: Context, queue: str, message: StageMessage, error: Retryable) -> None:
    """Send the message again with a delay and note why; raises MaxDeferralsExceeded."""
    if message.waits >= context.limits.max_waits:
        raise MaxDeferralsExceeded from error
    delay = grow_delay(message.waits, error, context.limits.longest_wait)
    deferred = replace(message, waits=message.waits + 1)
    await context.queues.send(queue, dump_stored(deferred), delay)
    report_deferral("step_deferred", queue, message.document_id, error)
    if not isinstance(error, Conflict):  # over in a second, and its note would be one more write to the same rows
        await _note(context, queue, message, error, delay)


async def _note(context: Context, queue: str, message: StageMessage, error: Retryable, delay: timedelta) -> None:
    """Note why the Run waits. The message is on its way already, so a failure is logged and stops nothing."""
    try:
        await note_waiting(context, message, queue, error, context.clock.now() + delay)
    except Exception as failure:  # noqa: BLE001 - raised, it would have the platform run the deferred step twice
        _report("waiting_not_noted", queue, message.document_id, type(failure).__name__)


def _report(event: str, queue: str, document_id: str, reason: str) -> None:
    telemetry.report(event, {telemetry.STAGE: queue, telemetry.DOCUMENT_ID: document_id, telemetry.REASON: reason})
