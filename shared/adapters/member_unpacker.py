"""Writes what a format's reader finds in a file, within bounds: the one place that counts, whatever the format."""

from pathlib import Path

from shared.domain.errors import Unreadable
from shared.domain.run import Reason
from shared.domain.unpacking import Bounds, Member, Tally, plain_name
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
        members.append(member if entry.skipped else _written(member, entry, Path(target), tally, bounds))
    return tuple(members)


def _written(member: Member, entry: Entry, folder: Path, tally: Tally, bounds: Bounds) -> Member:
    """The member with its size once its file is there; without a file when it is damaged, empty or too large."""
    path = folder / member.file
    size = 0
    problem = _EMPTY
    with path.open("wb") as output:
        pieces = iter(entry.content)
        while True:
            try:
                piece = next(pieces, None)
            except Unreadable as error:
                size, problem = 0, Reason(code=error.code, message=str(error))
                break
            if piece is None:
                break
            tally.grow(len(piece))
            size += len(piece)
            if size > bounds.member_bytes:
                text = f"It has more than {bounds.member_bytes} bytes, the limit (INTRAY_MAX_BYTES)."
                size, problem = 0, Reason(code="too_large", message=text)
                break
            output.write(piece)
    if size:
        return member.model_copy(update={"size": size})
    path.unlink()
    return member.model_copy(update={"skipped": problem})
