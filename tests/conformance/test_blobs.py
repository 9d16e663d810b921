"""The Blobs port: Azure Storage and its twin."""

import asyncio
import base64
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.base.errors import Superseded
from shared.ports.blobs import Blobs

ODD_NAMES = [
    "plain.pdf",
    "Rechnung Nr. 4711 (Kopie).pdf",
    "Büro/Müller & Söhne/Größe ß.pdf",
    "résumé/日本語/🧾 receipt 💶.jpg",
    "100% #1?.pdf",
    "a+b=c;d@e,f!g'h\"i.pdf",
    "deep/er/and/deep.er/.hidden",
]


async def etag_of(blobs: Blobs, container: str, name: str) -> str:
    info = await blobs.info(container, name)
    assert info is not None
    return info.etag


async def names_of(blobs: Blobs, container: str, prefix: str) -> list[str]:
    return [name async for name in blobs.names(container, prefix)]


async def test_a_listing_tells_names_tags_and_sizes(blobs: Blobs, fresh: str) -> None:
    """A listing says enough to know what changed without a look at each blob."""
    assert [] == [entry async for entry in blobs.listing(fresh, "")]
    for name, data in (("b/2", b"22"), ("a/1", b"1"), ("b/1", b"")):
        await blobs.write(fresh, name, data, "text/plain")
    infos = [(name, await blobs.info(fresh, name)) for name in ("b/1", "b/2")]
    expected = [(name, info.etag, info.size, info.modified, info.md5) for name, info in infos if info]
    assert expected == [tuple(entry) async for entry in blobs.listing(fresh, "b/")]


async def test_what_is_not_there_is_none(blobs: Blobs, fresh: str) -> None:
    """A missing container is no more than a missing blob."""
    assert await blobs.info(fresh, "a") is None
    assert await blobs.read(fresh, "a") is None
    assert await names_of(blobs, fresh, "") == []
    await blobs.write(fresh, "b", b"1", "text/plain")
    assert await blobs.info(fresh, "a") is None
    assert await blobs.read(fresh, "a") is None


async def test_a_blob_has_its_properties(blobs: Blobs, fresh: str) -> None:
    """Size, type and time come back; the ETag carries no quotes."""
    assert await blobs.write(fresh, "a.json", b"{}", "application/json") is True
    info = await blobs.info(fresh, "a.json")
    assert info is not None
    assert (2, "application/json") == (info.size, info.content_type)
    assert timedelta(0) == info.modified.utcoffset()
    assert '"' not in info.etag


async def test_each_write_makes_another_version(blobs: Blobs, fresh: str) -> None:
    """The same bytes written again have another ETag: it is another upload."""
    await blobs.write(fresh, "a", b"same", "text/plain")
    first = await etag_of(blobs, fresh, "a")
    assert await blobs.write(fresh, "a", b"same", "text/plain") is True
    assert first != await etag_of(blobs, fresh, "a")


async def test_only_new_keeps_what_is_there(blobs: Blobs, fresh: str) -> None:
    """The second writer learns that it was not the first, and changes nothing."""
    assert await blobs.write(fresh, "a", b"first", "text/plain", only_new=True) is True
    version = await etag_of(blobs, fresh, "a")
    assert await blobs.write(fresh, "a", b"second", "text/html", only_new=True) is False
    assert b"first" == await blobs.read(fresh, "a")
    assert version == await etag_of(blobs, fresh, "a")


async def test_of_writers_at_once_exactly_one_is_first(blobs: Blobs, fresh: str) -> None:
    """Create-once decides races, also when the container itself is still to be made."""
    won = await asyncio.gather(
        *(blobs.write(fresh, "claim", b"%d" % number, "text/plain", only_new=True) for number in range(6))
    )
    assert 1 == won.count(True)
    assert b"%d" % won.index(True) == await blobs.read(fresh, "claim")


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_any_name_goes_there_and_back(blobs: Blobs, fresh: str, tmp_path: Path, name: str) -> None:
    """People name files as they like: every operation takes every name."""
    target = tmp_path / "file"
    await blobs.write(fresh, name, name.encode(), "text/plain")
    digest = await blobs.download(fresh, name, await etag_of(blobs, fresh, name), target)
    assert hashlib.sha256(name.encode()).hexdigest() == digest
    assert name.encode() == target.read_bytes()
    assert name.encode() == await blobs.read(fresh, name)
    assert [name] == await names_of(blobs, fresh, name)
    await blobs.delete(fresh, name)
    assert [] == await names_of(blobs, fresh, "")


