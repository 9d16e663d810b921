"""Passwords in a dictionary."""

from collections.abc import Mapping, Sequence


class MemoryPasswords:
    """The Passwords port in memory: lists by document type, `*` for any. A test may add to them."""

    def __init__(self, lists: Mapping[str, Sequence[str]] | None = None) -> None:
        self.lists: dict[str, list[str]] = {name: list(words) for name, words in (lists or {}).items()}

    async def of(self, document_types: Sequence[str]) -> tuple[str, ...]:
        """Return the passwords of these types, then those for any; each once."""
        return tuple(dict.fromkeys(word for name in (*document_types, "*") for word in self.lists.get(name, ())))
