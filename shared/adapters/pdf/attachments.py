"""The e-invoice that a PDF carries among its attachments."""

from typing import TYPE_CHECKING

from shared.adapters.pdf.structure.opening import open_pdf
from shared.domain.base.errors import Unreadable
from shared.domain.types.einvoice import is_einvoice_content, is_einvoice_name
from shared.ports.isolation import Isolation
from shared.ports.reading import Attachment, SourceFile

if TYPE_CHECKING:
    import pymupdf

MAX_BYTES = 50_000_000
"""An attachment that says it is larger is not unpacked; one that lies meets the memory limit of the child."""


class PyMuPDFEInvoice:
    """An EInvoiceSource of PDFs (ZUGFeRD, Factur-X, Order-X): see `attached_einvoice`."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation

    async def einvoice(self, file: SourceFile) -> Attachment | None:
        """Return the attached XML, or None; raises Unreadable when it cannot be unpacked, or when several differ."""
        return await self._isolation.run(attached_einvoice, str(file.path), file.passwords)


def attached_einvoice(path: str, passwords: tuple[str, ...]) -> Attachment | None:
    """Return the attachment whose name the standards fix, else the one that is an e-invoice by its content.

    Raises Unreadable: `unreadable`, `too_large`, and `ambiguous` when two of those differ.
    """
    import pymupdf

    try:
        document = open_pdf(path, passwords)
        places = einvoice_places(document)
        names_by_content = {document.embfile_get(place): attachment_name(document, place) for place in places}
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        raise Unreadable("unreadable", "The PDF's attachments are damaged, so no e-invoice could be read.") from None
    if len(names_by_content) > 1:
        names = " and ".join(names_by_content.values())
        raise Unreadable("ambiguous", f"The PDF carries several e-invoices that differ: {names}.")
    return next((Attachment(name.strip(), bytes(data)) for data, name in names_by_content.items()), None)


def einvoice_places(document: "pymupdf.Document") -> list[int]:
    """Return which embedded files are e-invoices: those with a name that the standards fix, else those by content.

    Raises Unreadable (`too_large`) for one of a fixed name that is too large.
    """
    named, by_content = list[int](), list[int]()
    for place in range(document.embfile_count()):
        info = document.embfile_info(place)
        is_named = is_einvoice_name(attachment_name(document, place)) or is_einvoice_name(str(info.get("name", "")))
        is_large = max(int(info.get("size", 0)), int(info.get("length", 0))) > MAX_BYTES
        if is_named and is_large:
            raise Unreadable("too_large", f"The attached e-invoice has more than {MAX_BYTES:,} bytes.")
        if is_named:
            named.append(place)
        elif not is_large and is_einvoice_content(document.embfile_get(place)):
            by_content.append(place)
    return named or by_content


def attachment_name(document: "pymupdf.Document", place: int) -> str:
    """Return the name under which a file is embedded."""
    info = document.embfile_info(place)
    return str(info.get("ufilename") or info.get("filename") or info.get("name") or "")
