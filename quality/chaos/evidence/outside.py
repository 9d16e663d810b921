"""The storage account as anybody with its key sees it: tables, queues and blobs, read with the plain SDK."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from quality.chaos.evidence.evidence import Partition
from shared.domain.documents.document import document_id
from shared.domain.documents.run import Run, State
from shared.domain.uploads.containers import DEFAULT_CONTAINER
from shared.pipeline.models.gateway.single_flight import KEY, RequestClaim
from shared.pipeline.store.context import WORK
from shared.pipeline.store.rows.audit import Audit
from shared.pipeline.store.rows.keys import ACTIVE, CATALOG, DOCUMENTS
from shared.pipeline.store.rows.outbox import OutboxRow
from shared.pipeline.store.runs import run_key

if TYPE_CHECKING:
    from azure.data.tables import TableEntity
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

_REQUEST = "request-"
ANSWERS = "answers/"


@dataclass(frozen=True)
class Outside:
    """Clients of one account."""

    blobs: "BlobServiceClient"
    queues: "QueueServiceClient"
    tables: "TableServiceClient"

    async def upload(self, name: str, data: bytes) -> str:
        """Upload, over whatever is there; the id of the Document that this version becomes."""
        done = await self.blobs.get_blob_client(DEFAULT_CONTAINER, name).upload_blob(data, overwrite=True)
        return document_id(DEFAULT_CONTAINER, name, str(done["etag"]))

    async def delete(self, name: str) -> None:
        """Delete an upload."""
        await self.blobs.get_blob_client(DEFAULT_CONTAINER, name).delete_blob()

    async def taken_in(self) -> set[str]:
        """Return the ids of all Documents."""
        return {str(row["PartitionKey"]) async for row in self._rows(DOCUMENTS, "RowKey eq 'document'")}

    async def documents(self) -> dict[str, Partition]:
        """Return every row of every Document, by its id."""
        partitions: dict[str, Partition] = {}
        async for row in self._rows(DOCUMENTS, "PartitionKey ge ''"):
            _add(partitions.setdefault(str(row["PartitionKey"]), Partition()), str(row["RowKey"]), _body(row))
        return partitions

    async def run_state(self, document: str, number: int) -> State | None:
        """Return the state of a Run."""
        from azure.core.exceptions import ResourceNotFoundError

        try:
            row = await self.tables.get_table_client(DOCUMENTS).get_entity(document, run_key(number))
        except ResourceNotFoundError:
            return None
        return Run.model_validate_json(_body(row)).state

    async def marks(self) -> list[str]:
        """Return the Documents that the sweeper still has on its list."""
        return [str(row["RowKey"]) async for row in self._rows(CATALOG, f"PartitionKey eq '{ACTIVE}'")]

    async def claims(self) -> dict[str, RequestClaim]:
        """Return the ledger's rows, by request."""
        query = f"RowKey eq '{KEY}' and PartitionKey ge '{_REQUEST}' and PartitionKey lt 'request.'"
        rows = [row async for row in self._rows(CATALOG, query)]
        return {str(row["PartitionKey"]).removeprefix(_REQUEST): _claim(row) for row in rows}

    async def held_tries(self) -> dict[str, int]:
        """Return the tries so far of the requests that somebody is asking, or was asking when it died."""
        now = datetime.now(UTC)
        return {request: claim.tries for request, claim in (await self.claims()).items() if claim.expires > now}

    async def stored_answers(self) -> dict[str, str]:
        """Return the try whose answer is kept, by request."""
        tokens = {}
        for name in await self.names(WORK, ANSWERS):
            stream = await self.blobs.get_blob_client(WORK, name).download_blob()
            request = name.removeprefix(ANSWERS).removesuffix(".json")
            tokens[request] = str(json.loads(await stream.readall())["token"])
        return tokens

    async def waiting(self) -> dict[str, int]:
        """How many messages each queue holds, hidden ones included; the poison queues and empty ones left out."""
        names = [queue.name async for queue in self.queues.list_queues() if not str(queue.name).endswith("-poison")]
        properties = await asyncio.gather(
            *(self.queues.get_queue_client(name).get_queue_properties() for name in names)
        )
        counts = {
            str(queue_properties.name): int(queue_properties.approximate_message_count or 0)
            for queue_properties in properties
        }
        return {name: count for name, count in counts.items() if count}

    async def names(self, container: str, prefix: str = "") -> list[str]:
        """Return the blobs of a container."""
        listing = self.blobs.get_container_client(container).list_blob_names(name_starts_with=prefix)
        return [name async for name in listing]

    async def exists(self, container: str, name: str) -> bool:
        """Return whether there is such a blob."""
        return bool(await self.blobs.get_blob_client(container, name).exists())

    async def results(self) -> dict[str, dict[str, Any]]:
        """Return the results, by blob name."""
        results = {}
        for name in await self.names("results"):
            stream = await self.blobs.get_blob_client("results", name).download_blob()
            results[name] = dict(json.loads(await stream.readall()))
        return results

    def _rows(self, table: str, query: str) -> AsyncIterator["TableEntity"]:
        return self.tables.get_table_client(table).query_entities(query)


@asynccontextmanager
async def outside(connection_string: str) -> AsyncIterator[Outside]:
    """Clients of the account for the length of a block."""
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

    blobs = BlobServiceClient.from_connection_string(connection_string)
    queues = QueueServiceClient.from_connection_string(connection_string)
    tables = TableServiceClient.from_connection_string(connection_string)
    async with blobs, queues, tables:
        yield Outside(blobs, queues, tables)


def _add(partition: Partition, key: str, body: str) -> None:
    """Sort one row into its place; receipts, reviews and the Document itself tell the audit nothing."""
    kind, _, rest = key.partition("-")
    if kind == "run":
        partition.runs[int(rest)] = Run.model_validate_json(body)
    elif kind == "audit":
        partition.audits.setdefault(int(rest.partition("-")[0]), []).append(Audit.model_validate_json(body))
    elif kind == "event":
        row = OutboxRow.model_validate_json(body)
        partition.events.append((row.event, row.published is not None))


def _claim(row: "TableEntity") -> RequestClaim:
    return RequestClaim.model_validate_json(_body(row))


def _body(row: "TableEntity") -> str:
    """Return the JSON of a row, whose long ones are spread over body, body1, body2, ..."""
    return "".join(str(row[name]) for name in ("body", "body1", "body2", "body3") if name in row)
