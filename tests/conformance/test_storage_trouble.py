"""What the storage adapters make of a service that is busy, away or closed to us; and of what only Azure has."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from shared.adapters.storage.blobs import AzureBlobs
from shared.adapters.storage.queues import AzureQueues
from shared.adapters.storage.tables import AzureTables
from shared.domain.base.errors import Blocked, Conflict, Permanent, Superseded, Throttled, Unavailable
from shared.ports.records import Insert
from tests.conformance.loopback import Loopback

type Act = Callable[[str], Awaitable[object]]


def account(url: str) -> str:
    """A connection string whose services are all at `url`."""
    return (
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        f"BlobEndpoint={url}/a;QueueEndpoint={url}/a;TableEndpoint={url}/a;"
    )


async def blob_names(url: str) -> object:
    blobs = AzureBlobs.from_connection_string(account(url), retries=0)
    try:
        return [name async for name in blobs.names("c", "")]
    finally:
        await blobs.close()


async def blob_write(url: str) -> object:
    blobs = AzureBlobs.from_connection_string(account(url), retries=0)
    try:
        return await blobs.write("c", "a", b"1", "text/plain", only_new=True)
    finally:
        await blobs.close()


async def blob_download(url: str) -> object:
    blobs = AzureBlobs.from_connection_string(account(url), retries=0)
    try:
        return await blobs.download("c", "a", "0x1", Path("never-written"))
    finally:
        await blobs.close()


async def blob_tags(url: str) -> object:
    blobs = AzureBlobs.from_connection_string(account(url), retries=0)
    try:
        return await blobs.tags("c", "a", "0x1")
    finally:
        await blobs.close()


async def blob_set_tags(url: str) -> object:
    blobs = AzureBlobs.from_connection_string(account(url), retries=0)
    try:
        return await blobs.set_tags("c", "a", "0x1", {"intray": "held"})
    finally:
        await blobs.close()


async def queue_send(url: str) -> None:
    queues = AzureQueues.from_connection_string(account(url), retries=0)
    try:
        await queues.send("q", "body")
    finally:
        await queues.close()


async def table_get(url: str) -> object:
    tables = AzureTables.from_connection_string(account(url), retries=0)
    try:
        return await tables.get("t", "p", "k")
    finally:
        await tables.close()


async def table_commit(url: str) -> None:
    tables = AzureTables.from_connection_string(account(url), retries=0)
    try:
        await tables.commit("ttt", "p", [Insert("k", "{}")])
    finally:
        await tables.close()


def answer(loopback: Loopback, act: Act, status: int, code: str) -> None:
    """Let the service answer with an error as it really does: tables in JSON, the others in XML."""
    xml = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>No.</Message></Error>'
    odata = {"odata.error": {"code": code, "message": {"lang": "en-US", "value": "No."}}}
    body = odata if act in {table_get, table_commit} else xml
    loopback.say(status, body, {"x-ms-error-code": code, "Retry-After": "12"})


every_act = pytest.mark.parametrize(
    "act",
    [blob_names, blob_write, blob_download, blob_tags, blob_set_tags, queue_send, table_get, table_commit],
    ids=lambda act: act.__name__,
)


@every_act
async def test_nobody_there_is_unavailable(act: Act) -> None:
    """A refused connection, as while the emulator starts or a network rule bites."""
    with pytest.raises(Unavailable):
        await act("http://127.0.0.1:9")


@every_act
async def test_a_dropped_connection_is_unavailable(act: Act, loopback: Loopback) -> None:
    """Whether the request was carried out is not known: the step is repeated and finds out."""
    loopback.fault = "drop"
    with pytest.raises(Unavailable):
        await act(loopback.url)


@every_act
async def test_a_busy_service_names_its_delay(act: Act, loopback: Loopback) -> None:
    """Storage says 503 ServerBusy when an account or partition is at its limit: back-pressure, no failure."""
    answer(loopback, act, 503, "ServerBusy")
    with pytest.raises(Throttled) as caught:
        await act(loopback.url)
    assert timedelta(seconds=12) == caught.value.delay


@every_act
async def test_an_absurd_delay_is_bounded(act: Act, loopback: Loopback) -> None:
    """A number that no duration can hold is not a defect of ours; the service is asked again after an hour."""
    answer(loopback, act, 503, "ServerBusy")
    for said in loopback.answers:
        said.headers["Retry-After"] = "9" * 400
    with pytest.raises(Throttled) as caught:
        await act(loopback.url)
    assert timedelta(hours=1) == caught.value.delay


@every_act
async def test_a_broken_service_is_unavailable(act: Act, loopback: Loopback) -> None:
    """Any other 5xx is the service's trouble."""
    answer(loopback, act, 500, "InternalError")
    with pytest.raises(Unavailable):
        await act(loopback.url)


@every_act
@pytest.mark.parametrize(
    ("status", "code"), [(401, "InvalidAuthenticationInfo"), (403, "AuthorizationPermissionMismatch")]
)
async def test_refused_access_is_blocked(act: Act, loopback: Loopback, status: int, code: str) -> None:
    """A new role takes up to half an hour to apply, so work waits for it; the message says what to check."""
    answer(loopback, act, status, code)
    with pytest.raises(Blocked) as caught:
        await act(loopback.url)
    assert "access_denied" == caught.value.code
    assert "role assignments" in str(caught.value)


