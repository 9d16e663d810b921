"""Blob functions: events become messages on an internal queue, and messages become invocations.

As in the real host, the queue stands between the event (or the scan of a container) and the function, so that a
failure is tried again and ends on `webjobs-blobtrigger-poison`. There is no de-duplication of events: two events are
two invocations.
"""

import base64
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobClient, BlobServiceClient
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from local.host.settings.storage import Storage
from local.host.triggers.blob_path import BlobPattern, blob_of_url
from local.host.workers.functions import Function
from local.host.workers.pool import WorkerPool
from local.host.workers.process import Call, Outcome
from local.host.workers.wire import Data, blob_reference, bytes_data, json_data, text_data

_log = logging.getLogger(__name__)

_DONE = Outcome("success")


class BlobQueue:
    """The internal queue of blob triggers: what is written to it, and the poison queue after it."""

    def __init__(self, storage: Storage, queue: QueueClient) -> None:
        self._storage = storage
        self._queue = queue

    async def send_event(self, function_id: str, data: Mapping[str, Any]) -> None:
        """Queue the `data` of one storage event for the function (`Host.Functions.NAME`).

        Raises:
            ValueError: the data names no blob.
        """
        container, name = blob_of_url(str(data["url"]))
        await self.send(function_id, container, name, f'"{data["eTag"]}"', str(data["blobType"]))

    async def send(self, function_id: str, container: str, name: str, etag: str, blob_type: str = "BlockBlob") -> None:
        """Queue one blob; `etag` with its quotes."""
        message = {
            "Type": "BlobTrigger", "FunctionId": function_id, "BlobType": blob_type, "ContainerName": container,
            "BlobName": name, "ETag": etag,
        }  # fmt: skip
        body = json.dumps(message, ensure_ascii=False).encode()
        await self._storage.send(self._queue, base64.b64encode(body).decode())


class BlobTrigger:
    """One blob function: which blobs it is for and what it is given."""

    def __init__(self, function: Function, blobs: BlobServiceClient) -> None:
        self.function = function
        self.pattern = BlobPattern(function.trigger.text("path"))
        self.blobs = blobs

    @property
    def scans(self) -> bool:
        """Whether it finds blobs by scanning the container, the default, and not by Event Grid."""
        return self.function.trigger.text("source", "LogsAndContainerScan") != "EventGrid"

    async def call(self, blob: BlobClient, properties: BlobProperties, parameters: Mapping[str, str]) -> Call:
        """Return the invocation for a blob; without an SDK type, the parameter gets all of its bytes."""
        trigger = self.function.trigger
        if trigger.deferred:
            connection = trigger.text("connection", "AzureWebJobsStorage")
            value = blob_reference(connection, blob.container_name, blob.blob_name)
        else:
            value = bytes_data(await (await blob.download_blob()).readall())
        metadata = _metadata(blob, properties) | {name: text_data(text) for name, text in parameters.items()}
        return Call(self.function, {trigger.parameter: value}, metadata)


class BlobQueueHandler:
    """Runs blob functions from the messages of the internal queue."""

    def __init__(self, triggers: list[BlobTrigger], pool: WorkerPool) -> None:
        self._triggers = {trigger.function.host_id: trigger for trigger in triggers}
        self._pool = pool

    async def handle(self, message: QueueMessage, body: bytes) -> Outcome:
        """Run the function that the message names; a blob that is gone, or not for it, counts as done."""
        try:
            request = _BlobMessage(
                **{key: value for key, value in json.loads(body).items() if key in _BlobMessage.__match_args__}
            )
            call = await self._call(message, request)
        except ResourceNotFoundError:
            _log.info("the blob of message %s is gone", message.id)
            return _DONE
        except (AzureError, AttributeError, TypeError, ValueError) as error:
            return Outcome("failure", error=f"blob message {message.id}: {type(error).__name__}")
        return await self._pool.invoke(call) if call else _DONE

    async def _call(self, message: QueueMessage, request: "_BlobMessage") -> Call | None:
        """Return the invocation that a message requests; None when there is nothing to do."""
        trigger = self._triggers.get(request.FunctionId)
        if trigger is None:
            _log.warning("blob message %s names the unknown function %s", message.id, request.FunctionId)
            return None
        parameters = trigger.pattern.match(request.ContainerName, request.BlobName)
        if parameters is None:
            _log.warning("blob message %s is not for the path of %s", message.id, trigger.function.name)
            return None
        blob = trigger.blobs.get_blob_client(request.ContainerName, request.BlobName)
        properties = await blob.get_blob_properties()
        if trigger.scans and request.ETag != properties.etag:
            return None  # overwritten since it was queued; the scan finds the new version
        return await trigger.call(blob, properties, parameters)


@dataclass(frozen=True)
class _BlobMessage:
    """The fields of a message on the internal queue that say what to run, named as the real host names them."""

    FunctionId: str
    ContainerName: str
    BlobName: str
    ETag: str


def _metadata(blob: BlobClient, properties: BlobProperties) -> dict[str, Data]:
    """Return the metadata that every blob function gets, in addition to the placeholders of its path."""
    content = properties.content_settings
    return {
        "BlobTrigger": text_data(f"{blob.container_name}/{blob.blob_name}"),
        "Uri": json_data(blob.url),
        "Properties": json_data(
            {
                "ContentLength": properties.size,
                "ETag": properties.etag,
                "ContentHash": base64.b64encode(content.content_md5).decode() if content.content_md5 else None,
                "ContentType": content.content_type,
                "ContentEncoding": content.content_encoding,
                "LastModified": properties.last_modified.isoformat(),
                "CreatedOn": properties.creation_time.isoformat(),
                "BlobType": str(properties.blob_type),
            }
        ),
        "Metadata": json_data(properties.metadata or {}),
    }
