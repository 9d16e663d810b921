"""A running cloud as tests use it: uploads with the plain client, outcomes, events, reviews and model calls."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient

from local.cloud.addresses import Addresses
from local.cloud.api import EventLog
from local.cloud.watch import outcome_event
from shared.domain.documents.document import document_id
from shared.pipeline.operations.status import DocumentDetail

PATIENCE = 120.0
"""Seconds that a test waits for what must happen, on a machine that has other things to do as well."""
LIMIT = 180
"""Seconds after which a test of this level is ended; the first one starts the cloud."""

ANSWERS_OF_ALL_WORKERS = 8
"""Requests after which each of a few worker processes has answered one."""


def wait_until[T](what: str, look: Callable[[], T | None]) -> T:
    """What `look` finds; fails when it finds nothing (None or False) for the patience of a test."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE:.0f} s for {what}")


def fetch(url: str, body: object = None, method: str | None = None, key: str | None = None) -> tuple[int, Any]:
    """Status and JSON (None: no body) of a request; an answer of 400 and more is no exception."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"content-type": "application/json"}, method=method)  # noqa: S310 - loopback only
    if key is not None:
        request.add_header("x-functions-key", key)
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return answer.status, json.loads(answer.read() or b"null")
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")


class World:
    """One running cloud, with its state folder."""

    def __init__(self, addresses: Addresses, state: Path) -> None:
        self.addresses = addresses
        self.state = state
        self._log = EventLog(addresses.events)

    def upload(self, name: str, data: bytes, container: str = "incoming") -> str:
        """Upload with the plain client, as anybody would; the id of the Document that it becomes."""
        with BlobServiceClient.from_connection_string(self.addresses.storage) as service:
            done = service.get_blob_client(container, name).upload_blob(data, overwrite=True)
        return document_id(container, name, done["etag"])

    def upload_type(self, name: str, data: bytes) -> None:
        """Upload a file of a document type with the plain client."""
        with BlobServiceClient.from_connection_string(self.addresses.storage) as service:
            service.get_blob_client("document-types", name).upload_blob(data, overwrite=True)

    def remove_type(self, name: str) -> None:
        """Delete an added document type, and wait until every worker has noticed."""
        with BlobServiceClient.from_connection_string(self.addresses.storage) as service:
            container = service.get_container_client("document-types")
            for blob in container.list_blob_names(name_starts_with=f"{name}/"):
                container.delete_blob(blob)

        def is_gone() -> bool:
            answers = [self.api("health")[1]["document_types"] for _ in range(ANSWERS_OF_ALL_WORKERS)]
            return all(name not in types for types in answers)

        wait_until(f"the removal of the type {name}", is_gone)

    def blob(self, container: str, name: str) -> bytes:
        """The content of a blob."""
        with BlobServiceClient.from_connection_string(self.addresses.storage) as service:
            return bytes(service.get_blob_client(container, name).download_blob().readall())

    def tags(self, name: str, container: str = "incoming") -> dict[str, str]:
        """The index tags of an upload once they show its outcome."""
        with BlobServiceClient.from_connection_string(self.addresses.storage) as service:
            blob = service.get_blob_client(container, name)

            def shown() -> dict[str, str] | None:
                tags = blob.get_blob_tags()
                return tags if tags.get("intray") not in {None, "received"} else None

            return wait_until(f"the tags of {name}", shown)

    def api(self, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of the function app's API."""
        return fetch(f"{self.addresses.api}/{path}", body, key=self.addresses.api_key)

    def detail(self, document: str) -> DocumentDetail | None:
        """What the API tells of a Document; None when it is not there yet."""
        status, found = self.api(f"documents/{quote(document)}")
        return DocumentDetail.model_validate(found) if status == 200 else None

    def outcome(self, document: str) -> DocumentDetail:
        """A Document once it has its outcome, and the subscriber the event of it."""

        def settled() -> DocumentDetail | None:
            found = self.detail(document)
            return found if found and outcome_event(found.run) in self.events(document) else None

        return wait_until(f"the outcome of {document}", settled)

    def events(self, document: str) -> list[str]:
        """The names of the events that the subscriber received about a Document, in the order of the facts."""
        self._log.read()
        told = sorted(self._log.of(document), key=lambda event: str(event["time"]))
        return [str(event["type"]).split(".")[-2] for event in told]

    def model_calls(self) -> dict[str, Any]:
        """The model server's own count of what it was asked."""
        _, calls = fetch(f"{self.addresses.models.removesuffix('/v1')}/admin/calls")
        return dict(calls)

    def host_status(self) -> dict[str, Any]:
        """What the host tells of itself."""
        _, found = fetch(f"{self.addresses.host}/admin/host/status", key=self.addresses.admin_key)
        return dict(found)

    def waiting_blob_events(self) -> int:
        """How many blob events the host has taken and not finished."""
        queue = f"azure-webjobs-blobtrigger-{self.host_status()['id']}"
        with QueueClient.from_connection_string(self.addresses.storage, queue) as client:
            return client.get_queue_properties().approximate_message_count or 0

    @contextmanager
    def subscriber(self, name: str) -> Iterator["Subscriber"]:
        """A webhook of the test's own, subscribed to the topic for the length of a block."""
        with Subscriber() as subscriber:
            address = f"{self.addresses.event_grid}/subscriptions/{name}"
            wanted = {"topic": "intray", "endpointUrl": subscriber.url}
            assert 201 == fetch(f"{address}?wait=10", wanted, "PUT")[0]
            try:
                yield subscriber
            finally:
                fetch(address, method="DELETE")


class Subscriber:
    """A webhook written with nothing but the standard library; `deliveries` are headers and body as they came."""

    def __init__(self) -> None:
        self.deliveries: list[tuple[dict[str, str], bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://127.0.0.1:{self._server.server_port}/events"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        deliveries = self.deliveries

        class Handler(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self.send_response(200)
                self.send_header("WebHook-Allowed-Origin", self.headers["WebHook-Request-Origin"])
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                deliveries.append((dict(self.headers.items()), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server calls
                return

        return Handler
