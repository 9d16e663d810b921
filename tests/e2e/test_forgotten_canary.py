"""Erasing: after forgetting, nothing in the storage account mentions the documents, by name, id or content."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from azure.storage.queue import QueueClient, QueueServiceClient

from shared.domain.documents.document import document_id
from tests.e2e.documents import invoice, text_pdf
from tests.e2e.world import LIMIT, World, fetch, wait_until
from tests.support.storage_search import find_mentions

pytestmark = pytest.mark.timeout(LIMIT)
CANARY = "Quillfeather"
LARGE = 30
"""Pages of the large file: more than a page range of reading."""


def _large() -> bytes:
    """Return a PDF of many pages, each with the canary."""
    import pymupdf

    with pymupdf.open(stream=text_pdf([f"Page of {CANARY}", "Invoice", "Invoice no.: QF-2"]), filetype="pdf") as page:
        book = pymupdf.open()
        for _ in range(LARGE):
            book.insert_pdf(page)
        return bytes(book.tobytes())


def _archive() -> bytes:
    """Return an archive of an invoice and a note."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{CANARY} inside.pdf", invoice(f"{CANARY}-3"))
        archive.writestr("note.txt", f"Dear {CANARY}, bring boots.")
    return buffer.getvalue()


def _reviewed(world: World) -> str:
    """Upload an invoice that contradicts itself; review it, and correct it afterwards. Return its id."""
    document = world.upload(f"{CANARY} one.pdf", invoice(f"{CANARY}-1", grand_total="911.00"))
    assert world.outcome(document).run.state == "in_review"
    token = world.api(f"reviews/{document}/claim", {"holder": f"Ada {CANARY}"})[1]["lease"]["token"]
    corrections = {"grand_total": 119.0, "amount_due": 119.0}
    status, answer = world.api(f"reviews/{document}/complete", {"token": token, "corrections": corrections})
    assert status == 200, answer
    wait_until("the result", lambda: "finalized" in world.events(document))
    correction = {"run": 1, "revision": answer["revision"], "fields": {"invoice_number": f"{CANARY}-1b"}}
    status, answer = world.api(f"documents/{document}/corrections", correction)
    assert status == 200, answer
    wait_until("the correction", lambda: "corrected" in world.events(document))
    return document


def _poisoned(world: World, document: str) -> str:
    """Put messages into poison queues: of a stage of `document`, and of an upload, whose id is returned."""
    lost = {"container": "incoming", "name": f"{CANARY} lost.pdf", "etag": "0xLOST"}
    stage = {"document_id": document, "run": 1, "task": "plan"}
    with QueueServiceClient.from_connection_string(world.addresses.storage) as service:
        for queue, body in (("extract-poison", stage), ("intake-poison", lost)):
            service.get_queue_client(queue).send_message(base64.b64encode(json.dumps(body).encode()).decode())
    upload = document_id("incoming", lost["name"], lost["etag"])
    wait_until("the lost upload", lambda: world.detail(upload))
    return upload


@contextmanager
def _queued_canary(world: World) -> Iterator[None]:
    """Keep a message with the canary in a queue that nobody reads."""
    with QueueClient.from_connection_string(world.addresses.storage, "canary") as queue:
        queue.create_queue()
        queue.send_message(base64.b64encode(CANARY.encode()).decode())
        try:
            yield
        finally:
            queue.delete_queue()


def test_nothing_in_storage_mentions_a_forgotten_document(world: World) -> None:
    """A person has the right to it, and blobs, rows and queues are where their data may hide."""
    reviewed = _reviewed(world)
    copy = world.upload(f"{CANARY} copy.pdf", world.blob("incoming", f"{CANARY} one.pdf"))
    large = world.upload(f"invoice/{CANARY} large.pdf", _large())
    packed = world.upload(f"{CANARY}.zip", _archive())
    broken = world.upload(f"{CANARY} broken.pdf", b"%PDF-1.7 " + CANARY.encode())
    outcomes = {document: world.outcome(document).run.state for document in (copy, large, packed, broken)}
    assert outcomes == {copy: "duplicate", large: "in_review", packed: "unpacked", broken: "failed"}
    lost = _poisoned(world, reviewed)
    children = [member["document_id"] for member in world.api(f"documents/{packed}")[1]["members"]]
    documents = [reviewed, copy, large, packed, broken, lost]

    with _queued_canary(world):
        before = find_mentions(world.addresses.storage, [CANARY])
    assert {place.split("/")[0] for place in before if place.startswith("blob")} >= {
        "blob incoming",
        "blob results",
        "blob unpacked",
        "blob work",
    }
    assert {place.split()[1] for place in before if place.startswith("row")} == {"documents", "catalog"}
    assert "message canary" in before
    assert any("work/poison/" in place for place in before)

    for document in documents:
        address = f"{world.addresses.api}/documents/{document}"
        assert 202 == fetch(address, method="DELETE", key=world.addresses.api_key)[0]
    everything = [*documents, *children]
    wait_until("the rows to go", lambda: not any(world.detail(document) for document in everything))
    assert set() == find_mentions(world.addresses.storage, [CANARY, *everything])
