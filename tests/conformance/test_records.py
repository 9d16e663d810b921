"""The Records port: Azure Tables and their twin."""

import asyncio

import pytest

from shared.domain.base.errors import Conflict
from shared.ports.records import Change, Delete, Insert, Partitions, Put, Record, Records, Replace

P = "d0123"


async def keys(records: Records, table: str, prefix: str = "", partition: str = P) -> list[str]:
    return [record.key async for record in records.partition(table, partition, prefix)]


async def bodies(records: Records, table: str) -> dict[str, str]:
    return {record.key: record.body async for record in records.partition(table, P)}


async def stored(records: Records, table: str, key: str) -> Record:
    found = await records.get(table, P, key)
    assert found is not None
    return found


async def test_what_is_not_there_is_none(records: Records, fresh: str) -> None:
    """A missing table is no more than a missing row."""
    assert await records.get(fresh, P, "a") is None
    assert [] == await keys(records, fresh)
    assert [] == [record async for record in records.list_by_key(fresh, "a")]
    await records.commit(fresh, P, [Put("b", "{}")])
    assert await records.get(fresh, P, "a") is None


async def test_a_row_comes_back_as_it_was_written(records: Records, fresh: str) -> None:
    """Partition, key and body; the version is some text."""
    await records.commit(fresh, P, [Insert("run-1", '{"a": "Größe 💶"}')])
    record = await stored(records, fresh, "run-1")
    assert (P, "run-1", '{"a": "Größe 💶"}') == record[:3]
    assert record.version


async def test_each_write_changes_the_version(records: Records, fresh: str) -> None:
    """Even when the body stays the same: somebody has been there."""
    versions = []
    for _ in range(3):
        await records.commit(fresh, P, [Put("a", "{}")])
        versions.append((await stored(records, fresh, "a")).version)
    assert 3 == len(set(versions))


@pytest.mark.parametrize("others", [[], [Insert("b", "{}"), Delete("gone"), Put("d", "{}")]])
async def test_a_commit_returns_the_versions_of_what_it_wrote(
    records: Records, fresh: str, others: list[Change]
) -> None:
    """They are those that a reader sees, so a writer need not read what it wrote to change it again."""
    versions = await records.commit(fresh, P, [Insert("a", "{}"), *others])
    assert {record.key: record.version async for record in records.partition(fresh, P)} == versions
    again = await records.commit(fresh, P, [Replace("a", "[]", versions["a"])])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Replace("a", "{}", versions["a"])])
    await records.commit(fresh, P, [Replace("a", "{}", again["a"])])


async def test_inserting_what_exists_is_a_conflict(records: Records, fresh: str) -> None:
    """Only one can be the first; the row stays as that one wrote it."""
    await records.commit(fresh, P, [Insert("a", "first")])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Insert("a", "second")])
    assert {"a": "first"} == await bodies(records, fresh)


async def test_putting_takes_the_place_of_what_was_there(records: Records, fresh: str) -> None:
    """Nothing of a longer body shines through a shorter one."""
    await records.commit(fresh, P, [Put("a", "x" * 40_000)])
    await records.commit(fresh, P, [Put("a", "short")])
    assert {"a": "short"} == await bodies(records, fresh)


async def test_replacing_needs_the_current_version(records: Records, fresh: str) -> None:
    """Who read an older version is told so, and changes nothing."""
    await records.commit(fresh, P, [Insert("a", "1")])
    old = (await stored(records, fresh, "a")).version
    await records.commit(fresh, P, [Replace("a", "2", old)])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Replace("a", "3", old)])
    assert {"a": "2"} == await bodies(records, fresh)


async def test_replacing_what_is_gone_is_a_conflict(records: Records, fresh: str) -> None:
    """A row that was deleted meanwhile does not come back by accident."""
    await records.commit(fresh, P, [Insert("a", "1"), Insert("b", "1")])
    old = (await stored(records, fresh, "a")).version
    await records.commit(fresh, P, [Delete("a")])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Replace("a", "2", old)])
    assert {"b": "1"} == await bodies(records, fresh)


async def test_deleting_with_a_version_needs_the_current_one(records: Records, fresh: str) -> None:
    """What somebody changed meanwhile, or deleted already, is a conflict."""
    await records.commit(fresh, P, [Insert("a", "1")])
    old = (await stored(records, fresh, "a")).version
    await records.commit(fresh, P, [Put("a", "2")])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Delete("a", old)])
    await records.commit(fresh, P, [Delete("a", (await stored(records, fresh, "a")).version)])
    assert {} == await bodies(records, fresh)
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Delete("a", old)])


