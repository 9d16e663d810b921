"""What a format's reader makes of a file, as the tests of all formats look at it."""

from pathlib import Path

from shared.domain.documents.unpacking import Bounds, Member
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entries, write_members

WIDE = Bounds(members=1000, total_bytes=1_000_000_000, member_bytes=500_000_000, ratio=200)


class Unpacked:
    """The members of a file, and their contents by name."""

    def __init__(self, entries: Entries, file: Path, bounds: Bounds = WIDE, passwords: tuple[str, ...] = ()) -> None:
        self.folder = file.with_name(f"{file.name}-members")
        self.folder.mkdir()
        self.members: tuple[Member, ...] = write_members(entries, SourceFile(file, passwords), str(self.folder), bounds)

    @property
    def contents(self) -> dict[str, bytes]:
        """The content of each member that was not left out."""
        return {member.name: (self.folder / member.file).read_bytes() for member in self.members if not member.skipped}

    @property
    def skipped(self) -> dict[str, str]:
        """Why each other one was."""
        return {member.name: member.skipped.code for member in self.members if member.skipped}
