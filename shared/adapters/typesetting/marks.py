"""Marks of typeset pages, stored beside their PDF: struck lines, and content that was not read."""

import json
from collections import defaultdict
from copy import replace
from pathlib import Path
from typing import NamedTuple

from shared.domain.reading.page import Line, Page, Word, line_id


class Band(NamedTuple):
    """The lines between two heights of a page, in points from its top."""

    top: float
    bottom: float


class PageMarks:
    """The marks of the pages (from 1) of one typeset file."""

    def __init__(self) -> None:
        self._struck: defaultdict[int, list[Band]] = defaultdict(list)
        self._unread: defaultdict[int, list[str]] = defaultdict(list)

    def add_struck(self, page: int, top: float, bottom: float) -> None:
        """Mark the lines between two heights as struck through."""
        self._struck[page].append(Band(top, bottom))

    def add_unread(self, page: int, code: str) -> None:
        """Mark that content was not read; each code counts once a page."""
        if code not in self._unread[page]:
            self._unread[page].append(code)

    def write(self, path: Path) -> None:
        """Write the marks to a new file."""
        path.write_text(json.dumps({"struck": self._struck, "unread": self._unread}), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "PageMarks":
        """Return the marks that `write` wrote."""
        marks, written = cls(), json.loads(path.read_text(encoding="utf-8"))
        for page, bands in written["struck"].items():
            marks._struck[int(page)] = [Band(*band) for band in bands]
        for page, codes in written["unread"].items():
            marks._unread[int(page)] = codes
        return marks

    def apply(self, page: Page) -> Page:
        """Return the page with its marks: struck words leave its lines, whose ids count on without a gap."""
        bands, codes = self._struck.get(page.number, []), self._unread.get(page.number, [])
        if not bands and not codes:
            return page
        lines, struck = list[Line](), list(page.struck)
        for line in page.lines:
            visible_words = tuple(word for word in line.words if not _lies_in(word, bands))
            struck += [word for word in line.words if _lies_in(word, bands)]
            if visible_words:
                lines.append(replace(line, id=line_id(page.number, len(lines) + 1), words=visible_words))
        return replace(page, lines=tuple(lines), struck=tuple(struck), unread=(*page.unread, *codes))


def _lies_in(word: Word, bands: list[Band]) -> bool:
    middle = (word.box[1] + word.box[3]) / 2
    return any(band.top <= middle <= band.bottom for band in bands)
