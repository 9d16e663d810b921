"""Rows in dictionaries."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from itertools import count

from shared.domain.base.errors import Conflict
from shared.ports.records import ALL_PARTITIONS, Change, Delete, Insert, Partitions, Record, Replace, check

type _Rows = dict[tuple[str, str], Record]


class MemoryRecords:
    """The Records port in memory, within the same limits as a real table."""

    def __init__(self) -> None:
        self._versions = count(1)
        self._tables: dict[str, _Rows] = defaultdict(dict)

    async def get(self, table: str, partition: str, key: str) -> Record | None:
        """Return one row, or None."""
        return self._tables[table].get((partition, key))

    async def partition(self, table: str, partition: str, prefix: str = "", start: str = "") -> AsyncIterator[Record]:
        """Yield the rows of a partition whose key begins with `prefix`, in key order, from the key `start` on."""
        for (held, key), record in sorted(self._tables[table].items()):
            if held == partition and key.startswith(prefix) and key >= start:
                yield record

    async def select(self, table: str, partition: str, prefixes: Sequence[str]) -> AsyncIterator[Record]:
        """Yield the rows of a partition whose key begins with one of `prefixes`, in key order."""
        async for record in self.partition(table, partition):
            if record.key.startswith(tuple(prefixes)):
                yield record

    async def list_by_key(self, table: str, prefix: str, within: Partitions = ALL_PARTITIONS) -> AsyncIterator[Record]:
        """Yield the rows of the partitions `within` whose key begins with `prefix`, in order."""
        for (partition, key), record in sorted(self._tables[table].items()):
            is_within = partition > within.after and (not within.last or partition <= within.last)
            if is_within and key.startswith(prefix):
                yield record

    async def commit(self, table: str, partition: str, changes: Sequence[Change]) -> dict[str, str]:
        """Make 1..100 changes to different rows of one partition, all or none; raises Conflict."""
        check(changes)
        rows = dict(self._tables[table])
        for change in changes:
            self._apply(rows, partition, change)
        self._tables[table] = rows
        written = [change.key for change in changes if not isinstance(change, Delete)]
        return {key: rows[partition, key].version for key in written}

    def _apply(self, rows: _Rows, partition: str, change: Change) -> None:
        record = rows.get((partition, change.key))
        if isinstance(change, Insert) and record is not None:
            raise Conflict
        guard = change.version if isinstance(change, Replace | Delete) else None
        if guard is not None and (record is None or record.version != guard):
            raise Conflict
        if isinstance(change, Delete):
            rows.pop((partition, change.key), None)
        else:
            rows[partition, change.key] = Record(partition, change.key, change.body, str(next(self._versions)))
