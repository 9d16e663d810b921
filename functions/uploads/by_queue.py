"""`INTRAY_INTAKE=queue`: Event Grid puts its events into the queue `upload-events`."""

import azure.functions as func

from functions.deferring import load_context
from functions.intake import receive_or_defer
from functions.poison import give_up_or_defer_upload, give_up_or_return
from shared.bootstrap_triggers import trigger_options
from shared.domain.base.errors import UnreadableRecord
from shared.pipeline.intake.upload_events import UPLOAD_EVENTS, read_upload_event
from shared.pipeline.operations.unreadable_messages import set_aside

blueprint = func.Blueprint()
CONNECTION = "AzureWebJobsStorage"
_CONTAINERS = frozenset(container.name for container in trigger_options().containers)


@blueprint.queue_trigger(arg_name="message", queue_name=UPLOAD_EVENTS, connection=CONNECTION)
async def receive_event(message: func.QueueMessage) -> None:
    """Receive the file that an event tells of; set aside a message that tells of no upload."""
    try:
        upload = read_upload_event(message.get_body(), _CONTAINERS)
    except UnreadableRecord as error:
        await set_aside(load_context(), UPLOAD_EVENTS, message.get_body(), error)
    else:
        await receive_or_defer(upload)


@blueprint.queue_trigger(arg_name="message", queue_name=f"{UPLOAD_EVENTS}-poison", connection=CONNECTION)
async def poison_event(message: func.QueueMessage) -> None:
    """Receive a file whose event failed again and again, or end it as failed."""
    try:
        upload = read_upload_event(message.get_body(), _CONTAINERS)
    except UnreadableRecord:
        await give_up_or_return(UPLOAD_EVENTS, message)
    else:
        await give_up_or_defer_upload(UPLOAD_EVENTS, upload, message)
