"""Storage queues as subscribers: one message for each event, written as Event Grid writes it."""

import base64
import json

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from local.event_grid.delivery.retry import Outcome
from local.event_grid.delivery.webhook import Endpoint, HandshakeRefusedError
from local.event_grid.state.config import Subscription
from local.event_grid.state.tables import Delivery

_CREATED = 201
_NEVER = -1
"""Messages do not expire, as `queueMessageTimeToLiveInSeconds` of infra/modules/uploads-by-queue.bicep says."""


class StorageQueues:
    """The queues of one storage account."""

    def __init__(self, service: QueueServiceClient | None) -> None:
        """`service` may be None where no storage account is configured: then every subscription is refused."""
        self._service = service

    async def shake_hands(self, subscription: Subscription, topic_id: str) -> None:  # noqa: ARG002 - the port's
        """Return when the queue is there: a queue has no say. Raises HandshakeRefusedError."""
        try:
            await self._queue(subscription).get_queue_properties()
        except AzureError as error:
            raise HandshakeRefusedError(f"the queue cannot be used ({type(error).__name__})") from error

    async def send(self, subscription: Subscription, delivery: Delivery) -> Outcome:
        """Put the event into the queue: one JSON object, no list, encoded as base64."""
        message = base64.b64encode(json.dumps(dict(delivery.event.body)).encode()).decode()
        try:
            await self._queue(subscription).send_message(message, time_to_live=_NEVER)
        except HttpResponseError as error:
            return Outcome.of_status(error.status_code) if error.status_code else Outcome(None, "SocketError")
        except AzureError:
            return Outcome(None, "SocketError")
        return Outcome.of_status(_CREATED)

    def _queue(self, subscription: Subscription) -> QueueClient:
        if self._service is None or subscription.queue_name is None:
            raise HandshakeRefusedError("there is no storage account with a queue")
        return self._service.get_queue_client(subscription.queue_name)


class Destinations:
    """Webhooks and storage queues behind one Endpoint: the subscription says which."""

    def __init__(self, webhook: Endpoint, queues: Endpoint) -> None:
        self._webhook = webhook
        self._queues = queues

    async def shake_hands(self, subscription: Subscription, topic_id: str) -> None:
        """Return when the destination agrees to receive; raises HandshakeRefusedError."""
        await self._of(subscription).shake_hands(subscription, topic_id)

    async def send(self, subscription: Subscription, delivery: Delivery) -> Outcome:
        """Make one attempt."""
        return await self._of(subscription).send(subscription, delivery)

    def _of(self, subscription: Subscription) -> Endpoint:
        return self._queues if subscription.queue_name else self._webhook
