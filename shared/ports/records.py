"""Rows in partitions, changed all or nothing: the shape of a storage table."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class Record(NamedTuple):
    """A stored row. `body` is JSON text (at most 60,000 characters); `version` changes with each write."""

    partition: str
    key: str
    body: str
    version: str


class Partitions(NamedTuple):
    """A range of partitions: behind `after`, up to and with `last`; empty: without a bound."""

    after: str = ""
    last: str = ""


ALL_PARTITIONS = Partitions()


class Insert(NamedTuple):
    """Create a row; Conflict when it exists."""

    key: str
    body: str


class Put(NamedTuple):
    """Create or replace a row, whatever was there."""

    key: str
    body: str


class Replace(NamedTuple):
    """Replace a row; Conflict unless it still has `version`."""

    key: str
    body: str
    version: str


class Delete(NamedTuple):
    """Delete a row; with a `version`, Conflict unless the row still has it; without, nothing when there is none."""

    key: str
    version: str | None = None


Change = Insert | Put | Replace | Delete


class Records(Protocol):
    """Tables of records. Keys hold letters, digits, and `-_.:|`. Transport trouble is raised as Retryable."""

    async def get(self, table: str, partition: str, key: str) -> Record | None:
        """Return one row, or None."""

    def partition(self, table: str, partition: str, prefix: str = "", start: str = "") -> AsyncIterator[Record]:
        """Return the rows of a partition whose key begins with `prefix`, in key order, from the key `start` on."""

    def select(self, table: str, partition: str, prefixes: Sequence[str]) -> AsyncIterator[Record]:
        """Return the rows of a partition whose key begins with one of 1..5 `prefixes`, in key order, in one request.

        The service passes over all rows of the partition: for partitions that are small.
        """

    def list_by_key(self, table: str, prefix: str, within: Partitions = ALL_PARTITIONS) -> AsyncIterator[Record]:
        """Return the rows of the partitions `within` whose keys begin with `prefix`, in order (a scan); all for ""."""

    async def commit(self, table: str, partition: str, changes: Sequence[Change]) -> Mapping[str, str]:
        """Make 1..100 changes to different rows of one partition, all or none; raises Conflict. Creates the table.

        Return the new version of each row that was written, by its key.
        """


_KEY = re.compile(r"[\w.:|-]{1,500}", re.ASCII)
_MOST_CHANGES = 100
_LONGEST_BODY = 60_000


def check(changes: Sequence[Change]) -> None:
    """Raise ValueError unless `changes` keep the limits that the Records port states."""
    if not 1 <= len(changes) <= _MOST_CHANGES:
        raise ValueError(f"a transaction holds 1 to {_MOST_CHANGES} changes, not {len(changes)}")
    if len({change.key for change in changes}) < len(changes):
        raise ValueError("a transaction changes a row only once")
    for change in changes:
        if not _KEY.fullmatch(change.key):
            raise ValueError("a key holds letters, digits, and `-_.:|`")
        if not isinstance(change, Delete) and len(change.body) > _LONGEST_BODY:
            raise ValueError(f"a body of {len(change.body)} characters is over {_LONGEST_BODY}: keep it in a blob")
