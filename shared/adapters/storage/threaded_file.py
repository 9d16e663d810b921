"""A file that is read off the event loop."""

import asyncio
from typing import BinaryIO


class ThreadedFile:
    """A file for the SDK to upload, which is read off the event loop; the SDK awaits what `read` returns."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.fileno = file.seek, file.tell, file.fileno  # these read nothing

    async def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, all that are left when negative."""
        return await asyncio.to_thread(self._file.read, size)

    def seekable(self) -> bool:
        """Return False: the SDK would read parts of the file at once, and without awaiting."""
        return False

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._file.close)
