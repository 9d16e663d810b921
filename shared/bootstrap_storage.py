"""Build the adapters of the storage account, and the identity that everything is reached with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.environment import StorageSettings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from shared.adapters.base.azure_dates import OnDate
    from shared.adapters.storage.blobs import AzureBlobs
    from shared.adapters.storage.queues import AzureQueues
    from shared.adapters.storage.tables import AzureTables


@asynccontextmanager
async def open_storage(storage: StorageSettings) -> "AsyncIterator[tuple[AzureBlobs, AzureTables]]":
    """Yield the blobs and rows of an account to a command, and close the connections; raises MissingSetting."""
    blobs, queues, records = storage_adapters(storage)
    try:
        yield blobs, records
    finally:
        for adapter in (blobs, queues, records):
            await adapter.close()


def storage_adapters(
    storage: StorageSettings, on_date: "OnDate | None" = None
) -> "tuple[AzureBlobs, AzureQueues, AzureTables]":
    """Return the adapters of an account; `on_date` receives the service's time. Raises MissingSetting."""
    from shared.adapters.storage.blobs import AzureBlobs
    from shared.adapters.storage.tables import AzureTables

    queues = queue_adapter(storage)
    if storage.connection is not None:
        secret = storage.connection_string
        return (
            AzureBlobs.from_connection_string(secret, on_date=on_date),
            queues,
            AzureTables.from_connection_string(secret, on_date=on_date),
        )
    blob_url, _queue_url, table_url = storage.need_service_urls()
    credential = azure_credential(storage)
    return (
        AzureBlobs.from_identity(blob_url, credential, on_date=on_date),
        queues,
        AzureTables.from_identity(table_url, credential, on_date=on_date),
    )


def queue_adapter(storage: StorageSettings) -> "AzureQueues":
    """Return the adapter of the queues, which works when the other addresses are missing; raises MissingSetting."""
    from shared.adapters.storage.queues import AzureQueues

    if storage.connection is not None:
        return AzureQueues.from_connection_string(storage.connection_string)
    queue_url = storage.service_url("queue") or storage.need_service_urls()[1]  # the latter says what is missing
    return AzureQueues.from_identity(queue_url, azure_credential(storage))


def azure_credential(storage: StorageSettings) -> "AsyncTokenCredential":
    """Return the identity of the settings: the managed one, or the first that is there."""
    from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

    if storage.credential == "managedidentity":
        return ManagedIdentityCredential(client_id=storage.client_id)
    return DefaultAzureCredential(managed_identity_client_id=storage.client_id)
