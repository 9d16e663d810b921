"""Where events go that could not be delivered: a blob each, as Event Grid names and fills it."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any, Protocol

from azure.core.exceptions import AzureError
from azure.storage.blob.aio import BlobServiceClient

from local.event_grid.state.config import EventSchema, Subscription
from local.event_grid.state.schema import converted
from local.event_grid.state.tables import Delivery


class DeadLetterUnavailableError(Exception):
    """The dead letter could not be stored now."""


class DeadLetters(Protocol):
    """Keeps what could not be delivered."""

    async def put(self, subscription: Subscription, schema: EventSchema, delivery: Delivery) -> None:
        """Store one; raises DeadLetterUnavailableError."""


class BlobDeadLetters:
    """Dead letters in the subscription's container of the storage account, which must exist."""

    def __init__(self, service: BlobServiceClient | None) -> None:
        """`service` may be None where no storage account is configured: then every put fails."""
        self._service = service

    async def put(self, subscription: Subscription, schema: EventSchema, delivery: Delivery) -> None:
        """Write `NAME/2026/11/22/18/<guid>.json`, the date not padded, the subscription's name in capitals.

        Source: "Set dead-letter location and retry policy" of the service's documentation.
        """
        if self._service is None or subscription.dead_letter_container is None:
            raise DeadLetterUnavailableError("there is no storage account to write to")
        at = datetime.fromtimestamp(delivery.last_attempt or delivery.accepted, UTC)
        name = f"{subscription.name.upper()}/{at.year}/{at.month}/{at.day}/{at.hour}/{uuid.uuid4()}.json"
        container = self._service.get_container_client(subscription.dead_letter_container)
        try:
            await container.upload_blob(name, json.dumps([dead_letter(delivery, schema)]).encode())
        except AzureError as error:
            raise DeadLetterUnavailableError(type(error).__name__) from error


def dead_letter(delivery: Delivery, schema: EventSchema) -> dict[str, Any]:
    """Return the event with the properties that say why it was given up; CloudEvents spell them in small letters."""
    properties = {
        "deadLetterReason": delivery.reason,
        "deliveryAttempts": delivery.attempts,
        "lastDeliveryOutcome": delivery.last_outcome,
        "lastHttpStatusCode": delivery.last_status,
        "publishTime": _time(delivery.accepted),
        "lastDeliveryAttemptTime": _time(delivery.last_attempt),
    }
    known = {name: value for name, value in properties.items() if value is not None}
    if schema is EventSchema.CLOUD_EVENTS:
        known = {name.lower(): value for name, value in known.items()}
    return {**converted(delivery.event, schema), **known}


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
