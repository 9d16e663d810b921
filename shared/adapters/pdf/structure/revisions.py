"""Earlier revisions that a PDF still holds: whether the content of a page says something else there.

Programs that save a change append it to the file. Signing, filling in a form and adding a stamp leave the words of the
page's content as they were; only where one of these was changed or removed does a reviewer have to know.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymupdf

MAX_BYTES = 20_000_000
"""Of a larger file no earlier revision is opened: each takes as much memory as the file."""
_END = b"%%EOF"
_HEAD_BYTES = 1024
"""Where a file says that it is linearized: such a one has an end of its own after its first page."""


class EarlierRevisions:
    """The first revision of an open PDF and the one before the last, where it has any."""

    def __init__(self, path: str, passwords: tuple[str, ...], document: "pymupdf.Document") -> None:
        self._path = Path(path)
        self._passwords = passwords
        self._document = document

    @cached_property
    def _earlier(self) -> "list[pymupdf.Document]":
        if self._document.version_count <= 1 or self._path.stat().st_size > MAX_BYTES:
            return []
        return list(_earlier_revisions(self._path.read_bytes(), self._passwords))

    def differ(self, number: int) -> bool:
        """Tell whether words of the content of page `number` (from 1) were changed or removed.

        The last page answers for pages that were removed.
        """
        return any(self._differs(earlier, number) for earlier in self._earlier)

    def _differs(self, earlier: "pymupdf.Document", number: int) -> bool:
        import pymupdf

        try:
            xref = self._document.page_xref(number - 1)
            places = {earlier.page_xref(place): place for place in range(earlier.page_count)}
            before = _content_words(earlier, places[xref]) if xref in places else Counter[str]()
            if before - _content_words(self._document, number - 1):
                return True
            if number < self._document.page_count:
                return False
            remaining = {self._document.page_xref(place) for place in range(self._document.page_count)}
            removed = [place for page, place in places.items() if page not in remaining]
            return any(_content_words(earlier, place) for place in removed)
        except (RuntimeError, ValueError, IndexError, pymupdf.mupdf.FzErrorBase):
            return False  # an earlier revision that cannot be read shows nothing to anybody


def _earlier_revisions(data: bytes, passwords: tuple[str, ...]) -> Iterator["pymupdf.Document"]:
    """Open the first revision, and the one before the last; one that is not whole is passed over."""
    import pymupdf

    ends = _ends(data)[:-1]
    if b"/Linearized" in data[:_HEAD_BYTES]:
        ends = ends[1:]
    for end in dict.fromkeys((*ends[-1:], *ends[:1])):
        try:
            earlier = pymupdf.open("pdf", data[:end])
            opens = not earlier.needs_pass or any(earlier.authenticate(password) for password in passwords)
            if opens and not earlier.is_repaired and earlier.page_count:
                yield earlier
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
            continue  # cut off in the middle of something else: no revision


def _ends(data: bytes) -> list[int]:
    ends, at = list[int](), data.find(_END)
    while at >= 0:
        ends.append(at + len(_END))
        at = data.find(_END, at + 1)
    return ends


def _content_words(document: "pymupdf.Document", place: int) -> Counter[str]:
    """Return the words that the content of a page says, without annotations and fields, by their letters and digits."""
    from pymupdf import TEXT_PRESERVE_WHITESPACE, extra, mupdf

    page = mupdf.pdf_page_from_fz_page(document[place].this)
    text = mupdf.FzStextPage(mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE))
    device = mupdf.fz_new_stext_device(text, mupdf.FzStextOptions(TEXT_PRESERVE_WHITESPACE))
    mupdf.pdf_run_page_contents(page, device, mupdf.FzMatrix(), mupdf.FzCookie())
    mupdf.fz_close_device(device)
    words = ("".join(filter(str.isalnum, word[4])) for word in extra.extractWORDS(text, None))
    return Counter(word for word in words if word)
