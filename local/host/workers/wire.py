"""What host and worker say to each other: JSON objects, each after its length, over a socket.

It stands in for the gRPC stream of the real host. A message is an object with `op`; data of a binding is an object
with one key, the name of the field of TypedData it stands for (`string`, `json`, `bytes` as base64, `http`,
`model_binding_data`).
"""

import asyncio
import base64
import json
from typing import Any

type Message = dict[str, Any]
type Data = dict[str, Any]

_LENGTH_BYTES = 4
_MAX_LENGTH = 512 * 1024 * 1024


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """Return the next message, or None when the other side is gone."""
    try:
        length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES))
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    message: Message = json.loads(body)
    return message


def encode_message(message: Message) -> bytes:
    """Return a message with its length in front (4 bytes, most significant first); at most 512 MiB.

    Raises:
        ValueError: it is longer.
    """
    body = json.dumps(message).encode()
    if len(body) > _MAX_LENGTH:
        raise ValueError(f"a message of {len(body)} bytes is too long for the worker; bind an SDK type instead")
    return len(body).to_bytes(_LENGTH_BYTES) + body


def text_data(text: str) -> Data:
    """Return a string."""
    return {"string": text}


def json_data(value: object) -> Data:
    """Any JSON value; numbers go this way too, since the worker does not read TypedData's `int`."""
    return {"json": json.dumps(value)}


def bytes_data(value: bytes) -> Data:
    """Bytes."""
    return {"bytes": base64.b64encode(value).decode()}


def bytes_of(data: Data) -> bytes:
    """Return the content of string, json or bytes data, as bytes."""
    if "bytes" in data:
        return base64.b64decode(data["bytes"])
    return str(data.get("string", data.get("json", ""))).encode()


def blob_reference(connection: str, container: str, name: str) -> Data:
    """Return what an SDK-type parameter gets instead of the bytes of a blob (`model_binding_data`, version 1.0)."""
    content = {"Connection": connection, "ContainerName": container, "BlobName": name}
    return {"model_binding_data": {"version": "1.0", "source": "AzureStorageBlobs", "content": json.dumps(content)}}
