"""Passwords in Azure Key Vault."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from shared.adapters.base.azure_errors import azure_errors

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.keyvault.secrets.aio import SecretClient

ANY = "any"
_WHOLE_CALL = timedelta(seconds=60)
"""For one secret, with the SDK's retries: it waits up to 0.8, 1.6 and 3.2 seconds between them."""


class KeyVaultPasswords:
    """The Passwords port over secrets: `passwords-TYPE` (with - for _) and `passwords-any`, one password on a line.

    The identity needs the role Key Vault Secrets User. Secrets are requested each time, and only for a file that
    is encrypted, so that a password that was just added serves the next replay.
    """

    def __init__(self, client: "SecretClient", wait: timedelta = _WHOLE_CALL) -> None:
        self._client = client
        self._wait = wait

    @classmethod
    def from_identity(cls, url: str, credential: "AsyncTokenCredential") -> Self:
        """Return the vault at `url` (https://NAME.vault.azure.net), reached as `credential`."""
        from azure.keyvault.secrets.aio import SecretClient

        return cls(SecretClient(url, credential))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def of(self, document_types: Sequence[str]) -> tuple[str, ...]:
        """Return the passwords of these types, then those for any; raises Throttled, Unavailable, Blocked."""
        passwords_by_secret = [
            await self._lines(f"passwords-{name.replace('_', '-')}") for name in (*document_types, ANY)
        ]
        return tuple(dict.fromkeys(word for lines in passwords_by_secret for word in lines))

    async def _lines(self, secret: str) -> list[str]:
        """Return the lines of a secret; none when there is none, or it is disabled."""
        from azure.core.exceptions import ResourceNotFoundError

        with azure_errors("Key Vault"):
            try:
                async with asyncio.timeout(self._wait.total_seconds()):
                    value = (await self._client.get_secret(secret)).value
            except ResourceNotFoundError:
                return []
        return [line for line in (value or "").splitlines() if line]
