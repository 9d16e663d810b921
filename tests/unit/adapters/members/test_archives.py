"""ZIP, TAR and GZIP files: honest ones, damaged ones, and ones that mean harm."""

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from shared.adapters.formats.sniffer import sniff
from shared.adapters.members.archives import gzip_entries, tar_entries, zip_entries
from shared.domain.base.errors import Unreadable
from shared.domain.documents.unpacking import Bounds
from tests.unit.adapters.members.unpacked import WIDE, Unpacked

LOCKED = bytes.fromhex(
    "504b030414000100000000002100da89499b180000000c00000005000000612e747874"
    "c889c95bb4deac0e5a9d7efa3835a72031270bc5e4b2531f"
    "504b0102140014000100000000002100da89499b180000000c000000050000000000000000000000000000000000612e747874"
    "504b05060000000001000100330000003b0000000000"
)
"""A ZIP with `a.txt` ("secret text\\n"), stored and encrypted the traditional way with the password `secret`."""


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_members_come_in_order_with_their_whole_names(tmp_path: Path) -> None:
    """Folders and empty files are accounted for; equal names are two members."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = zipped(tmp_path / "a", ("in/", b""), ("in/ä.txt", b"one"), ("none", b""), ("b", b"1"), ("b", b"22"))
    found = Unpacked(zip_entries, file)
    assert [(1, "in/"), (2, "in/ä.txt"), (3, "none"), (4, "b"), (5, "b")] == [(m.index, m.name) for m in found.members]
    assert {"in/": "folder", "none": "empty"} == found.skipped
    assert [0, 3, 0, 1, 2] == [member.size for member in found.members]


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil.txt", "C:\\Windows\\evil.txt", "..\\evil.txt", "a/../../evil.txt"]
)
def test_a_name_never_decides_where_bytes_go(tmp_path: Path, name: str) -> None:
    """Traversal, absolute paths and drives: a member is written under its number."""
    found = Unpacked(zip_entries, zipped(tmp_path / "a", (name, b"evil")))
    assert {"00001"} == {path.name for path in found.folder.iterdir()}
    assert {"a", "a-members"} == {path.name for path in tmp_path.iterdir()}


def test_links_and_what_systems_leave_are_left_out(tmp_path: Path) -> None:
    """A link is followed nowhere; macOS and Windows notes are no documents."""
    file = tmp_path / "a"
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("passwd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        for name in ("__MACOSX/._a.pdf", ".DS_Store", "x/Thumbs.db", "a.pdf"):
            archive.writestr(name, b"bytes")
    found = Unpacked(zip_entries, file)
    assert ["a.pdf"] == list(found.contents)
    assert ["link", "system_file", "system_file", "system_file"] == list(found.skipped.values())


def test_a_damaged_member_is_its_own_loss(tmp_path: Path) -> None:
    """The others come out; what was written of the damaged one is gone."""
    file = zipped(tmp_path / "a", ("bad.txt", b"first" * 200), ("good.txt", b"second"))
    data = bytearray(file.read_bytes())
    data[data.find(b"bad.txt") + 9] ^= 0xFF
    file.write_bytes(data)
    found = Unpacked(zip_entries, file)
    assert ({"bad.txt": "unreadable"}, {"good.txt": b"second"}) == (found.skipped, found.contents)
    assert {"00002"} == {path.name for path in found.folder.iterdir()}


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 300, b""])
def test_a_cut_off_archive_is_unreadable(tmp_path: Path, data: bytes) -> None:
    """Without its directory a ZIP is nothing."""
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(Unreadable) as refusal:
        Unpacked(zip_entries, tmp_path / "a")
    assert "unreadable" == refusal.value.code


@pytest.mark.parametrize(
    ("bounds", "setting"),
    [
        (WIDE._replace(members=2, ratio=2000), "INTRAY_MAX_MEMBERS"),
        (WIDE._replace(total_bytes=20_000_000, ratio=2000), "INTRAY_MAX_UNPACKED_BYTES"),
        (WIDE, "INTRAY_MAX_UNPACK_RATIO"),
    ],
)
def test_a_bomb_is_refused_by_the_bound_it_breaks(tmp_path: Path, bounds: Bounds, setting: str) -> None:
    """Counted as it comes out, whatever its headers claim; the message names the setting."""
    file = zipped(tmp_path / "a", *((str(number), b"\0" * 11_000_000) for number in range(3)))
    with pytest.raises(Unreadable) as refusal:
        Unpacked(zip_entries, file, bounds)
    assert ("too_large", True) == (refusal.value.code, setting in str(refusal.value))


def test_a_member_above_the_file_limit_is_left_out(tmp_path: Path) -> None:
    """It would be refused as an upload, so it is refused as a member; its neighbours are not."""
    file = zipped(tmp_path / "a", ("large", bytes(range(256)) * 8), ("small", b"x"))
    found = Unpacked(zip_entries, file, WIDE._replace(member_bytes=1000))
    assert ({"large": "too_large"}, ["small"]) == (found.skipped, list(found.contents))


def test_tar_members(tmp_path: Path) -> None:
    """Files come out; folders, links and devices are told. The sniffer knows a TAR."""
    file = tmp_path / "a"
    with tarfile.open(file, "w") as archive:
        for name, kind in (
            ("d", tarfile.DIRTYPE),
            ("l", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("dev", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("../a.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"one"))
    found = Unpacked(tar_entries, file)
    assert {"d/": "folder", "l": "link", "h": "link", "dev": "link"} == found.skipped
    assert {"../a.txt": b"one"} == found.contents
    assert "application/x-tar" == sniff(str(file))


def test_a_gzip_holds_one_file_under_the_name_in_its_header(tmp_path: Path) -> None:
    """Without one it is called `content`; a damaged one is told."""
    named, plain, cut = tmp_path / "named", tmp_path / "plain", tmp_path / "cut"
    with named.open("wb") as file, gzip.GzipFile("report.csv", "wb", fileobj=file) as packed:
        packed.write(b"a;b")
    plain.write_bytes(gzip.compress(b"text"))
    cut.write_bytes(gzip.compress(bytes(range(256)) * 100)[:100])
    assert {"report.csv": b"a;b"} == Unpacked(gzip_entries, named).contents
    assert {"content": b"text"} == Unpacked(gzip_entries, plain).contents
    assert {"content": "unreadable"} == Unpacked(gzip_entries, cut).skipped


def test_an_encrypted_member_opens_with_a_known_password(tmp_path: Path) -> None:
    """Without it the member is left out and says so; with it among the file's passwords it comes out."""
    (tmp_path / "a").write_bytes(LOCKED)
    (tmp_path / "b").write_bytes(LOCKED)
    assert {"a.txt": "password_required"} == Unpacked(zip_entries, tmp_path / "a", passwords=("wrong",)).skipped
    opened = Unpacked(zip_entries, tmp_path / "b", passwords=("wrong", "secret"))
    assert {"a.txt": b"secret text\n"} == opened.contents


def test_a_member_encrypted_with_aes_asks_for_a_password(tmp_path: Path) -> None:
    """Python's library cannot open it, so the message says what to do instead."""
    data = bytearray(LOCKED)
    for place in (8, LOCKED.find(b"PK\x01\x02") + 10):
        data[place : place + 2] = (99).to_bytes(2, "little")
    (tmp_path / "a").write_bytes(data)
    assert {"a.txt": "password_required"} == Unpacked(zip_entries, tmp_path / "a", passwords=("secret",)).skipped
