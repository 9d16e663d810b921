"""The side of the typesetter that stays in this process: it imports neither PyMuPDF nor a parser."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

from shared.adapters.typesetting.flow_layout import TypesettingLimits
from shared.adapters.typesetting.marks import PageMarks
from shared.adapters.typesetting.typeset import marks_path, typeset
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.isolation import Isolation
from shared.ports.reading import Parser, Reader, SourceFile, SourcePage


class TypesettingReader:
    """A Reader of a format that `parser` knows: it is typeset once as a PDF beside the file, which `pdf` then reads."""

    def __init__(self, isolation: Isolation, parser: Parser, pdf: Reader, limits: TypesettingLimits) -> None:
        self._isolation = isolation
        self._parser = parser
        self._pdf = pdf
        self._limits = limits

    async def count(self, file: SourceFile) -> int:
        """How many pages the file fills; raises Unreadable as the parser does, and `too_large` over the limits."""
        return await self._pdf.count(await self._set(file))

    async def pages(
        self, file: SourceFile, numbers: Sequence[int], model: Ceiling, ocr: Ceiling
    ) -> AsyncIterator[SourcePage]:
        """Yield the pages `numbers`, in that order; boxes and sizes in points."""
        typeset_file = await self._set(file)
        marks = await asyncio.to_thread(PageMarks.read, marks_path(typeset_file.path))
        async for source in self._pdf.pages(typeset_file, numbers, model, ocr):
            yield source._replace(page=marks.apply(source.page))

    async def _set(self, file: SourceFile) -> SourceFile:
        """Return the PDF of the file; made when there is none of this version."""
        target, is_there = await asyncio.to_thread(_target, file.path)
        if not is_there:
            await self._isolation.run(typeset, self._parser, file, str(target), self._limits)
        return replace(file, path=target)


def _target(file: Path) -> tuple[Path, bool]:
    """Return where the PDF of this very version of a file is, and whether it and its marks are there."""
    status = file.stat()
    target = Path(f"{file}.{status.st_size}-{status.st_mtime_ns}.pdf")
    return target, target.exists() and marks_path(target).exists()
