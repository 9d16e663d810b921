"""Upload a load, and overwrites or deletes what is meant to be, some of it as soon as its Document is seen."""

import asyncio
from collections.abc import Sequence

from quality.chaos.evidence.evidence import Upload
from quality.chaos.evidence.outside import Outside
from quality.chaos.load import Item, is_good

_PAUSE = 1.0
_PATIENCE = 60


class Uploader:
    """`written` are the versions so far; a version is required unless it went before its Document was seen."""

    def __init__(self, outside: Outside, pause: float = _PAUSE) -> None:
        self._outside = outside
        self._pause = pause
        self.written: list[Upload] = []

    async def run(self, items: Sequence[Item], seconds: float) -> None:
        """Upload everything, spread over `seconds`; return when the last is overwritten or deleted."""
        async with asyncio.TaskGroup() as group:
            for item in items:
                if item.fate == "stays":
                    await self._upload(item.name, item.data)
                else:
                    group.create_task(self._pass(item))
                await asyncio.sleep(seconds / len(items))

    async def _upload(self, name: str, data: bytes) -> None:
        document = await self._outside.upload(name, data)
        self.written.append(Upload(name, document, required=True, good=is_good(data)))

    async def _pass(self, item: Item) -> None:
        """Upload something that does not stay: its first version is required only if it was taken in first."""
        document = await self._outside.upload(item.name, item.data)
        required = item.is_after_intake and await self._taken_in(document)
        self.written.append(Upload(item.name, document, required))
        if item.fate == "overwritten":
            await self._upload(item.name, item.after)
        else:
            await self._outside.delete(item.name)

    async def _taken_in(self, document: str) -> bool:
        for _ in range(_PATIENCE):
            if document in await self._outside.taken_in():
                return True
            await asyncio.sleep(self._pause)
        return False
