"""File formats by media type: what Intray can tell apart, and how a person calls each."""

from collections.abc import Iterable

from shared.domain.base.errors import Unreadable

FORMATS: dict[str, str] = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/webp": "WebP",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/heif": "HEIC",
    "image/avif": "AVIF",
    "image/jp2": "JPEG 2000",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.presentation": "ODP",
    "application/msword": "DOC",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.ms-powerpoint": "PPT",
    "application/x-ole-storage": "OLE compound file",
    "application/rtf": "RTF",
    "text/html": "HTML",
    "application/xml": "XML",
    "text/csv": "CSV",
    "text/plain": "text",
    "message/rfc822": "EML",
    "application/mbox": "MBOX",
    "application/vnd.ms-outlook": "MSG",
    "application/vnd.ms-tnef": "TNEF (winmail.dat)",
    "application/zip": "ZIP",
    "application/gzip": "GZIP",
    "application/x-tar": "TAR",
    "application/x-bzip2": "BZIP2",
    "application/x-xz": "XZ",
    "application/pkcs7-mime": "S/MIME (P7M)",
    "text/x-uuencode": "uuencoded text",
    "application/pgp-encrypted": "a PGP message",
    "application/x-7z-compressed": "7z",
    "application/vnd.rar": "RAR",
    "application/x-archive": "AR",
    "application/x-cpio": "CPIO",
    "application/vnd.ms-cab-compressed": "CAB",
    "application/zstd": "Zstandard",
    "application/epub+zip": "EPUB",
    "application/vnd.apple.iwork": "Apple iWork",
}
"""Media types that a Sniffer may name. Which of them can be read is decided by who has a Reader for them."""

OFFICE_OPEN_XML = tuple(name for name in FORMATS if name.startswith("application/vnd.openxmlformats-officedocument."))
"""What Word, Excel and PowerPoint write today: ZIPs of XML, and of the files that were inserted."""
_CONTAINER = "application/x-ole-storage"
"""What an encrypted office file is in; nobody would call a document that."""


def unsupported_format(media_type: str, supported: Iterable[str]) -> Unreadable:
    """Return the refusal of a file of `media_type`; it names the `supported` formats, which would do."""
    supported_types = set(supported)
    names = [name for known_type, name in FORMATS.items() if known_type in supported_types and known_type != _CONTAINER]
    listed = " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
    name = FORMATS.get(media_type)
    description = f"looks like {name}" if name else "is of a type that is not known here"
    return Unreadable("unsupported", f"The file {description} ({media_type}): upload {listed}.")
