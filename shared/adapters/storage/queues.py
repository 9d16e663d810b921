"""Sending to queues in Azure Storage (or Azurite)."""

import math
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from shared.adapters.base.azure_errors import azure_errors

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.storage.queue.aio import QueueClient, QueueServiceClient

_MAX_MESSAGE_BYTES = 48 * 1024
"""Bytes: a message is at most 64 KiB, and base64 makes four of three."""
_LONGEST = timedelta(days=7)
"""The most that a queue can hide a message ("Put Message" in the Azure Storage reference)."""
_FOREVER = -1
"""A message's time to live: by default it would vanish after seven days."""
_SERVICE = "queue storage"


class AzureQueues:
    """The Queues port over azure-storage-queue; messages are base64, as the Functions host expects by default."""

    def __init__(self, service: "QueueServiceClient", access: str = "key") -> None:
        self._service = service
        self._access = access

    @classmethod
    def from_connection_string(cls, connection_string: str, retries: int = 3) -> Self:
        """Queues of the account that `connection_string` names; `retries` of a request that failed in transit."""
        from azure.storage.queue.aio import QueueServiceClient

        return cls(QueueServiceClient.from_connection_string(connection_string, **_options(retries)))

    @classmethod
    def from_identity(cls, account_url: str, credential: "AsyncTokenCredential", retries: int = 3) -> Self:
        """Queues at `account_url` (https://NAME.queue.core.windows.net), reached as `credential`."""
        from azure.storage.queue.aio import QueueServiceClient

        client = QueueServiceClient(account_url, credential=credential, **_options(retries))
        return cls(client, access="identity")

    def __repr__(self) -> str:
        """Name the service and how it is accessed: by `key` or `identity`."""
        return f"AzureQueues({self._service.url.partition('?')[0]}, {self._access})"

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def send(self, queue: str, body: str, delay: timedelta = timedelta(0)) -> None:
        """Append a message (at most 48 KiB of UTF-8) that becomes visible after `delay` (at most seven days).

        Creates the queue. Raises ValueError for a larger body: keep it in a blob and send its name.
        """
        from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

        size = len(body.encode())
        if size > _MAX_MESSAGE_BYTES:
            raise ValueError(
                f"a message of {size} bytes is over {_MAX_MESSAGE_BYTES}: keep it in a blob and send its name"
            )
        hidden = math.ceil(min(delay, _LONGEST).total_seconds())
        client = self._queue(queue)
        with azure_errors(_SERVICE):
            try:
                await client.send_message(body, visibility_timeout=hidden, time_to_live=_FOREVER)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError):  # somebody else may create it at the same moment
                    await client.create_queue()
                await client.send_message(body, visibility_timeout=hidden, time_to_live=_FOREVER)

    async def depth(self, queue: str) -> int:
        """Return the approximate number of messages, hidden ones included; 0 when the queue does not exist."""
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                properties = await self._queue(queue).get_queue_properties()
            except ResourceNotFoundError:
                return 0
        return properties.approximate_message_count or 0

    async def oldest(self, queue: str) -> datetime | None:
        """Return when the oldest visible message was sent; None when none is visible or the queue does not exist."""
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                messages = await self._queue(queue).peek_messages()
            except ResourceNotFoundError:
                return None
        return min((message.inserted_on for message in messages if message.inserted_on), default=None)

    def _queue(self, queue: str) -> "QueueClient":
        from azure.storage.queue import TextBase64EncodePolicy

        return self._service.get_queue_client(queue, message_encode_policy=TextBase64EncodePolicy())


def _options(retries: int) -> dict[str, Any]:
    """Client options: few and short retries (1, 3, 5 s), because a step that fails here is repeated by its queue."""
    return {
        "retry_total": retries,
        "initial_backoff": 1,
        "increment_base": 2,
        "random_jitter_range": 1,
        "connection_timeout": 5,
        "read_timeout": 30,
    }
