"""Temporary folders, made and deleted off the event loop: unpacked files may be gigabytes."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def temporary_folder() -> AsyncIterator[Path]:
    """Make a folder, and delete it with all that is in it when the context ends."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="intray-"))
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
