"""The storage account of a cloud: what must exist in it, and uploads to it."""

import asyncio
import contextlib
import mimetypes
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shared.document_types.yaml_files.folder import TYPE_FILE, TypeFolder
from shared.domain.documents.document import document_id
from shared.domain.uploads.containers import DEFAULT_CONTAINER
from shared.pipeline.intake.upload_events import UPLOAD_EVENTS
from shared.pipeline.operations.health.backlog import BLOB_POISON, STAGE_QUEUES
from shared.upload_settings import Intake

if TYPE_CHECKING:
    from azure.storage.blob.aio import ContainerClient

TYPES = "document-types"
"""Where document types are added while the system runs."""
CONTAINERS = ("results", "unpacked", "work", TYPES)
"""The containers of a cloud beside those of uploads."""
TABLES = ("documents", "catalog")


def queues(intake: Intake) -> set[str]:
    """Return the queues of a cloud whose uploads are announced in this way."""
    work = [*STAGE_QUEUES, *([UPLOAD_EVENTS] if intake == "queue" else [])]
    return {*work, *(f"{name}-poison" for name in work), BLOB_POISON}


async def prepare(
    connection_string: str, intake: Intake = "webhook", upload_containers: Sequence[str] = (DEFAULT_CONTAINER,)
) -> None:
    """Create the containers, queues and tables that are not there yet, as a deployment would."""
    from azure.core.exceptions import ResourceExistsError
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

    blobs = BlobServiceClient.from_connection_string(connection_string)
    queue_service = QueueServiceClient.from_connection_string(connection_string)
    tables = TableServiceClient.from_connection_string(connection_string)
    async with blobs, queue_service, tables:
        creations = [
            *(blobs.create_container(name) for name in (*upload_containers, *CONTAINERS)),
            *(queue_service.create_queue(name) for name in sorted(queues(intake))),
            *(tables.create_table(name) for name in TABLES),
        ]
        for outcome in await asyncio.gather(*creations, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, ResourceExistsError):
                raise outcome


class Uploads:
    """Puts files into a container of uploads."""

    def __init__(self, container: "ContainerClient") -> None:
        self._container = container

    async def upload(self, path: Path, name: str, *, overwrite: bool = True) -> str:
        """Upload a file as the blob `name`; the id of the Document that it becomes.

        Raises OSError when it cannot be read, FileExistsError when the blob exists and may not be overwritten, azure's
        AzureError when storage cannot be reached.
        """
        from azure.core.exceptions import ResourceExistsError
        from azure.storage.blob import ContentSettings

        content_settings = ContentSettings(content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
        try:
            with path.open("rb") as file:
                done = await self._container.upload_blob(
                    name, file, overwrite=overwrite, content_settings=content_settings
                )
        except ResourceExistsError as error:
            raise FileExistsError(name) from error
        properties = await done.get_blob_properties()
        return document_id(self._container.container_name, name, properties.etag)

    async def upload_beside(self, path: Path, name: str) -> tuple[str, str]:
        """Upload a file as `name` or, where that exists, into a numbered folder; the name and the Document's id.

        Overwriting would end a Document that has not been read yet. Raises as `upload`.
        """
        folder, _, file = name.rpartition("/")
        chosen, number = name, 1
        while True:
            try:
                return chosen, await self.upload(path, chosen, overwrite=False)
            except FileExistsError:
                number += 1
                chosen = f"{folder or 'files'}/{number}/{file}"

    async def documents(self, prefix: str) -> dict[str, str]:
        """Return the Document's id of each blob whose name begins with `prefix`, by name."""
        blobs, container = self._container.list_blobs(name_starts_with=prefix), self._container.container_name
        return {blob.name: document_id(container, blob.name, blob.etag) async for blob in blobs}


async def add_type(connection_string: str, folder: TypeFolder) -> None:
    """Put a type's folder into the container of types, `type.yaml` last, and remove what it no longer has."""
    from azure.storage.blob.aio import ContainerClient

    async with ContainerClient.from_connection_string(connection_string, TYPES) as container:
        for file in sorted(folder.files, key=lambda name: name == TYPE_FILE):
            await container.upload_blob(f"{folder.name}/{file}", folder.files[file], overwrite=True)
        async for name in container.list_blob_names(name_starts_with=f"{folder.name}/"):
            if name.partition("/")[2] not in folder.files:
                await container.delete_blob(name)


@contextlib.asynccontextmanager
async def uploads(connection_string: str, name: str = DEFAULT_CONTAINER) -> AsyncIterator[Uploads]:
    """Upload to a container of the storage account behind a connection string, for the length of a block."""
    from azure.storage.blob.aio import ContainerClient

    async with ContainerClient.from_connection_string(connection_string, name) as container:
        yield Uploads(container)