async def test_an_empty_blob_is_an_empty_file(blobs: Blobs, fresh: str, tmp_path: Path) -> None:
    """Nothing is content too: zero bytes and their hash."""
    await blobs.write(fresh, "empty", b"", "text/plain")
    digest = await blobs.download(fresh, "empty", await etag_of(blobs, fresh, "empty"), tmp_path / "file")
    assert hashlib.sha256(b"").hexdigest() == digest
    assert b"" == (tmp_path / "file").read_bytes()
    assert b"" == await blobs.read(fresh, "empty")


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")  # one put must stay one request
async def test_a_large_blob_comes_back_whole(blobs: Blobs, fresh: str, tmp_path: Path) -> None:
    """Twelve megabytes and a bit, more than several chunks, arrive in order."""
    content = b"".join(b"%08d" % number for number in range(1_500_000)) + b"."
    await blobs.write(fresh, "large", content, "application/pdf")
    digest = await blobs.download(fresh, "large", await etag_of(blobs, fresh, "large"), tmp_path / "file")
    assert hashlib.sha256(content).hexdigest() == digest
    assert content == (tmp_path / "file").read_bytes()


async def test_an_overwritten_version_is_superseded(blobs: Blobs, fresh: str, tmp_path: Path) -> None:
    """Whoever was told of the first upload never reads the second instead."""
    await blobs.write(fresh, "a", b"first", "text/plain")
    version = await etag_of(blobs, fresh, "a")
    await blobs.write(fresh, "a", b"second", "text/plain")
    with pytest.raises(Superseded) as caught:
        await blobs.download(fresh, "a", version, tmp_path / "file")
    assert "superseded" == caught.value.code


async def test_a_deleted_version_is_superseded(blobs: Blobs, fresh: str, tmp_path: Path) -> None:
    """A file that was removed again has no content to read; nor has one in a container that never was."""
    await blobs.write(fresh, "a", b"first", "text/plain")
    version = await etag_of(blobs, fresh, "a")
    await blobs.delete(fresh, "a")
    with pytest.raises(Superseded):
        await blobs.download(fresh, "a", version, tmp_path / "file")
    with pytest.raises(Superseded):
        await blobs.download(f"{fresh}-not", "a", version, tmp_path / "file")


async def test_an_etag_may_come_with_quotes(blobs: Blobs, fresh: str, tmp_path: Path) -> None:
    """Some senders of events quote it, as HTTP does; it is the same version."""
    await blobs.write(fresh, "a", b"first", "text/plain")
    version = await etag_of(blobs, fresh, "a")
    assert hashlib.sha256(b"first").hexdigest() == await blobs.download(fresh, "a", f'"{version}"', tmp_path / "file")


async def test_deleting_twice_is_deleting(blobs: Blobs, fresh: str) -> None:
    """A repeated step finds its work done, even in a container that never was."""
    await blobs.write(fresh, "a", b"1", "text/plain")
    await blobs.delete(fresh, "a")
    await blobs.delete(fresh, "a")
    await blobs.delete(f"{fresh}-not", "a")
    assert await blobs.info(fresh, "a") is None


async def test_names_are_those_with_the_prefix_in_order(blobs: Blobs, fresh: str) -> None:
    """A listing is sorted by code point, and a prefix is no folder: it may end anywhere."""
    for name in ("b/2", "a/10", "a/2", "a/1", "ab", "B", "ä"):
        await blobs.write(fresh, name, b"", "text/plain")
    assert ["a/1", "a/10", "a/2"] == await names_of(blobs, fresh, "a/")
    assert ["a/1", "a/10", "a/2", "ab"] == await names_of(blobs, fresh, "a")
    assert ["B", "a/1", "a/10", "a/2", "ab", "b/2", "ä"] == await names_of(blobs, fresh, "")


async def test_a_file_is_uploaded_once(blobs: Blobs, fresh: str, tmp_path: Path) -> None:
    """A repeat changes nothing, not even the version; a large file travels in blocks."""
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(bytes(70 << 20))
    assert await blobs.upload(fresh, "a", tmp_path / "a") is True
    first = await etag_of(blobs, fresh, "a")
    assert await blobs.upload(fresh, "a", tmp_path / "b") is False
    assert (first, b"one") == (await etag_of(blobs, fresh, "a"), await blobs.read(fresh, "a"))
    assert await blobs.upload(fresh, "large", tmp_path / "b") is True
    info = await blobs.info(fresh, "large")
    assert info is not None
    assert 70 << 20 == info.size


