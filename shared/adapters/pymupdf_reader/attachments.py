"""The e-invoice that a PDF carries among its attachments."""

from shared.adapters.pymupdf_reader.document import opened
from shared.domain.einvoice import is_einvoice_name
from shared.domain.errors import Unreadable
from shared.ports.isolation import Isolation
from shared.ports.reading import Attachment, SourceFile

MAX_BYTES = 50_000_000
"""An attachment that says it is larger is not unpacked; one that lies meets the memory limit of the child."""


class PyMuPDFEInvoice:
    """An EInvoiceSource of PDFs (ZUGFeRD, Factur-X, Order-X): the first attachment with a name that they fix."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation

    async def einvoice(self, file: SourceFile) -> Attachment | None:
        """The attached XML, or None; raises Unreadable when it cannot be unpacked."""
        return await self._isolation.run(attached_einvoice, str(file.path), file.passwords)


def attached_einvoice(path: str, passwords: tuple[str, ...]) -> Attachment | None:
    """The first attachment whose name is an e-invoice's; raises Unreadable (`unreadable`, `too_large`)."""
    import pymupdf

    try:
        document = opened(path, passwords)
        for index in range(document.embfile_count()):
            info = document.embfile_info(index)
            name = str(info.get("ufilename") or info.get("filename") or info.get("name") or "")
            if is_einvoice_name(name) or is_einvoice_name(str(info.get("name", ""))):
                if max(int(info.get("size", 0)), int(info.get("length", 0))) > MAX_BYTES:
                    raise Unreadable("too_large", f"The attached e-invoice has more than {MAX_BYTES:,} bytes.")
                return Attachment(name.strip(), bytes(document.embfile_get(index)))
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        raise Unreadable("unreadable", "The PDF's attachments are damaged, so no e-invoice could be read.") from None
    return None
