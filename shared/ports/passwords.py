"""Passwords of encrypted files."""

from collections.abc import Sequence
from typing import Protocol


class Passwords(Protocol):
    """A store of passwords. They are handed to readers and nowhere else: no log, artifact, message or row holds one."""

    async def of(self, document_types: Sequence[str]) -> tuple[str, ...]:
        """Return the passwords for files of these document types, type by type, then those for any; each once.

        Raises Retryable when the store is away or does not let us in, Permanent (`bad_passwords`) when it is unusable.
        """
