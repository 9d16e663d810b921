"""Taking files out of files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from shared.domain.documents.run import Reason
from shared.domain.documents.unpacking import Bounds, Member
from shared.ports.reading import SourceFile


class Entry(NamedTuple):
    """A member as its format gives it: its whole name there, and its content in pieces, or why it is left out.

    Taking a piece raises Unreadable when this member alone is damaged or encrypted.
    """

    name: str
    content: Iterable[bytes] = ()
    skipped: Reason | None = None


type Entries = Callable[[SourceFile], Iterator[Entry]]
"""Reads one format: the entries of a file, in their order. A module-level function, so that it pickles.

It raises Unreadable (`unreadable`, `password_required`) for the file as a whole.
"""


class Unpacker(Protocol):
    """Takes the members out of files of one family of formats."""

    async def unpack(self, file: SourceFile, target: Path, bounds: Bounds) -> tuple[Member, ...]:
        """Write each member into the folder `target` as `Member.file`; all entries in order, those left out included.

        A damaged, encrypted, empty or too large member is left out with the reason. Raises Unreadable: `too_large` when
        all together go beyond `bounds`, `unreadable` or `password_required` for the file as a whole, `too_slow`.
        """
