"""Whatever a type's folder holds: it is reported as invalid, within bounds, and changes nothing else."""

import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.document_types import container as container_module
from shared.document_types import library as library_module
from shared.document_types.library import TypeLibrary, TypeSet
from shared.document_types.loader import load_types, read_type
from shared.document_types.yaml_files.folder import InvalidType, TypeFolder
from shared.domain.base.errors import Retryable, Unavailable
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.ports.blobs import BlobEntry
from shared.testing.blobs import MemoryBlobs
from shared.testing.clock import FixedClock
from tests.unit.document_types.wrong_folders import BOMB, GOOD, WRONG

OWN = DocumentType(name="own", title="Own", fields=(FieldSpec(name="a", field_type="text", title="A"),)).with_version()


class AwayBlobs(MemoryBlobs):
    """Blobs whose listing fails as when storage is away."""

    away = False

    async def listing(self, container: str, prefix: str) -> AsyncIterator[BlobEntry]:
        if self.away:
            raise Unavailable("blob storage does not answer")
        async for entry in super().listing(container, prefix):
            yield entry


class Library:
    """A library over a container in memory, with the means to change both."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.blobs = AwayBlobs(self.clock)
        self.types = self.start_worker()

    def start_worker(self) -> TypeLibrary:
        """Return a library as another worker on the same storage has it."""
        return TypeLibrary(self.blobs, self.clock, {"own": OWN}, "document-types", "work")

    async def put(self, name: str, data: bytes) -> None:
        """Store a file of the container of types."""
        await self.blobs.write("document-types", name, data, "text/yaml")

    async def refresh(self) -> TypeSet:
        """Return what is in force now."""
        self.clock.advance(timedelta(seconds=15))
        return await self.types.present()


@pytest.fixture
def library() -> Library:
    """A library with one type of its own, over an empty container."""
    return Library()


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
async def test_an_invalid_folder_is_reported_and_changes_nothing(library: Library, data: bytes) -> None:
    """The folder beside it and the app's own types stay in force; the problem names the folder."""
    await library.put("s/type.yaml", GOOD.replace(b"name: t", b"name: s"))
    await library.put("t/type.yaml", data)
    start = time.process_time()
    present = await library.refresh()
    assert {"own", "s"} == set(present.types)
    assert present.problems
    assert all(problem.file.startswith("document-types/t") for problem in present.problems)
    assert all(len(str(problem)) < 1000 for problem in present.problems)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("examples/a.yaml", b"? [a]\n: b\n"),
        ("examples/a.yaml", BOMB),
        ("examples/a.yaml", b"number: .nan\n"),
        ("examples/a.yaml", b"number: " + b"[" * 3000),
        ("examples/a.yaml", b'number: "\\ud800"\n'),
        ("examples/a.txt", b"\xff\xfe\xfa"),
        ("examples/a.jpg", b"no picture"),
        ("examples/./b.yaml", b"number: A\n"),
        ("examples//b.yaml", b"number: A\n"),
        ("examples/x.exe", b"MZ"),
        ("examples/a.txt", b"x" * 5_000_000),
    ],
    ids=lambda part: part if isinstance(part, str) else ascii(part[:12]),
)
async def test_an_invalid_example_is_reported_and_changes_nothing(library: Library, file: str, data: bytes) -> None:
    """Examples are bounded and read as strictly as the type itself."""
    await library.put("t/type.yaml", GOOD)
    await library.put("t/examples/a.yaml", b"number: A-1\n")
    await library.put("t/examples/a.txt", b"Number A-1")
    await library.put(f"t/{file}", data)
    present = await library.refresh()
    assert {"own"} == set(present.types)
    assert present.problems


async def test_the_last_valid_version_stays_in_force(library: Library) -> None:
    """In this worker, in one that starts later, until the folder is valid again; not when the folder is removed."""
    await library.put("t/type.yaml", GOOD)
    valid = (await library.refresh()).types["t"]
    await library.put("t/type.yaml", b"name: [\n")
    present = await library.refresh()
    assert (valid, True) == (present.types["t"], bool(present.problems))
    assert valid == (await library.start_worker().current_types())["t"]
    await library.put("t/type.yaml", GOOD.replace(b"title: T", b"title: U"))
    assert "U" == (await library.refresh()).types["t"].title
    await library.blobs.delete("document-types", "t/type.yaml")
    assert {"own"} == set((await library.refresh()).types)
    await library.put("t/type.yaml", b"name: [\n")
    assert {"own"} == set(await library.start_worker().current_types())