async def test_deleting_without_a_version_is_content_with_nothing(records: Records, fresh: str) -> None:
    """A repeated step finds its work done; what is in the same transaction still happens."""
    await records.commit(fresh, P, [Delete("never")])
    await records.commit(fresh, P, [Insert("a", "1"), Insert("b", "1")])
    await records.commit(fresh, P, [Delete("a"), Delete("never"), Put("c", "1"), Delete("neither")])
    assert {"b": "1", "c": "1"} == await bodies(records, fresh)


@pytest.mark.parametrize(
    "conflict", [Insert("old", "x"), Replace("old", "x", "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")]
)
async def test_one_conflict_undoes_all(records: Records, fresh: str, conflict: Change) -> None:
    """A state change, its audit row and its event happen together or not at all, wherever the conflict stands."""
    await records.commit(fresh, P, [Insert("old", "1"), Insert("doomed", "1")])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Insert("new", "1"), Delete("doomed"), conflict, Put("newer", "1")])
    assert {"old": "1", "doomed": "1"} == await bodies(records, fresh)


async def test_a_vain_delete_hides_no_conflict(records: Records, fresh: str) -> None:
    """Deleting nothing is fine, but the conflict beside it still undoes all."""
    await records.commit(fresh, P, [Insert("old", "1")])
    with pytest.raises(Conflict):
        await records.commit(fresh, P, [Delete("never"), Insert("old", "2"), Insert("new", "1")])
    assert {"old": "1"} == await bodies(records, fresh)


async def test_of_writers_at_once_exactly_one_wins(records: Records, fresh: str) -> None:
    """Everybody else is told, also when the table itself is still to be made."""
    attempts = (records.commit(fresh, P, [Insert("a", str(number))]) for number in range(6))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    (winner,) = (number for number, outcome in enumerate(outcomes) if not isinstance(outcome, Conflict))
    assert 5 == sum(isinstance(outcome, Conflict) for outcome in outcomes)
    assert {"a": str(winner)} == await bodies(records, fresh)


async def test_a_prefix_is_exact_and_ordered(records: Records, fresh: str) -> None:
    """`run-1` brings neither `run-2` nor `run`; keys come in code point order."""
    names = ["run-2", "run-10", "run-1", "run-1|a", "run-1.z", "run", "Run-1", "b", "a", "B", "run-1_", "run-1:9"]
    await records.commit(fresh, P, [Insert(name, "{}") for name in names])
    await records.commit(fresh, "d999", [Insert("run-1", "{}")])
    assert ["run-1", "run-1.z", "run-10", "run-1:9", "run-1_", "run-1|a"] == await keys(records, fresh, "run-1")
    assert ["run-1|a"] == await keys(records, fresh, "run-1|")
    assert ["a"] == await keys(records, fresh, "a")
    assert sorted(names) == await keys(records, fresh)


@pytest.mark.parametrize(("prefix", "found"), [("run-", ["run-2", "run-3"]), ("", ["run-2", "run-3", "sun"])])
async def test_a_listing_begins_at_its_start(records: Records, fresh: str, prefix: str, found: list[str]) -> None:
    """With the row of that key; a start that has no row is no more than a place."""
    await records.commit(fresh, P, [Insert(name, "{}") for name in ("a", "run-1", "run-2", "run-3", "sun")])
    assert found == [record.key async for record in records.partition(fresh, P, prefix, "run-2")]
    assert found == [record.key async for record in records.partition(fresh, P, prefix, "run-11")]
    assert found[1:] == [record.key async for record in records.partition(fresh, P, prefix, "run-21")]


@pytest.mark.parametrize(
    ("prefixes", "found"),
    [(["run-1"], ["run-1", "run-10"]), (["run-1", "document"], ["document", "run-1", "run-10"]), (["x", "y"], [])],
)
async def test_several_prefixes_are_one_listing(
    records: Records, fresh: str, prefixes: list[str], found: list[str]
) -> None:
    """Rows between them are left out, and so are those of other partitions."""
    for partition in (P, "d999"):
        names = ["document", "event-1", "run-1", "run-10", "run-2"]
        await records.commit(fresh, partition, [Insert(name, partition) for name in names])
    rows = [record async for record in records.select(fresh, P, prefixes)]
    assert [(name, P) for name in found] == [(row.key, row.body) for row in rows]


