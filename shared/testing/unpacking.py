"""Files that hold what the test says."""

from collections.abc import Callable, Sequence
from pathlib import Path

from shared.domain.documents.unpacking import Bounds, Member
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry, write_members
from shared.testing.isolation import InlineIsolation

type Contents = Callable[[bytes], Sequence[tuple[str, bytes]]]
"""The members of a file, names and contents, by the file's own content."""


class ScriptedUnpacker:
    """The Unpacker port: the members are what the script says, within the bounds that hold for every format.

    A member of no bytes is left out as empty, like everywhere.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.bounds: list[Bounds] = []

    async def unpack(self, file: SourceFile, target: Path, bounds: Bounds) -> tuple[Member, ...]:
        """Write the scripted members; raises Unreadable as the real one does."""
        self.bounds.append(bounds)
        entries = [Entry(name, [data]) for name, data in self._contents(file.path.read_bytes())]
        return await InlineIsolation().run(write_members, lambda _: iter(entries), file, str(target), bounds)
