"""Taking files out of files."""

from collections.abc import Callable, Generator, Iterable, Iterator
from copy import replace
from pathlib import Path
from typing import NamedTuple, Protocol

from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import Reason
from shared.domain.documents.unpacking import Bounds, Member, Tally, plain_name
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


_EMPTY = Reason(code="empty", message="It has 0 bytes.")


def write_members(entries: Entries, file: SourceFile, target: str, bounds: Bounds) -> tuple[Member, ...]:
    """Return the side that runs in a child."""
    tally = Tally(bounds, file.path.stat().st_size)
    members = []
    for index, entry in enumerate(entries(file), 1):
        tally.member()
        member = Member(index=index, name=plain_name(entry.name), skipped=entry.skipped)
        members.append(
            member if entry.skipped else _write_member(member, entry, Path(target), tally, bounds.member_bytes)
        )
    return tuple(members)


def _write_member(member: Member, entry: Entry, folder: Path, tally: Tally, most: int) -> Member:
    """Return the member with its size once its file is there; without a file when it is damaged, empty or too large."""
    path = folder / member.file
    try:
        size = _copy(entry.content, path, tally, most)
    except Unreadable as error:
        if error is tally.broken:
            raise
        path.unlink()
        return replace(member, skipped=Reason(code=error.code, message=str(error)))
    if size:
        return replace(member, size=size)
    path.unlink()
    return replace(member, skipped=_EMPTY)


def _copy(content: Iterable[bytes], path: Path, tally: Tally, most: int) -> int:
    """Write the pieces; how many bytes. Raises Unreadable for the member alone, or for the file (`tally.broken`)."""
    size = 0
    pieces = iter(content)
    try:
        with path.open("wb") as output:
            for piece in pieces:
                tally.grow(len(piece))
                size += len(piece)
                if size > most:
                    raise Unreadable("too_large", f"It has more than {most} bytes, the limit (INTRAY_MAX_BYTES).")
                output.write(piece)
    finally:
        if isinstance(pieces, Generator):
            pieces.close()  # and with it the member that it reads from
    return size