async def test_a_start_before_the_prefix_changes_nothing(records: Records, fresh: str) -> None:
    """The prefix bounds the listing as ever."""
    await records.commit(fresh, P, [Insert(name, "{}") for name in ("a", "run-1", "sun")])
    assert ["run-1"] == [record.key async for record in records.partition(fresh, P, "run-", "a")]
    assert [] == [record.key async for record in records.partition(fresh, P, "run-", "s")]


async def test_keys_are_found_in_all_partitions(records: Records, fresh: str) -> None:
    """For listings: every run of each document in order, and nothing else."""
    for partition in ("d3", "d1", "d2"):
        rows = [Insert("run-1", "first"), Insert("run-2", "again"), Insert("ran", "other"), Insert("rup", "other")]
        await records.commit(fresh, partition, rows)
    found = [record async for record in records.list_by_key(fresh, "run")]
    assert [(p, key) for p in ("d1", "d2", "d3") for key in ("run-1", "run-2")] == [record[:2] for record in found]


async def test_an_empty_prefix_finds_every_row(records: Records, fresh: str) -> None:
    """A backup must not leave out a row whose key nobody thought of."""
    for partition in ("content-1", "active"):
        await records.commit(fresh, partition, [Insert("owner", "a"), Insert("-", "b"), Insert("z|z", "c")])
    found = [(record.partition, record.key) async for record in records.list_by_key(fresh, "")]
    assert [(p, key) for p in ("active", "content-1") for key in ("-", "owner", "z|z")] == found


async def test_a_range_of_partitions_is_exact(records: Records, fresh: str) -> None:
    """Behind the first bound, up to and with the last: so pages of a listing meet without a gap."""
    for partition in ("d1", "d10", "d2", "d3"):
        await records.commit(fresh, partition, [Insert("run-1", "{}"), Insert("ran", "{}")])

    async def partitions(within: Partitions) -> list[str]:
        return [record.partition async for record in records.list_by_key(fresh, "run", within)]

    assert ["d1", "d10", "d2", "d3"] == await partitions(Partitions())
    assert ["d10", "d2", "d3"] == await partitions(Partitions(after="d1"))
    assert ["d10", "d2"] == await partitions(Partitions(after="d1", last="d2"))
    assert ["d1"] == await partitions(Partitions(last="d1"))
    assert [] == await partitions(Partitions(after="d3"))


async def test_a_hundred_changes_are_one_transaction(records: Records, fresh: str) -> None:
    """One more is refused before anything happens; so is none."""
    await records.commit(fresh, P, [Insert(f"k{number:03}", "{}") for number in range(100)])
    assert 100 == len(await keys(records, fresh))
    with pytest.raises(ValueError):
        await records.commit(fresh, P, [Put(f"n{number:03}", "{}") for number in range(101)])
    with pytest.raises(ValueError):
        await records.commit(fresh, P, [])
    assert 100 == len(await keys(records, fresh))


@pytest.mark.parametrize("letter", ["x", "ü", "💶", '"', "\n"])
async def test_a_body_holds_sixty_thousand_characters(records: Records, fresh: str, letter: str) -> None:
    """Of any kind, though a table's property holds half of that; one more is refused."""
    body = letter * 60_000
    await records.commit(fresh, P, [Insert("a", body)])
    assert body == (await stored(records, fresh, "a")).body
    assert [body] == [record.body async for record in records.list_by_key(fresh, "a")]
    with pytest.raises(ValueError):
        await records.commit(fresh, P, [Put("a", body + "x")])


async def test_an_empty_body_comes_back_empty(records: Records, fresh: str) -> None:
    """A row may say everything by its key."""
    await records.commit(fresh, P, [Insert("mark", "")])
    assert {"mark": ""} == await bodies(records, fresh)


async def test_a_row_changes_once_in_a_transaction(records: Records, fresh: str) -> None:
    """Two changes to one row have no order, so they are refused."""
    with pytest.raises(ValueError):
        await records.commit(fresh, P, [Put("a", "1"), Delete("a")])
    assert {} == await bodies(records, fresh)


@pytest.mark.parametrize("key", ["", "a/b", "a b", "ü", "a'b", "a#b"])
async def test_a_key_holds_only_what_tables_take(records: Records, fresh: str, key: str) -> None:
    """A key that a real table would refuse, or find in another order, is refused by the twin as well."""
    with pytest.raises(ValueError):
        await records.commit(fresh, P, [Put(key, "{}")])
    assert {} == await bodies(records, fresh)
