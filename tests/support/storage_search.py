"""Search everything that a storage account holds, with the plain clients: for what must not be there any more."""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Sequence

import pymupdf
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient


def find_mentions(connection_string: str, needles: Sequence[str]) -> set[str]:
    """Return the places that mention one of `needles`, in any letter case.

    Places are `blob CONTAINER/NAME`, `row TABLE PARTITION KEY` and `message QUEUE`. Blobs are searched by name,
    metadata and content, also inside compressed files, archives and PDFs; messages as they are and decoded.
    """
    wanted = [needle.lower().encode() for needle in needles]
    places = [*_blobs(connection_string), *_rows(connection_string), *_messages(connection_string)]
    return {
        place
        for place, contents in places
        if any(
            needle in text.lower()
            for content in (place.encode(), *contents)
            for text in _expand(content)
            for needle in wanted
        )
    }


def _blobs(connection_string: str) -> Iterator[tuple[str, list[bytes]]]:
    with BlobServiceClient.from_connection_string(connection_string) as service:
        for container in service.list_containers():
            client = service.get_container_client(container.name)
            for blob in client.list_blobs(include=["metadata", "snapshots", "versions", "uncommittedblobs"]):
                try:
                    content = bytes(client.download_blob(blob.name).readall())
                except ResourceNotFoundError:  # blocks that were never committed: only the name can be searched
                    content = b""
                yield f"blob {container.name}/{blob.name}", [json.dumps(blob.metadata or {}).encode(), content]


def _rows(connection_string: str) -> Iterator[tuple[str, list[bytes]]]:
    with TableServiceClient.from_connection_string(connection_string) as tables:
        for table in tables.list_tables():
            for row in tables.get_table_client(table.name).list_entities():
                place = f"row {table.name} {row['PartitionKey']} {row['RowKey']}"
                yield place, ["".join(str(value) for value in row.values()).encode()]


def _messages(connection_string: str) -> Iterator[tuple[str, list[bytes]]]:
    with QueueServiceClient.from_connection_string(connection_string) as queues:
        for queue in queues.list_queues():
            for message in queues.get_queue_client(queue.name).peek_messages(32):
                text = str(message.content).encode()
                yield f"message {queue.name}", [text, base64.b64decode(text + b"==")]


def _expand(data: bytes) -> Iterator[bytes]:
    """Yield the data and what is packed in it."""
    yield data
    if data.startswith(b"\x1f\x8b"):
        yield from _expand(gzip.decompress(data))
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _expand(archive.read(name))
    elif data.startswith(b"%PDF"):
        try:
            with pymupdf.open(stream=data, filetype="pdf") as document:
                yield "\n".join(page.get_text() for page in document).encode()
        except pymupdf.FileDataError:
            return  # a broken file of a test: its bytes were searched above