async def test_a_last_valid_version_that_cannot_be_read_counts_as_none(library: Library) -> None:
    """Another version of the app may have written it."""
    await library.blobs.write("work", "types/t/last-valid.txt", b"abc", "text/plain")
    await library.blobs.write("work", "types/t/abc.json", b'{"name": "t", "fields": 1}', "application/json")
    await library.put("t/type.yaml", b"name: [\n")
    assert {"own"} == set((await library.refresh()).types)


@pytest.mark.parametrize("folder", ["T", "..", "a b", "-t", "1t", "t\x01", "t" * 60, "ä", "type.yaml"])
async def test_a_folder_with_an_impossible_name_is_reported(library: Library, folder: str) -> None:
    """It is not read at all, and the report holds no control characters."""
    await library.put(f"{folder}/type.yaml", GOOD)
    present = await library.refresh()
    assert {"own"} == set(present.types)
    assert present.problems
    assert all(str(problem).isprintable() for problem in present.problems)


async def test_too_many_folders_put_no_type_out_of_force(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were read before come first; the others are reported as not read."""
    monkeypatch.setattr(container_module, "MAX_FOLDERS", 3)
    await library.put("t/type.yaml", GOOD)
    await library.refresh()
    for number in range(5):
        await library.put(f"a{number}/type.yaml", GOOD.replace(b"name: t", b"name: a%d" % number))
    present = await library.refresh()
    assert {"own", "t", "a0", "a1"} == set(present.types)
    assert 3 == sum("too many types" in problem.message for problem in present.problems)


async def test_too_many_files_put_no_type_out_of_force(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listing stops at a bound, and what was read before stays."""
    monkeypatch.setattr(container_module, "MAX_LISTED", 20)
    await library.put("t/type.yaml", GOOD)
    await library.refresh()
    for number in range(30):
        await library.put(f"a/examples/{number:02}.txt", b"x")
    present = await library.refresh()
    assert {"own", "t"} == set(present.types)
    assert "more than 20 files" in present.problems[0].message


async def test_a_folder_that_takes_too_long_is_reported_and_tried_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop is not blocked meanwhile; a machine that was slow for a moment costs no type."""
    read_may_end = threading.Event()
    monkeypatch.setattr(library_module, "READ_SECONDS", 0.05)
    monkeypatch.setattr(library_module, "read_type", lambda _folder: read_may_end.wait(30))
    await library.put("t/type.yaml", GOOD)
    present = await library.refresh()  # the folder is still being read when this returns
    read_may_end.set()
    assert "more than 0.05 seconds" in present.problems[0].message
    monkeypatch.undo()
    assert {"own", "t"} == set((await library.refresh()).types)


async def test_storage_that_is_away_is_retryable(library: Library) -> None:
    """The step is deferred; when storage is back, the types are as before."""
    await library.put("t/type.yaml", GOOD)
    await library.refresh()
    library.blobs.away = True
    with pytest.raises(Retryable):
        await library.refresh()
    library.blobs.away = False
    assert {"own", "t"} == set((await library.refresh()).types)


def test_the_largest_folder_within_the_bounds_is_read_quickly() -> None:
    """Bounds on bytes, values and problems keep reading far below its time limit."""
    fields = "\n".join(f"    f{number}: {{type: strin, x-kin: a}}" for number in range(1000))
    data = f"name: t\ntitle: T\nschema:\n  type: object\n  properties:\n{fields}\n".encode()
    start = time.process_time()
    with pytest.raises(InvalidType):
        read_type(TypeFolder("t", {"type.yaml": data}, "t"))
    assert time.process_time() - start < 5


def test_types_on_disk_are_read_as_strictly(tmp_path: Path) -> None:
    """Loading at start reports what is wrong with every folder at once."""
    for name, data in (("a", WRONG["unhashable kind"]), ("b", BOMB), ("c", b"\xff")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "type.yaml").write_bytes(data)
    with pytest.raises(InvalidType) as raised:
        load_types(tmp_path)
    assert {"a", "b", "c"} == {Path(problem.file).parent.name for problem in raised.value.problems}
