"""Write what a format's reader finds in a file, within bounds: the one place that counts, whatever the format."""

from pathlib import Path

from shared.domain.documents.unpacking import Bounds, Member
from shared.ports.isolation import Isolation
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entries, write_members


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
