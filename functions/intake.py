"""Triggers that receive uploads which were deferred, or found by comparing the container with the table."""

import azure.functions as func

from functions.deferring import INTAKE, defer_intake, load_context
from shared import bootstrap, telemetry
from shared.bootstrap_triggers import reconciliation, trigger_options
from shared.domain.base.errors import Retryable, UnreadableRecord
from shared.domain.base.stored import load_stored
from shared.domain.documents.task import IntakeMessage
from shared.pipeline.intake.ingest import receive_version
from shared.pipeline.intake.reconciliation import reconcile_containers
from shared.pipeline.operations.unreadable_messages import set_aside
from shared.telemetry.steps import hide_message

blueprint = func.Blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=INTAKE, connection="AzureWebJobsStorage")
async def receive_deferred(message: func.QueueMessage) -> None:
    """Receive an upload that was deferred, or that a listing of the container showed."""
    try:
        upload = load_stored(IntakeMessage, message.get_body())
    except UnreadableRecord as error:
        await set_aside(load_context(), INTAKE, message.get_body(), error)
    else:
        await receive_or_defer(upload)


@blueprint.timer_trigger(arg_name="timer", schedule=trigger_options().reconcile_schedule)
async def reconcile_uploads(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the platform passes it
    """Find uploads that no event told of, and send them to the queue `intake`."""
    sent_count = await reconcile_containers(bootstrap.context(), reconciliation())
    if sent_count:
        telemetry.report("uploads_without_event", {telemetry.UPLOADS_FOUND: sent_count})


async def receive_or_defer(message: IntakeMessage) -> None:
    """Receive an upload; defer it while storage is away or the configuration is broken.

    Raises what cannot be deferred because the queues are away too: the platform retries it.
    """
    with hide_message():
        try:
            await receive_version(load_context(), message)
        except Retryable as error:
            await defer_intake(message, error)
