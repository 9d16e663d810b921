"""The side of the reader that stays in this process: it never imports lxml."""

from pathlib import Path

from shared.adapters.einvoice.terms import MAX_BYTES, is_einvoice, read_terms
from shared.domain.base.errors import Unreadable
from shared.domain.types.einvoice import SecondReading, Vocabulary
from shared.ports.isolation import Isolation
from shared.ports.reading import Attachment, EInvoiceSource, SourceFile


class LxmlEInvoices:
    """An EmbeddedDataReader of the e-invoice that `source` finds in a file."""

    def __init__(self, isolation: Isolation, vocabulary: Vocabulary, source: EInvoiceSource) -> None:
        self._isolation = isolation
        self._vocabulary = vocabulary
        self._source = source

    async def read(self, file: SourceFile) -> SecondReading | None:
        """Read the file's e-invoice; one that cannot be read has a `problem`; None when the file has none."""
        name = ""
        try:
            attachment = await self._source.einvoice(file)
            if attachment is None:
                return None
            name = attachment.name
            return await self._isolation.run(read_terms, attachment, self._vocabulary)
        except Unreadable as failure:
            return SecondReading(source=name, problem=str(failure))


class LxmlEInvoiceFile:
    """An EInvoiceSource of XML files: the file itself, when it is an e-invoice."""

    def __init__(self, isolation: Isolation, vocabulary: Vocabulary) -> None:
        self._isolation = isolation
        self._vocabulary = vocabulary

    async def einvoice(self, file: SourceFile) -> Attachment | None:
        """Return the file, without a name; None for XML that is no e-invoice. Raises Unreadable (`too_large`)."""
        return await self._isolation.run(whole_file, str(file.path), self._vocabulary)


def whole_file(path: str, vocabulary: Vocabulary) -> Attachment | None:
    """Return the file's bytes when its root element is an e-invoice's; raises Unreadable (`too_large`)."""
    if not is_einvoice(path, vocabulary):
        return None
    if Path(path).stat().st_size > MAX_BYTES:
        raise Unreadable("too_large", f"The e-invoice has more than {MAX_BYTES:,} bytes.")
    return Attachment("", Path(path).read_bytes())
