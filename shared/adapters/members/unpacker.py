"""Writes what a format's reader finds in a file, within bounds: the one place that counts, whatever the format."""

from collections.abc import Generator, Iterable
from copy import replace
from pathlib import Path

from shared.domain.documents.run import Reason
from shared.domain.documents.unpacking import Bounds, Member, Tally, plain_name
from shared.domain.errors import Unreadable
from shared.ports.isolation import Isolation
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entries, Entry

_EMPTY = Reason(code="empty", message="It has 0 bytes.")


class MemberUnpacker:
    """The Unpacker of one format: `entries` reads it, in `isolation`."""

    def __init__(self, isolation: Isolation, entries: Entries) -> None:
        self._isolation = isolation
        self._entries = entries

    async def unpack(self, file: SourceFile, target: Path, bounds: Bounds) -> tuple[Member, ...]:
        """Write each member into the folder `target`; all entries in order, with the reason for those left out.

        Raises Unreadable: `too_large` beyond `bounds`, `unreadable`, `password_required`, `too_slow`.
        """
        return await self._isolation.run(write_members, self._entries, file, str(target), bounds)


def write_members(entries: Entries, file: SourceFile, target: str, bounds: Bounds) -> tuple[Member, ...]:
    """The side that runs in a child."""
    tally = Tally(bounds, file.path.stat().st_size)
    members = []
    for index, entry in enumerate(entries(file), 1):
        tally.member()
        member = Member(index=index, name=plain_name(entry.name), skipped=entry.skipped)
        members.append(member if entry.skipped else _written(member, entry, Path(target), tally, bounds.member_bytes))
    return tuple(members)


def _written(member: Member, entry: Entry, folder: Path, tally: Tally, most: int) -> Member:
    """The member with its size once its file is there; without a file when it is damaged, empty or too large."""
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
