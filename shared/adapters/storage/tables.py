"""Rows in Azure Table storage (or Azurite)."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from shared.adapters.base.azure_dates import OnDate, date_hooks
from shared.adapters.base.azure_errors import azure_errors, error_code
from shared.domain.base.errors import Conflict
from shared.ports.records import ALL_PARTITIONS, Change, Delete, Insert, Partitions, Put, Record, Replace, check

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.data.tables import TableEntity
    from azure.data.tables.aio import TableClient, TableServiceClient

_PROPERTY = 16_000
"""Characters of one property: 64 KiB hold 32 Ki UTF-16 units, and a character takes one or two ("Understanding the
Table service data model" in the Azure Storage reference)."""
_NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED, _TOO_LARGE = 404, 409, 412, 413
_FROM = "RowKey ge @first"
_ALL = "RowKey ge ''"
_BEGINS = f"{_FROM} and RowKey lt @end"
_SERVICE = "table storage"

type _Attempted = tuple[Sequence[Change], Mapping[str, str]]
type _Operation = tuple[str, Mapping[str, Any]] | tuple[str, Mapping[str, Any], Mapping[str, Any]]


class AzureTables:
    """The Records port over azure-data-tables: a long body is spread over the properties `body`, `body1`, ..."""

    def __init__(self, service: "TableServiceClient", access: str = "key") -> None:
        self._service = service
        self._access = access
        self._tables: dict[str, TableClient] = {}

    @classmethod
    def from_connection_string(cls, connection_string: str, retries: int = 3, on_date: OnDate | None = None) -> Self:
        """Tables of the account that `connection_string` names; `retries` of a request that failed in transit.

        `on_date` receives the service's time.
        """
        from azure.data.tables.aio import TableServiceClient

        return cls(
            TableServiceClient.from_connection_string(connection_string, **_options(retries), **date_hooks(on_date))
        )

    @classmethod
    def from_identity(
        cls, account_url: str, credential: "AsyncTokenCredential", retries: int = 3, on_date: OnDate | None = None
    ) -> Self:
        """Tables at `account_url` (https://NAME.table.core.windows.net), reached as `credential`."""
        from azure.data.tables.aio import TableServiceClient

        client = TableServiceClient(account_url, credential=credential, **_options(retries), **date_hooks(on_date))
        return cls(client, access="identity")

    def __repr__(self) -> str:
        """Name the service and how it is accessed: by `key` or `identity`."""
        return f"AzureTables({self._service.url.partition('?')[0]}, {self._access})"

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def get(self, table: str, partition: str, key: str) -> Record | None:
        """Return one row, or None."""
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                return _record(await self._table(table).get_entity(partition, key))
            except ResourceNotFoundError:
                return None

    async def partition(self, table: str, partition: str, prefix: str = "", start: str = "") -> AsyncIterator[Record]:
        """Yield the rows of a partition whose key begins with `prefix`, in key order, from the key `start` on."""
        query, values = "PartitionKey eq @partition", {"partition": partition}
        if prefix:
            query += f" and {_BEGINS}"
            values |= _range(prefix)
        elif start:
            query += f" and {_FROM}"
        if start:
            values["first"] = max(prefix, start)
        async for record in self._query(table, query, values):
            yield record

    async def select(self, table: str, partition: str, prefixes: Sequence[str]) -> AsyncIterator[Record]:
        """Yield the rows of a partition whose key begins with one of `prefixes`, in key order, in one request."""
        values = {"partition": partition}
        ranges = []
        for number, prefix in enumerate(prefixes):
            first, end = f"first{number}", f"end{number}"
            ranges.append(f"RowKey ge @{first} and RowKey lt @{end}")
            values |= {first: prefix, end: _end(prefix)}
        # The spaces are needed: the SDK finds parameters by splitting at them.
        async for record in self._query(table, f"PartitionKey eq @partition and ( {' or '.join(ranges)} )", values):
            yield record

    async def list_by_key(self, table: str, prefix: str, within: Partitions = ALL_PARTITIONS) -> AsyncIterator[Record]:
        """Yield the rows of the partitions `within` whose key begins with `prefix`, in order (a scan: for listings)."""
        query, values = (_BEGINS, _range(prefix)) if prefix else (_ALL, {})
        if within.after:
            query += " and PartitionKey gt @after"
            values["after"] = within.after
        if within.last:
            query += " and PartitionKey le @last"
            values["last"] = within.last
        async for record in self._query(table, query, values):
            yield record

    async def commit(self, table: str, partition: str, changes: Sequence[Change]) -> Mapping[str, str]:
        """Make 1..100 changes to different rows of one partition, all or none; raises Conflict. Creates the table.

        Raises ValueError for changes that no table takes: too many, too large (a transaction holds 4 MiB), two to one
        row, or a key with other characters.
        """
        check(changes)
        written: Mapping[str, str] = {}
        with azure_errors(_SERVICE):
            while changes:
                changes, written = await self._attempt(table, partition, changes)
        return written

    async def _attempt(self, table: str, partition: str, changes: Sequence[Change]) -> _Attempted:
        """Submit `changes` as one transaction; return the changes to retry, or the versions when it was accepted."""
        from azure.core.exceptions import HttpResponseError

        client = self._table(table)
        try:
            if len(changes) == 1 and isinstance(changes[0], Insert):
                # half the work of a transaction
                answers = [await client.create_entity(_operation(partition, changes[0])[1])]
            else:
                answers = await client.submit_transaction([_operation(partition, change) for change in changes])
            return (), _versions(changes, answers)
        except HttpResponseError as error:
            if error.status_code in {_CONFLICT, _PRECONDITION_FAILED}:
                raise Conflict from error
            if error.status_code == _TOO_LARGE:
                raise ValueError("the transaction is over 4 MiB: commit fewer rows at a time") from error
            if error.status_code != _NOT_FOUND:
                raise
            if error_code(error) == "TableNotFound":
                await self._create(client)
                return changes, {}
            return await self._without_vain_deletes(table, partition, changes), {}

    async def _without_vain_deletes(self, table: str, partition: str, changes: Sequence[Change]) -> Sequence[Change]:
        """Drop deletions of missing rows, which fail a transaction; raises Conflict when there are none."""
        left = [
            change
            for change in changes
            if not (isinstance(change, Delete) and change.version is None)
            or await self.get(table, partition, change.key) is not None
        ]
        if len(left) == len(changes):
            raise Conflict
        return left

    async def _query(self, table: str, query: str, values: dict[str, str]) -> AsyncIterator[Record]:
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors(_SERVICE):
            try:
                async for entity in self._table(table).query_entities(query, parameters=values):
                    yield _record(entity)
            except ResourceNotFoundError:
                return

    def _table(self, table: str) -> "TableClient":
        if table not in self._tables:
            self._tables[table] = self._service.get_table_client(table)
        return self._tables[table]

    async def _create(self, client: "TableClient") -> None:
        """Make sure that the table exists: somebody else may create it at the same moment."""
        from azure.core.exceptions import ResourceExistsError

        with suppress(ResourceExistsError):
            await client.create_table()


def _operation(partition: str, change: Change) -> _Operation:
    """Return what azure-data-tables calls this change."""
    from azure.core import MatchConditions
    from azure.data.tables import UpdateMode

    row = {"PartitionKey": partition, "RowKey": change.key}
    match change:
        case Insert():
            return "create", row | _split_body(change.body)
        case Put():
            return "upsert", row | _split_body(change.body), {"mode": UpdateMode.REPLACE}
        case Delete(version=None):
            return "delete", row
        case Delete(version=version) | Replace(version=version):
            guard = {"etag": version, "match_condition": MatchConditions.IfNotModified}
            if isinstance(change, Delete):
                return "delete", row, guard
            return "update", row | _split_body(change.body), guard | {"mode": UpdateMode.REPLACE}


def _versions(changes: Sequence[Change], answers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the versions of the rows that a transaction wrote: its answer has an ETag for each, in their order."""
    pairs = zip(changes, answers, strict=True)
    return {change.key: str(answer["etag"]) for change, answer in pairs if not isinstance(change, Delete)}


def _split_body(body: str) -> dict[str, str]:
    """Return the body as properties that each fit into a table."""
    pieces = [body[start : start + _PROPERTY] for start in range(0, len(body), _PROPERTY)] or [""]
    return dict(zip(_properties(), pieces, strict=False))


def _properties() -> Iterator[str]:
    """Yield the names of a body's properties: body, body1, body2, ..."""
    yield "body"
    number = 0
    while True:
        number += 1
        yield f"body{number}"


def _range(prefix: str) -> dict[str, str]:
    """Return the values of `_BEGINS`: the keys from `prefix` up to the first that does not begin with it."""
    return {"first": prefix, "end": _end(prefix)}


def _end(prefix: str) -> str:
    """Return the first key behind those that begin with `prefix`."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _record(entity: "TableEntity") -> Record:
    """Return the row that was stored by `_operation`."""
    pieces = []
    for name in _properties():
        if name not in entity:
            break
        pieces.append(entity[name])
    return Record(entity["PartitionKey"], entity["RowKey"], "".join(pieces), str(entity.metadata["etag"]))


def _options(retries: int) -> dict[str, Any]:
    """Client options: few and short retries (0, 1, 2 s), because a step that fails here is repeated by its queue."""
    counts = dict.fromkeys(("retry_total", "retry_connect", "retry_read", "retry_status"), retries)
    return {**counts, "retry_backoff_factor": 0.5, "connection_timeout": 5, "read_timeout": 30}
