"""What a look at the storage account makes of what it sees. The listing itself is tested against Azurite."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.storage.blob import BlobProperties, BlobType, ContentSettings, CopyProperties
from azure.storage.blob.aio import BlobServiceClient

from local.event_grid.storage_source import StorageWatcher, blob_url
from tests.support.event_grid import FakeClock, FakeEndpoint, running

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def blob(
    name: str, etag: str = "0x1", *, md5: bytes | None = b"m", created: int = 0, modified: int = 0
) -> BlobProperties:
    """A blob as a listing shows it; times in seconds after noon."""
    properties = BlobProperties()
    properties.name, properties.etag, properties.size = name, etag, 3
    properties.blob_type = BlobType.BLOCKBLOB
    properties.creation_time, properties.last_modified = (
        NOON + timedelta(seconds=created),
        NOON + timedelta(seconds=modified),
    )
    properties.content_settings = ContentSettings(
        content_type="application/pdf", content_md5=bytearray(md5) if md5 else None
    )
    properties.copy = CopyProperties()
    return properties


class Listing:
    """A storage account whose container `incoming` holds what the test says."""

    url = "http://127.0.0.1:1/devstoreaccount1"
    account_name = "devstoreaccount1"

    def __init__(self) -> None:
        self.blobs: list[BlobProperties] = []

    def get_container_client(self, _name: str) -> "Listing":
        return self

    async def list_blobs(self) -> AsyncIterator[BlobProperties]:
        for one in self.blobs:
            yield one


class World:
    """A watcher over a listing; looking gives the names and kinds of the events it made."""

    def __init__(self, state: Path) -> None:
        self.state, self.listing = state, Listing()

    async def look(self, *listings: list[BlobProperties]) -> list[list[tuple[str, str]]]:
        """One process: the events of each listing in turn, as (kind, blob name)."""
        seen = []
        async with running(self.state, FakeEndpoint(), FakeClock()) as grid:
            watcher = StorageWatcher(self.listing, grid)  # type: ignore[arg-type]  # a fake
            await watcher.load_announced()
            for blobs in listings:
                before = len(await grid.store.list_events(0, 5000, None))
                self.listing.blobs = blobs
                made = await watcher.scan()
                fresh = (await grid.store.list_events(0, 5000, None))[before:]
                assert made == len(fresh)
                seen.append(
                    [
                        (e["body"]["eventType"].rpartition(".")[2], e["body"]["subject"].rpartition("/")[2])
                        for e in fresh
                    ]
                )
        return seen


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_name_that_is_no_text_is_left_out_and_logged_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """No URL, JSON or row can hold a lone surrogate; the other blobs are announced."""
    listing = [blob("a\ud800"), blob("b"), blob("c\nd")]
    assert [[("BlobCreated", "b"), ("BlobCreated", "c\nd")], []] == await world.look(listing, listing)
    assert 1 == len([record for record in caplog.records if "no text" in record.message])


async def test_each_version_is_announced_once(world: World) -> None:
    """A new blob and an overwritten one are announced, an unchanged one is not."""
    a1, a2, b = blob("a"), blob("a", "0x2", created=5, modified=5), blob("b", created=1, modified=1)
    expected = [[("BlobCreated", "a")], [("BlobCreated", "b")], [], [("BlobCreated", "a")]]
    assert expected == await world.look([a1], [a1, b], [a1, b], [a2, b])


async def test_a_vanished_blob_is_announced_once(world: World) -> None:
    """Deletion is an event of its own; the same name may come back."""
    expected = [[("BlobCreated", "a")], [("BlobDeleted", "a")], [], [("BlobCreated", "a")]]
    assert expected == await world.look([blob("a")], [], [], [blob("a", "0x2")])


async def test_a_restart_repeats_nothing_and_misses_nothing(world: World) -> None:
    """What was announced is remembered; what changed while nobody looked is announced."""
    assert [[("BlobCreated", "a"), ("BlobCreated", "b")]] == await world.look([blob("a"), blob("b")])
    after = await world.look([blob("a"), blob("c", created=1, modified=1)])
    assert [[("BlobCreated", "c"), ("BlobDeleted", "b")]] == after


async def test_new_metadata_is_no_upload(world: World) -> None:
    """A new ETag on the same content, changed later than it was created, is announced by Azure neither."""
    assert [[("BlobCreated", "a")], []] == await world.look([blob("a")], [blob("a", "0x2", modified=9)])


@pytest.mark.parametrize(
    "later",
    [blob("a", "0x2"), blob("a", "0x2", md5=b"n", modified=9), blob("a", "0x2", created=9, modified=9)],
    ids=["same second", "other content", "created anew"],
)
async def test_in_doubt_a_change_is_an_upload(world: World, later: BlobProperties) -> None:
    """An event too many is harmless, one too few loses a file."""
    assert [[("BlobCreated", "a")], [("BlobCreated", "a")]] == await world.look([blob("a")], [later])


async def test_a_block_list_without_md5_is_always_an_upload(world: World) -> None:
    """Content that cannot be compared counts as new."""
    first, second = blob("a", md5=None), blob("a", "0x2", md5=None, modified=9)
    assert [[("BlobCreated", "a")], [("BlobCreated", "a")]] == await world.look([first], [second])


async def test_events_come_in_the_order_of_upload(world: World) -> None:
    """Within one look the oldest is announced first, and sequencers grow."""
    late, early = blob("a", created=9, modified=9), blob("z")
    assert [[("BlobCreated", "z"), ("BlobCreated", "a")]] == await world.look([late, early])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/b.pdf", "a/b.pdf"),
        ("ä ö.pdf", "%C3%A4%20%C3%B6.pdf"),
        ("100%#1?.pdf", "100%25%231%3F.pdf"),
        ("😀~.pdf", "%F0%9F%98%80~.pdf"),
    ],
)
def test_urls_are_encoded_as_storage_does(name: str, path: str) -> None:
    """The URL in an event is the one the SDK makes for the same blob."""
    account = BlobServiceClient("http://127.0.0.1:1/devstoreaccount1")
    assert f"http://127.0.0.1:1/devstoreaccount1/incoming/{path}" == blob_url(account.url, "incoming", name)
    assert account.get_blob_client("incoming", name).url == blob_url(account.url, "incoming", name)
