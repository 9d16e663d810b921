"""The Unpacker port: the real one, in child processes, and its twin."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.isolation import ProcessPool
from shared.adapters.members.archives import zip_entries
from shared.adapters.members.unpacker import MemberUnpacker
from shared.domain.base.errors import Unreadable
from shared.domain.documents.unpacking import Bounds
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Unpacker
from shared.testing.unpacking import ScriptedUnpacker

WIDE = Bounds(members=10, total_bytes=1000, member_bytes=500, ratio=10)
MEMBERS = [("b/ä.txt", b"one"), ("none", b""), ("../a.txt", b"three")]


@pytest.fixture(params=["child process", "scripted"])
def unpacker(request: pytest.FixtureRequest) -> Iterator[Unpacker]:
    if request.param == "scripted":
        yield ScriptedUnpacker(lambda data: [(name, text.encode("latin-1")) for name, text in json.loads(data)])
        return
    pool = ProcessPool(1, 60)
    yield MemberUnpacker(pool, zip_entries)
    pool.close()


@pytest.fixture
def file(tmp_path: Path, unpacker: Unpacker) -> SourceFile:
    path = tmp_path / "file"
    if isinstance(unpacker, ScriptedUnpacker):
        path.write_text(json.dumps([(name, data.decode("latin-1")) for name, data in MEMBERS]))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in MEMBERS:
                archive.writestr(name, data)
    (tmp_path / "members").mkdir()
    return SourceFile(path)


async def test_members_come_in_order_and_each_is_accounted_for(unpacker: Unpacker, file: SourceFile) -> None:
    """Names as they were, sizes, contents under the members' own file names; an empty one is left out."""
    folder = file.path.with_name("members")
    members = await unpacker.unpack(file, folder, WIDE)
    assert [(place, name) for place, (name, _) in enumerate(MEMBERS, 1)] == [(one.index, one.name) for one in members]
    assert [3, 0, 5] == [one.size for one in members]
    assert [None, "empty", None] == [one.skipped.code if one.skipped else None for one in members]
    assert {"00001": b"one", "00003": b"three"} == {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("bounds", [WIDE._replace(members=2), WIDE._replace(total_bytes=7)])
async def test_beyond_the_bounds_the_whole_file_is_refused(
    unpacker: Unpacker, file: SourceFile, bounds: Bounds
) -> None:
    """The refusal says that the file is too large, and by which setting."""
    with pytest.raises(Unreadable, match="INTRAY_MAX_") as refusal:
        await unpacker.unpack(file, file.path.with_name("members"), bounds)
    assert "too_large" == refusal.value.code


async def test_a_member_beyond_its_own_bound_is_left_out(unpacker: Unpacker, file: SourceFile) -> None:
    """Its neighbours are not."""
    members = await unpacker.unpack(file, file.path.with_name("members"), WIDE._replace(member_bytes=4))
    assert [None, "empty", "too_large"] == [one.skipped.code if one.skipped else None for one in members]
