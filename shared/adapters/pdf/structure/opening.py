"""Open a PDF in a child process, and keep the one used last open."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.pdf.structure.page_tree import repair_page_tree
from shared.adapters.pdf.structure.revisions import EarlierRevisions
from shared.domain.base.errors import Unreadable

if TYPE_CHECKING:
    import pymupdf


class OpenPdf(NamedTuple):
    """An open PDF, how many pages more than it holds its page tree claims to have, and what it held earlier."""

    document: "pymupdf.Document"
    missing_pages: int
    earlier: EarlierRevisions


def open_pdf(path: str, passwords: tuple[str, ...]) -> "pymupdf.Document":
    """Open a PDF; raises Unreadable."""
    return reopen_pdf(path, passwords, 0).document


def reopen_pdf(path: str, passwords: tuple[str, ...], opening: int) -> OpenPdf:
    """Open a PDF again for each `opening`; raises Unreadable."""
    status = Path(path).stat()
    return _open(path, passwords, status.st_mtime_ns, status.st_size, opening)


@lru_cache(maxsize=1)
def _open(path: str, passwords: tuple[str, ...], _changed: int, _size: int, _opening: int) -> OpenPdf:
    """Return the open PDF; the one used last stays open for the next group of pages."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)  # noqa: FBT003 - positional by PyMuPDF's signature
    pymupdf.TOOLS.mupdf_display_warnings(False)  # noqa: FBT003 - as above; they would go to our stdout
    try:
        document = pymupdf.open(path, filetype="pdf")
        opens = not document.needs_pass or any(document.authenticate(password) for password in passwords)
        missing = repair_page_tree(document) if opens else 0
        pages = document.page_count if opens else 1
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        raise Unreadable("unreadable", "The PDF is damaged beyond repair: save a new copy and upload it.") from None
    if not opens:
        raise Unreadable(
            "password_required",
            "The PDF is encrypted, and none of the known passwords opens it: add its password and replay it, or upload "
            "a copy that opens without one.",
        )
    if pages < 1:
        raise Unreadable("no_pages", "The PDF has no pages: export it again from the program that made it.")
    return OpenPdf(document, missing, EarlierRevisions(path, passwords, document))
