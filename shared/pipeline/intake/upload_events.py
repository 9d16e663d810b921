"""Events of the storage account that tell of an upload, as Event Grid puts them into a queue.

Source of the fields: "Azure Blob Storage as an Event Grid source" of the service's documentation. A message holds one
event as JSON, which Event Grid encodes as base64, the encoding that `messageEncoding` of host.json expects.
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote

from shared.domain.base.errors import UnreadableRecord
from shared.domain.base.stored import load_json
from shared.domain.documents.task import IntakeMessage

UPLOAD_EVENTS = "upload-events"
"""The queue of events."""
FINISHED_UPLOADS = ("PutBlob", "CopyBlob", "PutBlockList", "FlushWithClose", "SftpCommit")
"""Operations after which a blob is complete; `CreateFile` and `SftpCreate` announce one that is still empty."""
RENAMES = ("RenameFile", "SftpRename")
"""Operations that give a file another name."""
_CREATED = "Microsoft.Storage.BlobCreated"
_RENAMED = "Microsoft.Storage.BlobRenamed"
_HOSTS_OF_ACCOUNTS = (".blob.", ".dfs.")


class NotAnUpload(UnreadableRecord):
    """A message tells of no upload: it is no event, or one of another operation or container."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a message of the queue {UPLOAD_EVENTS} tells of no upload: {reason}", "upload event")


def read_upload_event(body: bytes, containers: Collection[str]) -> IntakeMessage:
    """Return the upload that a message tells of, in Event Grid's schema or as a CloudEvent 1.0; raises NotAnUpload.

    `containers`: those into which files are uploaded. A renamed file has no ETag and no size in its event. The order
    of events (`sequencer`) is not needed: the ETag tells the versions of a blob apart.
    """
    event = _load_event(body)
    data = event.get("data")
    if not isinstance(data, dict):
        raise NotAnUpload("it has no data")
    match event.get("type" if "specversion" in event else "eventType"), data.get("api"):
        case (str(kind), str(api)) if kind == _CREATED and api in FINISHED_UPLOADS:
            return _upload(data, "url", containers)
        case (str(kind), str(api)) if kind == _RENAMED and api in RENAMES:
            return _upload(data, "destinationUrl", containers)
    raise NotAnUpload("its type or operation is another one")


def named_blob(url: str) -> tuple[str, str]:
    """Return container and name of a blob by its URL (`https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME`).

    The account is the first part of the path where the host is not the account's, as with Azurite. Raises ValueError
    for another address.
    """
    host, _, path = url.partition("://")[2].partition("/")
    path = path.partition("?")[0]
    if not any(part in host for part in _HOSTS_OF_ACCOUNTS):
        path = path.partition("/")[2]
    container, _, name = path.partition("/")
    if not container or not name:
        message = "the address in a storage event names no blob"
        raise ValueError(message)
    return unquote(container), unquote(name)


def _load_event(body: bytes) -> Mapping[str, Any]:
    """Return the event in a message, base64 or not: `messageEncoding: none` would hand the base64 text on."""
    try:
        event = load_json(body)
    except UnreadableRecord:
        try:
            event = load_json(base64.b64decode(body, validate=True))
        except (binascii.Error, UnreadableRecord):
            raise NotAnUpload("it is not JSON") from None
    if not isinstance(event, dict):
        raise NotAnUpload("it is not one event")
    return event


def _upload(data: Mapping[str, Any], address: str, containers: Collection[str]) -> IntakeMessage:
    """Return the upload at the address in the event's data."""
    url, etag, size = str(data.get(address, "")), str(data.get("eTag", "")).strip('"'), data.get("contentLength")
    try:
        f"{url}{etag}".encode()  # JSON can hold what is no text
        container, name = named_blob(url)
    except ValueError:
        raise NotAnUpload(f"its {address} names no blob") from None
    if container not in containers:
        raise NotAnUpload("its container is not one of uploads")
    return IntakeMessage(container=container, name=name, etag=etag or None, size=size if type(size) is int else None)
