"""Passwords in a YAML file on this machine: for development, and wherever no Key Vault is at hand."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from shared.domain.base.errors import Permanent

ANY = "*"
_LISTS = TypeAdapter(dict[str, tuple[str, ...]])


class PasswordFile:
    """The Passwords port over a file such as `{invoice: ["s3cret"], "*": ["letmein"]}`.

    It is read at every question, so that a password that was just added serves the next replay. A number must be
    quoted: YAML would drop its leading zeros.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def of(self, document_types: Sequence[str]) -> tuple[str, ...]:
        """Return the passwords of these types, then those of `*`; raises Permanent (`bad_passwords`)."""
        lists = await asyncio.to_thread(self._read)
        return tuple(dict.fromkeys(word for name in (*document_types, ANY) for word in lists.get(name, ())))

    def _read(self) -> dict[str, tuple[str, ...]]:
        try:
            return _LISTS.validate_python(yaml.safe_load(self._path.read_text(encoding="utf-8")) or {})
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
            raise Permanent(
                "bad_passwords",
                f"The file of passwords (INTRAY_PASSWORDS_FILE) cannot be read ({type(error).__name__}): it must be "
                "YAML with a list of quoted passwords for each document type, or `*` for any.",
            ) from None  # the cause may quote the passwords
