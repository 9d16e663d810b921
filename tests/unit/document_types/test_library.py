"""Types that come while the system runs: seen without restart, checked, and none in the way of another."""

from datetime import timedelta

import pytest

from shared.document_types.library import TypeLibrary
from shared.domain.base.errors import Unavailable
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.testing.blobs import MemoryBlobs
from shared.testing.clock import FixedClock

OWN = DocumentType(name="own", title="Own", fields=(FieldSpec(name="a", field_type="text", title="A"),)).with_version()
GOOD = b"name: slip\ntitle: Slip\nschema: {type: object, properties: {number: {type: string}}}\n"


class Shelf:
    """A library with its storage and clock in reach; counts what is read."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.blobs = MemoryBlobs(self.clock)
        self.library = TypeLibrary(self.blobs, self.clock, {"own": OWN}, "document-types", "work")

    async def put(self, name: str, data: bytes = GOOD) -> None:
        await self.blobs.write("document-types", name, data, "text/yaml")

    def later(self) -> None:
        self.clock.advance(timedelta(seconds=15))


@pytest.fixture
def shelf() -> Shelf:
    """A library that came with one type, over an empty container."""
    return Shelf()


async def test_a_folder_in_the_container_is_a_type_after_a_moment(shelf: Shelf) -> None:
    """What a worker knows is at most a moment old; who cannot wait looks at once."""
    assert {"own"} == set(await shelf.library.current_types())
    await shelf.put("slip/type.yaml")
    assert {"own"} == set(await shelf.library.current_types())
    assert {"own", "slip"} == set(await shelf.library.current_types(fresh=True))
    await shelf.blobs.delete("document-types", "slip/type.yaml")
    shelf.later()
    assert {"own"} == set(await shelf.library.current_types())


async def test_an_invalid_folder_breaks_no_other_and_says_where(shelf: Shelf) -> None:
    """The message names the container, the file and the line; the built-in type of that name stays in force."""
    await shelf.put("slip/type.yaml")
    await shelf.put("own/type.yaml", b"name: own\ntitle: Own\nschema:\n  type: object\n")
    present = await shelf.library.present()
    assert (OWN, frozenset({"slip"})) == (present.types["own"], present.added)
    assert ["document-types/own/type.yaml:3"] == [f"{told.file}:{told.line}" for told in present.problems]


async def test_only_what_changed_is_read_again(shelf: Shelf) -> None:
    """A type is the same object until one of its files has another ETag."""
    await shelf.put("slip/type.yaml")
    first = (await shelf.library.current_types())["slip"]
    assert first is (await shelf.library.current_types(fresh=True))["slip"]
    await shelf.put("slip/type.yaml", GOOD.replace(b"Slip", b"Packing slip"))
    second = (await shelf.library.current_types(fresh=True))["slip"]
    assert (True, "Packing slip") == (first.version != second.version, second.title)


async def test_comments_are_no_new_version(shelf: Shelf) -> None:
    """A type is versioned by what it says, so tidying its file pays for nothing again."""
    await shelf.put("slip/type.yaml")
    first = (await shelf.library.current_types())["slip"]
    await shelf.put("slip/type.yaml", b"# tidied\n" + GOOD)
    assert first == (await shelf.library.current_types(fresh=True))["slip"]


async def test_a_version_that_was_kept_outlives_its_folder(shelf: Shelf) -> None:
    """A Run ends with the type that it began with, also when that was changed or removed meanwhile."""
    await shelf.put("slip/type.yaml")
    kind = (await shelf.library.current_types())["slip"]
    await shelf.library.keep(kind)
    await shelf.blobs.delete("document-types", "slip/type.yaml")
    shelf.later()
    assert kind == await shelf.library.load_version("slip", kind.version)
    with pytest.raises(Unavailable, match="version 0 of the document type slip"):
        await shelf.library.load_version("slip", "0")


async def test_a_folder_that_is_too_big_is_refused_unread(shelf: Shelf) -> None:
    """Whoever may write to the container cannot fill a worker's memory with it."""
    await shelf.put("slip/type.yaml")
    await shelf.put("slip/examples/a.jpg", b"x" * 4_000_001)
    present = await shelf.library.present()
    assert ["own"] == list(present.types)
    assert "4000001 bytes" in present.problems[0].message


HOSTILE = {
    "a list as a kind": GOOD.replace(b"string", b"number, x-kind: [money]"),
    "a list as a key": b"? [a]\n: b\n",
    "a mapping as a key": b"? {a: b}\n: c\n",
    "an alias of itself": b"a: &a [*a]\n",
    "aliases that grow": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "lists in lists": b"a: " + b"[" * 5_000,
    "mappings in mappings": b"a: " + b"{a: " * 1_000,
    "more keys than a type has": b"".join(b"k%d: v\n" % number for number in range(20_000)),
    "a call of Python": b"a: !!python/object/apply:os.getcwd []\n",
    "an integer of 5,000 digits": b"name: slip\npolicy: {retention_days: %s}\n" % (b"9" * 5_000),
    "a merge of a number": GOOD + b"<<: 5\n",
    "no text at all": bytes(range(256)),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
async def test_no_content_of_a_folder_stops_the_others(shelf: Shelf, content: bytes) -> None:
    """A folder that cannot be read is a problem with a place and a remedy, whatever reading it raises."""
    await shelf.put("slip/type.yaml", content)
    await shelf.put("other/type.yaml", GOOD.replace(b"slip", b"other"))
    present = await shelf.library.present()
    assert {"own", "other"} == set(present.types)
    assert {"document-types/slip/type.yaml"} == {problem.file for problem in present.problems}
    assert all(problem.remedy for problem in present.problems)


async def test_a_type_stays_in_force_while_its_folder_is_invalid(shelf: Shelf) -> None:
    """A broken upload changes nothing; the next valid one does."""
    await shelf.put("slip/type.yaml")
    first = (await shelf.library.current_types())["slip"]
    await shelf.put("slip/type.yaml", b"name: [\n")
    present = await shelf.library.present(fresh=True)
    assert (first, 1) == (present.types["slip"], len(present.problems))
    await shelf.put("slip/type.yaml", GOOD.replace(b"Slip", b"Packing slip"))
    assert "Packing slip" == (await shelf.library.current_types(fresh=True))["slip"].title


async def test_the_folders_that_are_read_are_counted(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every worker holds every type, so their number is bounded; those beyond it are reported."""
    monkeypatch.setattr("shared.document_types.container.MAX_FOLDERS", 1)
    for name in (b"slip", b"slop"):
        await shelf.put(f"{name.decode()}/type.yaml", GOOD.replace(b"slip", name))
    present = await shelf.library.present()
    assert (frozenset({"slip"}), ["document-types/slop/type.yaml"]) == (
        present.added,
        [told.file for told in present.problems],
    )
