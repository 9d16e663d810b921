"""The files inside a PDF: embedded ones, those pinned to a page, and what a portfolio is made of."""

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from shared.adapters.pdf.attachments import attachment_name, einvoice_places
from shared.adapters.pdf.structure.opening import open_pdf
from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import Reason
from shared.domain.documents.unpacking import COVER
from shared.domain.types.einvoice import is_einvoice_name
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

if TYPE_CHECKING:
    import pymupdf

_DATA = Reason(code="second_reading", message="It is the document itself as data, and is read with it.")
_REPEATED = Reason(code="repeated", message="It is attached more than once; the first of them is processed.")
_COVER = Reason(code=COVER, message="The pages of a PDF portfolio only say that it holds files.")


def pdf_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the files attached to a PDF as a whole, then those attached to its pages; raises Unreadable.

    A portfolio that holds files gives an entry for its cover pages, left out, after them.
    """
    document = open_pdf(str(file.path), file.passwords)
    named = document.embfile_count()
    invoices = _einvoices(document)
    digests: set[bytes] = set()
    for place in range(named):
        info = document.embfile_info(place)
        name = _letters(info.get("ufilename") or info.get("filename") or info.get("name") or "attachment")
        yield _skip_repeated(
            Entry(name, _read_embedded(document, place), _DATA if place in invoices else None), digests
        )
    for number in range(document.page_count):
        for entry in _list_pinned(document, number):
            yield _skip_repeated(entry, digests)
    if named and document.xref_get_key(document.pdf_catalog(), "Collection")[0] != "null":
        yield Entry(f"cover ({document.page_count} pages)", skipped=_COVER)


def _einvoices(document: "pymupdf.Document") -> frozenset[int]:
    """Return which embedded files are the document itself as data; of several that differ, those of a fixed name."""
    import pymupdf

    try:
        places = einvoice_places(document)
        is_one = len({document.embfile_get(place) for place in places}) == 1
    except (Unreadable, RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):  # its reading says so
        places, is_one = list(range(document.embfile_count())), False
    return frozenset(place for place in places if is_one or is_einvoice_name(attachment_name(document, place)))


def _skip_repeated(entry: Entry, digests: set[bytes]) -> Entry:
    """Return the entry, marked as skipped when one of the same name and content came before (see `digests`).

    A page often points at an embedded file.
    """
    if entry.skipped:
        return entry
    try:
        data = b"".join(entry.content)
    except Unreadable as error:
        return Entry(entry.name, skipped=Reason(code=error.code, message=str(error)))
    digest = sha256(entry.name.encode("utf-8", "replace") + b"\0" + data).digest()
    if digest in digests:
        return Entry(entry.name, skipped=_REPEATED)
    digests.add(digest)
    return Entry(entry.name, [data])


def _list_pinned(document: "pymupdf.Document", number: int) -> Iterator[Entry]:
    """Yield the files that annotations of a page hold; a page is loaded only when it has such a one."""
    import pymupdf

    try:
        kinds = {kind for _, kind, _ in document.page_annot_xrefs(number)}
        if pymupdf.mupdf.PDF_ANNOT_FILE_ATTACHMENT not in kinds:
            return
        page = document[number]
        notes = list(page.annots(types=[pymupdf.mupdf.PDF_ANNOT_FILE_ATTACHMENT]))
    except (RuntimeError, ValueError, IndexError, pymupdf.mupdf.FzErrorBase):
        return  # reading the page reports the damage
    for note in notes:
        info: dict[str, Any] = _safe_info(note)
        yield Entry(_letters(info.get("filename") or "attachment"), _read_attached(note))


def _letters(name: object) -> str:
    """Return a file's name; PyMuPDF gives the bytes of its UTF-8 for letters."""
    try:
        return str(name).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return str(name)


def _safe_info(note: "pymupdf.Annot") -> dict[str, Any]:
    import pymupdf

    try:
        info: dict[str, Any] = note.file_info
    except (RuntimeError, ValueError, TypeError, KeyError, pymupdf.mupdf.FzErrorBase):
        return {}
    return info


def _read_embedded(document: "pymupdf.Document", place: int) -> Iterator[bytes]:
    import pymupdf

    try:
        yield bytes(document.embfile_get(place))
    except (RuntimeError, ValueError, TypeError, pymupdf.mupdf.FzErrorBase):
        raise Unreadable("unreadable", "The attachment is damaged: attach it again.") from None


def _read_attached(note: "pymupdf.Annot") -> Iterator[bytes]:
    import pymupdf

    try:
        yield bytes(note.get_file())
    except (RuntimeError, ValueError, TypeError, pymupdf.mupdf.FzErrorBase):
        raise Unreadable("unreadable", "The attachment is damaged: attach it again.") from None
