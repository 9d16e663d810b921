"""Parse OLE files: encrypted ones are opened with msoffcrypto and the known passwords, XLS is parsed as it is."""

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Flow
from shared.ports.reading import Parser, SourceFile

if TYPE_CHECKING:
    from msoffcrypto.format.base import BaseOfficeFile

_MAIN_PARTS = {"word/": "DOCX", "xl/": "XLSX", "ppt/": "PPTX"}
_OLE = b"\xd0\xcf\x11\xe0"
_LEGACY = (
    "Word 97 and PowerPoint 97 files (DOC, PPT) cannot be read: save the file as DOCX, PPTX or PDF, and upload that."
)


def parse_ole(file: SourceFile, parsers: Mapping[str, Parser]) -> Flow:
    """Return the content by the parser of the format inside; `parsers` by DOCX, XLSX, PPTX and XLS.

    Raises Unreadable: `password_required` when no password opens it, `unsupported` for DOC, PPT and all others.
    """
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import FileFormatError

    program = _kind(file.path)
    with file.path.open("rb") as stream:
        try:
            office = OfficeFile(stream)
            locked = office.is_encrypted()
        except (FileFormatError, OSError, ValueError, LookupError):
            office, locked = None, False
        if office is None or not locked:
            yield from parsers[program](file)
            return
        with tempfile.NamedTemporaryFile(prefix="intray-") as opened:
            plain = Path(opened.name)
            _unlock(office, file.passwords, plain)
            yield from parsers[_format(plain)](SourceFile(plain))


def _unlock(office: "BaseOfficeFile", passwords: tuple[str, ...], target: Path) -> None:
    """Write the decrypted file; raises Unreadable (`password_required`)."""
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    for password in passwords:
        try:
            office.load_key(password=password)
            with target.open("wb") as stream:
                office.decrypt(stream)
        except (InvalidKeyError, DecryptionError, FileFormatError, ValueError, AssertionError):
            continue  # the wrong one
        if target.read_bytes()[:4] in (b"PK\x03\x04", _OLE):
            return
    raise Unreadable(
        "password_required",
        "The file is encrypted, and none of the known passwords opens it: add its password and replay it, or upload a "
        "copy that opens without one.",
    )


def _format(path: Path) -> str:
    if path.read_bytes()[:4] == _OLE:
        return _kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        names = []
    for folder, program in _MAIN_PARTS.items():
        if any(name.startswith(folder) for name in names):
            return program
    raise Unreadable("unreadable", "The encrypted file holds no document that is known here: upload it as a PDF.")


def _kind(path: Path) -> str:
    """Return what an OLE file holds: XLS, or LOCKED for an encrypted package, whose format only its password tells."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as ole:
            names = {entry[0].lower() for entry in ole.listdir()}
    except OSError:
        raise Unreadable("unreadable", "The file is damaged: save a new copy and upload it.") from None
    if "encryptedpackage" in names:
        return "LOCKED"
    if names & {"workbook", "book"}:
        return "XLS"
    raise Unreadable("unsupported", _LEGACY)