async def test_a_small_blob_has_its_content_md5(blobs: Blobs, fresh: str) -> None:
    """The store keeps the digest of what was put in one request, in base64."""
    await blobs.write(fresh, "a", b"some bytes", "text/plain")
    info = await blobs.info(fresh, "a")
    assert info is not None
    digest = hashlib.md5(b"some bytes", usedforsecurity=False).digest()
    assert base64.b64encode(digest).decode() == info.md5


async def test_only_the_named_version_is_deleted(blobs: Blobs, fresh: str) -> None:
    """A newer upload that came between looking and deleting stays."""
    await blobs.write(fresh, "a", b"old", "text/plain")
    old = await etag_of(blobs, fresh, "a")
    await blobs.write(fresh, "a", b"new", "text/plain")
    assert await blobs.delete(fresh, "a", old) is False
    assert b"new" == await blobs.read(fresh, "a")
    assert await blobs.delete(fresh, "a", f'"{await etag_of(blobs, fresh, "a")}"') is True
    assert await blobs.read(fresh, "a") is None
    assert await blobs.delete(fresh, "a", old) is True


async def test_pages_of_a_listing_have_each_blob_once(blobs: Blobs, fresh: str) -> None:
    """Each page continues the one before by its token alone, whatever is uploaded or deleted meanwhile."""
    assert ((), None) == await blobs.page(fresh)
    names = [f"{letter}/ü{number}" for letter in "ab" for number in range(4)]
    for name in names:
        await blobs.write(fresh, name, b"1", "text/plain")
    seen: list[str] = []
    token, pages = None, 0
    while pages == 0 or token:
        page = await blobs.page(fresh, token, 3)
        seen += [entry.name for entry in page.entries]
        token, pages = page.token, pages + 1
        assert len(page.entries) <= 3
        if pages == 1:
            await blobs.write(fresh, "b/ü9", b"late", "text/plain")
            await blobs.delete(fresh, "a/ü0")
    assert ([*names, "b/ü9"], True) == (seen, pages >= 3)
    first = (await blobs.page(fresh, None, 1)).entries[0]
    info = await blobs.info(fresh, first.name)
    assert info is not None
    assert (info.etag, info.size, info.modified, info.md5) == first[1:]


async def test_tags_change_neither_etag_nor_time(blobs: Blobs, fresh: str) -> None:
    """All tags are replaced at once; whoever watches ETags, and the comparison with the table, sees no change."""
    await blobs.write(fresh, "a", b"1", "text/plain")
    info = await blobs.info(fresh, "a")
    assert info is not None
    assert {} == await blobs.tags(fresh, "a", info.etag)
    for tags in ({"Malware Scanning scan result": "No threats found", "intray": "received"}, {"intray": "held"}, {}):
        assert await blobs.set_tags(fresh, "a", f'"{info.etag}"', tags) is True
        assert tags == await blobs.tags(fresh, "a", f'"{info.etag}"')
    assert info == await blobs.info(fresh, "a")


async def test_only_the_named_version_is_tagged(blobs: Blobs, fresh: str) -> None:
    """A newer upload has no tags of the version before, and gets none."""
    await blobs.write(fresh, "a", b"old", "text/plain")
    old = await etag_of(blobs, fresh, "a")
    await blobs.set_tags(fresh, "a", old, {"intray": "received"})
    await blobs.write(fresh, "a", b"new", "text/plain")
    assert await blobs.tags(fresh, "a", old) is None
    assert await blobs.set_tags(fresh, "a", old, {"intray": "finalized"}) is False
    assert {} == await blobs.tags(fresh, "a", await etag_of(blobs, fresh, "a"))


async def test_a_missing_blob_has_no_tags(blobs: Blobs, fresh: str) -> None:
    """A missing container is no more than a missing blob, and none is made."""
    for name in ("a", "b"):
        assert await blobs.tags(fresh, name, "0x1") is None
        assert await blobs.set_tags(fresh, name, "0x1", {"intray": "held"}) is False
        await blobs.write(fresh, "b" if name == "a" else "c", b"1", "text/plain")
        await blobs.delete(fresh, "b")
