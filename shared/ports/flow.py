"""Reading files that have no pages of their own."""

from typing import Protocol

from shared.domain.content.blocks import Flow
from shared.ports.reading import SourceFile


class Parser(Protocol):
    """Parses one format into a flow. Runs in a child process, so it must pickle: a module's function, or a partial."""

    def __call__(self, file: SourceFile) -> Flow:
        """Return what the file says, in order.

        Raises Unreadable (`unreadable`, `password_required`, `too_large`), at the call or while it is iterated.
        """
