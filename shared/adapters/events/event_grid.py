"""Publishing CloudEvents to an Event Grid custom topic (or the local one)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from shared.adapters.base.azure_errors import azure_errors
from shared.domain.base.errors import Blocked, Permanent
from shared.domain.documents.event import Event

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.messaging import CloudEvent
    from azure.eventgrid.aio import EventGridPublisherClient

_REFUSED = {
    400: "an event is not as the topic expects: is the topic's input schema CloudEvents 1.0?",
    413: "the events are over the topic's limit of 1 MB",
}
"""What is wrong with the events themselves: sent again they would be refused again."""
_DENIED = {
    401: "the topic does not accept our key or token: check INTRAY_TOPIC_KEY or the identity",
    403: "we may not send to the topic: it needs the role EventGrid Data Sender, and to be reachable from here",
}
_WHOLE_CALL = timedelta(seconds=60)


class EventGridEvents:
    """The Events port over azure-eventgrid's asynchronous client (the other one ignores its options)."""

    def __init__(self, client: "EventGridPublisherClient", wait: timedelta = _WHOLE_CALL) -> None:
        self._client = client
        self._wait = wait

    @classmethod
    def from_key(cls, endpoint: str, key: str, retries: int = 1) -> Self:
        """Return the topic at `endpoint`, with one of its access keys; `retries` of requests failed in transit."""
        from azure.core.credentials import AzureKeyCredential
        from azure.eventgrid.aio import EventGridPublisherClient

        return cls(EventGridPublisherClient(endpoint, AzureKeyCredential(key), **_options(retries)))

    @classmethod
    def from_identity(cls, endpoint: str, credential: "AsyncTokenCredential", retries: int = 1) -> Self:
        """Return the topic at `endpoint`, reached as `credential` (role EventGrid Data Sender)."""
        from azure.eventgrid.aio import EventGridPublisherClient

        class IdentityPublisherClient(EventGridPublisherClient):
            """Show in logs and debuggers that the topic is accessed by identity; local, because the SDK loads late."""

        return cls(IdentityPublisherClient(endpoint, credential, **_options(retries)))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def publish(self, events: Sequence[Event]) -> None:
        """Hand over 1..100 events in order.

        Raises Retryable when the topic is away, busy, or does not let us in; Permanent (`event_refused`) when it
        refuses the events.
        """
        from azure.core.exceptions import HttpResponseError

        with azure_errors("the event topic"):
            try:
                async with asyncio.timeout(self._wait.total_seconds()):
                    await self._client.send([_cloud_event(event) for event in events])
            except HttpResponseError as error:
                if error.status_code in _REFUSED:
                    raise Permanent("event_refused", _REFUSED[error.status_code]) from error
                if error.status_code in _DENIED:
                    raise Blocked(_DENIED[error.status_code], code="topic_access_denied") from error
                raise


def _cloud_event(event: Event) -> "CloudEvent[dict[str, Any]]":
    """Return the event as CloudEvents 1.0."""
    from azure.core.messaging import CloudEvent

    return CloudEvent(
        source=event.source,
        type=event.type,
        id=event.id,
        time=event.time,
        subject=event.subject,
        dataschema=event.dataschema,
        datacontenttype="application/json",
        data=event.data,
    )


def _options(retries: int) -> dict[str, Any]:
    """Client options: next to no retries, because the outbox sends again what was not accepted."""
    counts = dict.fromkeys(("retry_total", "retry_connect", "retry_read", "retry_status"), retries)
    return {**counts, "connection_timeout": 5, "read_timeout": 30}
