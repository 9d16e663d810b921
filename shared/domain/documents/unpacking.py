"""What a file holds when it holds files: its members, what bounds them, and how they are called."""

import re
import unicodedata
from typing import NamedTuple, NoReturn

from shared.domain.base.errors import Unreadable
from shared.domain.base.stored import Stored
from shared.domain.documents.run import Reason
from shared.domain.reading.page_range import PageRange

COVER = "cover"
"""Why the pages of a PDF portfolio are not read: they only say that the files are inside."""
LOST = frozenset({"password_required", "too_large", "unreadable", "external", "partial"})
"""Reasons for which a member that holds something is not processed; all others say that nothing is missed."""
RATIO_FROM = 10_000_000
"""Bytes up to which any ratio will do: a small file of blanks is no bomb."""
_LONGEST_NAME = 120
_LONGEST_SUFFIX = 12
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|#%]+")


class Member(Stored):
    """One entry of a file that holds files, in its place (`index`, from 1). `size` in bytes.

    Either it becomes a child Document (`document_id`, once it has one), or `skipped` says why not. Of a stack of
    documents in one file, each is a member that is some `pages` of it.
    """

    index: int
    name: str
    size: int = 0
    document_id: str | None = None
    skipped: Reason | None = None
    pages: PageRange | None = None

    @property
    def file(self) -> str:
        """The name of its file in the folder that it is unpacked into."""
        return f"{self.index:05d}"


class Bounds(NamedTuple):
    """The most that may come out of a file: entries, bytes of all and of each, unpacked bytes for each packed one."""

    members: int
    total_bytes: int
    member_bytes: int
    ratio: int


class Tally:
    """Counts what comes out of a file of `packed` bytes; raises Unreadable with code `too_large` beyond the bounds.

    `broken`: what it raised, which is said of the whole file, not of a member.
    """

    def __init__(self, bounds: Bounds, packed: int) -> None:
        self._bounds = bounds
        self._packed = max(packed, 1)
        self._members = 0
        self._bytes = 0
        self.broken: Unreadable | None = None

    def member(self) -> None:
        """Count one more member; raise Unreadable when there are too many."""
        self._members += 1
        if self._members > self._bounds.members:
            self._break("it holds too many files", "INTRAY_MAX_MEMBERS")

    def grow(self, size: int) -> None:
        """Count `size` more bytes; raise Unreadable when they are too many."""
        self._bytes += size
        if self._bytes > self._bounds.total_bytes:
            self._break("what it holds is too large", "INTRAY_MAX_UNPACKED_BYTES")
        if self._bytes > max(RATIO_FROM, self._packed * self._bounds.ratio):
            self._break("it unpacks to far more than it has bytes, as a bomb does", "INTRAY_MAX_UNPACK_RATIO")

    def _break(self, reason: str, setting: str) -> NoReturn:
        self.broken = too_large(reason, setting)
        raise self.broken


def too_large(reason: str, setting: str) -> Unreadable:
    """Return the refusal of a file for `reason`, naming the setting that an operator may raise."""
    return Unreadable(
        "too_large", f"The file is not unpacked, because {reason} ({setting}): upload the files individually."
    )


def plain_name(name: str) -> str:
    """Return a member's whole name as it can be stored and shown: composed letters, no control characters."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", "".join(sign if sign.isprintable() else " " for sign in text)).strip()[:1000]


def file_name(name: str) -> str:
    """Return the last part of a member's name, safe in any path: no separator, no drive, at most 120 characters.

    What leads out of a folder (`..`, a root, a drive) is a matter of the parts before, so it is gone.
    """
    last = re.split(r"[/\\]", plain_name(name).rstrip("/\\ "))[-1]
    leaf = _UNSAFE.sub("_", last).strip(". ")
    stem, dot, suffix = leaf.rpartition(".")
    if len(leaf) > _LONGEST_NAME and dot and len(suffix) <= _LONGEST_SUFFIX:
        return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"
    return leaf[:_LONGEST_NAME] or "file"
