"""Queue functions: what a message looks like to the worker."""

from azure.storage.queue import QueueMessage

from local.host.workers.functions import Function
from local.host.workers.pool import WorkerPool
from local.host.workers.process import Call, Outcome
from local.host.workers.wire import Data, bytes_data, json_data, text_data


class QueueTrigger:
    """Runs one queue function for each message."""

    def __init__(self, function: Function, pool: WorkerPool) -> None:
        self._function = function
        self._pool = pool

    @property
    def queue_name(self) -> str:
        """The queue that the function listens to; the service knows lower case only."""
        return self._function.trigger.text("queueName").lower()

    async def handle(self, message: QueueMessage, body: bytes) -> Outcome:
        """Run the function with the decoded body and the message's own facts."""
        inputs = {self._function.trigger.parameter: _body(body)}
        return await self._pool.invoke(Call(self._function, inputs, _metadata(message, body)))


def _body(body: bytes) -> Data:
    """Return a message as text, or as bytes when it is no text."""
    try:
        return text_data(body.decode())
    except UnicodeDecodeError:
        return bytes_data(body)


def _metadata(message: QueueMessage, body: bytes) -> dict[str, Data]:
    times = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    return {
        "QueueTrigger": _body(body),
        "Id": text_data(message.id),
        "DequeueCount": json_data(message.dequeue_count),
        "PopReceipt": text_data(message.pop_receipt or ""),
        # The worker cannot read a time that is null, only one that is missing.
        **{name: json_data(moment.isoformat()) for name, moment in times.items() if moment},
    }