@pytest.mark.parametrize("act", [blob_tags, blob_set_tags])
@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (400, "InvalidQueryParameterValue", "tags_unsupported"),  # a hierarchical namespace
        (400, "BlobTagsNotSupportedForAccountType", "tags_unsupported"),
        (409, "FeatureNotYetSupportedForHierarchicalNamespaceAccounts", "tags_unsupported"),
        (412, "LeaseIdMissing", "tags_refused"),
        (400, "InvalidTag", "tags_refused"),
    ],
)
async def test_an_account_or_blob_without_tags_says_so(
    act: Act, loopback: Loopback, status: int, code: str, meaning: str
) -> None:
    """Asking again does not help; the message has the service's own word."""
    answer(loopback, act, status, code)
    with pytest.raises(Permanent, match=code) as caught:
        await act(loopback.url)
    assert meaning == caught.value.code


async def test_the_etag_is_a_condition_of_tags(loopback: Loopback) -> None:
    """Azure compares it with the blob in the same request (service version 2026-02-06 on)."""
    answer(loopback, blob_set_tags, 412, "ConditionNotMet")
    assert await blob_set_tags(loopback.url) is False
    assert '"0x1"' == loopback.asked[-1].headers["x-ms-blob-if-match"]


async def test_a_queue_message_is_base64_and_never_expires(azurite: str, fresh: str) -> None:
    """The Functions host decodes base64 by default; a message that waits for a week must not vanish."""
    queues = AzureQueues.from_connection_string(azurite)
    await queues.send(fresh, "Größe")
    await queues.close()
    async with QueueServiceClient.from_connection_string(azurite) as service:
        message = await service.get_queue_client(fresh).receive_message()
    assert message is not None
    assert "R3LDtsOfZQ==" == message.content
    assert message.expires_on is not None
    assert 9000 < message.expires_on.year


async def test_a_compressed_upload_stays_as_it_is(azurite: str, fresh: str, tmp_path: Path) -> None:
    """With Content-Encoding gzip the SDK would unpack parts of it; size and hash must be those of the upload."""
    content = gzip.compress(b"a page" * 1000, mtime=0)
    async with BlobServiceClient.from_connection_string(azurite) as service:
        await service.create_container(fresh)
        blob = service.get_blob_client(fresh, "a")
        await blob.upload_blob(content, content_settings=ContentSettings(content_encoding="gzip"))
    blobs = AzureBlobs.from_connection_string(azurite)
    info = await blobs.info(fresh, "a")
    assert info is not None
    await blobs.download(fresh, "a", info.etag, tmp_path / "file")
    await blobs.close()
    assert content == (tmp_path / "file").read_bytes()


@pytest.fixture
async def tables(azurite: str) -> AsyncIterator[AzureTables]:
    adapter = AzureTables.from_connection_string(azurite)
    yield adapter
    await adapter.close()


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_a_transaction_over_four_mebibytes_is_refused(tables: AzureTables, fresh: str) -> None:
    """The one limit that the twin does not know: the caller's defect, and not a reason to try again."""
    with pytest.raises(ValueError):
        await tables.commit(fresh, "p", [Insert(f"k{number}", "x" * 60_000) for number in range(80)])
    assert [] == [record async for record in tables.partition(fresh, "p")]


async def test_a_scan_goes_beyond_one_page(tables: AzureTables, fresh: str) -> None:
    """A table answers a thousand rows at a time; a listing has all of them, in order."""
    for start in range(0, 1100, 100):
        await tables.commit(fresh, "p", [Insert(f"k{number:04}", "{}") for number in range(start, start + 100)])
    assert [f"k{number:04}" for number in range(1100)] == [record.key async for record in tables.partition(fresh, "p")]


async def test_a_conflict_is_retryable(tables: AzureTables, fresh: str) -> None:
    """Read again and decide anew, soon."""
    await tables.commit(fresh, "p", [Insert("k", "{}")])
    with pytest.raises(Conflict) as caught:
        await tables.commit(fresh, "p", [Insert("k", "{}")])
    assert timedelta(seconds=1) == caught.value.delay


async def test_an_upload_during_the_download_supersedes_it(loopback: Loopback, tmp_path: Path) -> None:
    """Every range is asked for under the same ETag, so that a file is never patched together from two versions."""
    first = {"ETag": '"0x1"', "Content-Range": "bytes 0-4194303/9000000", "x-ms-blob-type": "BlockBlob"}
    loopback.answers.append(web.Response(status=206, body=bytes(4 * 1024 * 1024), headers=first))
    answer(loopback, blob_download, 412, "ConditionNotMet")
    blobs = AzureBlobs.from_connection_string(account(loopback.url), retries=0)
    with pytest.raises(Superseded):
        await blobs.download("c", "a", "0x1", tmp_path / "file")
    await blobs.close()
    assert ['"0x1"', '"0x1"'] == [asked.headers["If-Match"] for asked in loopback.asked]
    assert ["bytes=0-4194303", "bytes=4194304-8388607"] == [asked.headers["x-ms-range"] for asked in loopback.asked]
