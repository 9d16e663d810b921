"""Store undeliverable events as blobs, named and filled as Event Grid does."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any, Protocol

from azure.core.exceptions import AzureError
from azure.storage.blob.aio import BlobServiceClient

from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.tables import Delivery


class DeadLetterUnavailableError(Exception):
    """The dead letter could not be stored now."""


class DeadLetters(Protocol):
    """Stores events that could not be delivered."""

    async def store(self, subscription: Subscription, delivery: Delivery) -> None:
        """Store an event; raises DeadLetterUnavailableError."""


class BlobDeadLetters:
    """Dead letters in the subscription's container of the storage account, which must exist."""

    def __init__(self, service: BlobServiceClient | None) -> None:
        """`service` may be None where no storage account is configured: then every put fails."""
        self._service = service

    async def store(self, subscription: Subscription, delivery: Delivery) -> None:
        """Write `NAME/2026/11/22/18/<guid>.json`, the date not padded, the subscription's name in capitals.

        Source: "Set dead-letter location and retry policy" of the service's documentation.
        """
        if self._service is None or subscription.dead_letter_container is None:
            raise DeadLetterUnavailableError("there is no storage account to write to")
        at = datetime.fromtimestamp(delivery.last_attempt or delivery.accepted, UTC)
        name = f"{subscription.name.upper()}/{at.year}/{at.month}/{at.day}/{at.hour}/{uuid.uuid4()}.json"
        container = self._service.get_container_client(subscription.dead_letter_container)
        try:
            await container.upload_blob(name, json.dumps([dead_letter(delivery)]).encode())
        except AzureError as error:
            raise DeadLetterUnavailableError(type(error).__name__) from error


def dead_letter(delivery: Delivery) -> dict[str, Any]:
    """Return the event with the reason for giving up; CloudEvents spell these properties in lower case."""
    properties = {
        "deadLetterReason": delivery.reason,
        "deliveryAttempts": delivery.attempts,
        "lastDeliveryOutcome": delivery.last_outcome,
        "lastHttpStatusCode": delivery.last_status,
        "publishTime": _time(delivery.accepted),
        "lastDeliveryAttemptTime": _time(delivery.last_attempt),
    }
    details = {name: value for name, value in properties.items() if value is not None}
    if delivery.event.schema is EventSchema.CLOUD_EVENTS:
        details = {name.lower(): value for name, value in details.items()}
    return {**delivery.event.body, **details}


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
