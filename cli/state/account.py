"""Which storage account a command works on: that of the local cloud, or one in Azure by the caller's identity."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from local.cloud.addresses import find
from local.settings import LocalSettings
from shared.bootstrap_storage import open_storage
from shared.environment import StorageSettings
from shared.ports.blobs import Blobs
from shared.ports.records import Records


@asynccontextmanager
async def open_account(account: str | None, state: Path | None) -> AsyncIterator[tuple[Blobs, Records]]:
    """Yield blobs and rows of the account named `account`, or of the running local cloud; raises CloudError."""
    if account is not None:
        storage = StorageSettings(connection=None, account_name=account)
    else:
        storage = StorageSettings(connection=SecretStr(find(state or LocalSettings().state).storage))
    async with open_storage(storage) as adapters:
        yield adapters
