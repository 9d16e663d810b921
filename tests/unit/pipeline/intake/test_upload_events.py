"""What a message of the queue `upload-events` says, in both schemas, and which messages are no uploads."""

import base64
import json
from typing import Any

import pytest

from shared.domain.documents.task import IntakeMessage
from shared.pipeline.intake.upload_events import NotAnUpload, named_blob, read_upload_event

UPLOADS = {"incoming"}
DATA: dict[str, Any] = {
    "api": "PutBlockList",
    "clientRequestId": "6d79dbfb-0e37-4fc4-981f-442c9ca65760",
    "requestId": "831e1650-001e-001b-66ab-eeb76e000000",
    "eTag": '"0x8D4BCC2E4835CD0"',
    "contentType": "application/pdf",
    "contentLength": 524288,
    "blobType": "BlockBlob",
    "url": "https://acc.blob.core.windows.net/incoming/note/a%20b.pdf",
    "sequencer": "00000000000004420000000000028963",
    "storageDiagnostics": {"batchId": "b68529f3-68cd-4744-baa4-3c0498ec19f0"},
}
RENAME: dict[str, Any] = {
    "api": "RenameFile",
    "destinationUrl": "https://acc.dfs.core.windows.net/incoming/note/a%20b.pdf",
    "sourceUrl": "https://acc.dfs.core.windows.net/incoming/note/a.pdf.part",
    "sequencer": "00000000000004420000000000028963",
}
UPLOAD = IntakeMessage(container="incoming", name="note/a b.pdf", etag="0x8D4BCC2E4835CD0", size=524288)


def event(kind: str = "BlobCreated", **changes: Any) -> dict[str, Any]:
    """An event in the schema of Event Grid; `changes` of its data."""
    return {
        "topic": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acc",
        "subject": "/blobServices/default/containers/incoming/blobs/note/a b.pdf",
        "eventType": f"Microsoft.Storage.{kind}",
        "eventTime": "2026-11-29T18:41:00.9584103Z",
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "data": (RENAME if kind == "BlobRenamed" else DATA) | changes,
        "dataVersion": "",
        "metadataVersion": "1",
    }


def cloud_event(kind: str = "BlobCreated") -> dict[str, Any]:
    """The same event as a CloudEvent 1.0."""
    told = event(kind)
    attributes = {"source": told["topic"], "type": told["eventType"], "time": told["eventTime"]}
    return attributes | {name: told[name] for name in ("subject", "id", "data")} | {"specversion": "1.0"}


@pytest.mark.parametrize("told", [event(), cloud_event()])
def test_an_upload_is_read_in_both_schemas(told: dict[str, Any]) -> None:
    """Container and name by the address, ETag without quotes, size."""
    assert UPLOAD == read_upload_event(json.dumps(told).encode(), UPLOADS)


@pytest.mark.parametrize("told", [event("BlobRenamed"), cloud_event("BlobRenamed")])
def test_a_renamed_file_is_read_under_its_new_name(told: dict[str, Any]) -> None:
    """Its event has neither ETag nor size."""
    expected = IntakeMessage(container="incoming", name="note/a b.pdf")
    assert expected == read_upload_event(json.dumps(told).encode(), UPLOADS)


@pytest.mark.parametrize("api", ["PutBlob", "CopyBlob", "PutBlockList", "FlushWithClose", "SftpCommit"])
def test_each_operation_that_finishes_a_file_is_an_upload(api: str) -> None:
    """The operations of the subscription's filter."""
    assert UPLOAD == read_upload_event(json.dumps(event(api=api)).encode(), UPLOADS)


def test_a_message_may_still_be_base64() -> None:
    """With `messageEncoding: none` in host.json the platform hands on what Event Grid wrote."""
    assert UPLOAD == read_upload_event(base64.b64encode(json.dumps(event()).encode()), UPLOADS)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"bm8ganNvbg==", "not JSON"),
        (b"[]", "not one event"),
        (b'"text"', "not one event"),
        (b"{}", "no data"),
        (json.dumps(event("BlobDeleted")).encode(), "type or operation"),
        (json.dumps(event(api="CreateFile")).encode(), "type or operation"),
        (json.dumps(event(api="RenameFile")).encode(), "type or operation"),
        (json.dumps(event("BlobRenamed", api="PutBlob")).encode(), "type or operation"),
        (json.dumps(event() | {"eventType": None}).encode(), "type or operation"),
        (json.dumps(event(url="https://acc.blob.core.windows.net/results/a.json")).encode(), "container"),
        (json.dumps(event(url="https://acc.blob.core.windows.net/incoming2/a.pdf")).encode(), "container"),
        (json.dumps(event(url="https://acc.blob.core.windows.net/incoming")).encode(), "names no blob"),
        (json.dumps(event(url=None)).encode(), "names no blob"),
        (json.dumps(event(url="https://acc.blob.core.windows.net/incoming/\ud800")).encode(), "names no blob"),
    ],
)
def test_what_is_no_upload_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    """The reason quotes nothing of the message."""
    with pytest.raises(NotAnUpload, match=reason):
        read_upload_event(body, UPLOADS)


def test_an_etag_or_size_that_is_none_is_left_out() -> None:
    """The present version is received then."""
    found = read_upload_event(json.dumps(event(eTag="", contentLength="many")).encode(), UPLOADS)
    assert (None, None) == (found.etag, found.size)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://acc.dfs.core.windows.net/incoming/note/a.pdf", ("incoming", "note/a.pdf")),
        ("https://acc.blob.core.windows.net/incoming/a%0Ab%20%C3%A4%25.pdf", ("incoming", "a\nb ä%.pdf")),
        ("http://127.0.0.1:10000/devstoreaccount1/incoming/note/a.pdf", ("incoming", "note/a.pdf")),
    ],
)
def test_an_address_names_container_and_blob(url: str, expected: tuple[str, str]) -> None:
    """Percent-encoding is undone, once; Azurite's addresses begin with the account."""
    assert expected == named_blob(url)


@pytest.mark.parametrize("url", ["", "https://acc.dfs.core.windows.net/incoming", "https://acc.dfs.core.windows.net/"])
def test_an_address_of_no_blob_is_refused(url: str) -> None:
    """The Event Grid trigger then fails: Event Grid repeats the delivery, and keeps it as a dead letter at last."""
    with pytest.raises(ValueError, match="names no blob"):
        named_blob(url)
