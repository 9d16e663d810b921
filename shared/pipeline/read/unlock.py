"""Open encrypted files with the passwords of their document type."""

from typing import NamedTuple

from shared.domain.base.errors import Unreadable
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import Admitted
from shared.pipeline.local_files.copies import LocalCopy
from shared.ports.reading import SourceFile


class OpenedFile(NamedTuple):
    """An opened file: how a Reader opens it, its number of pages, and whether it is encrypted.

    `refusal`: why a file that could have pages has none; it may still contain files.
    """

    file: SourceFile
    pages: int
    encrypted: bool
    refusal: Unreadable | None = None


async def open_file(context: Context, admitted: Admitted, copy: LocalCopy) -> OpenedFile:
    """Count a file's pages, with passwords only where it asks for one.

    A file without pages of its own has 0; each of its members may be encrypted, so passwords come along at once.
    Raises Unreadable, with code `password_required` when none of the known passwords opens it.
    """
    reader, document_type = context.readers.get(admitted.media_type), admitted.document_type
    name = document_type.name if document_type else None
    if reader is None:
        return OpenedFile(await source_file(context, copy, name, encrypted=True), 0, encrypted=False)
    without_passwords = SourceFile(copy.path)
    try:
        return OpenedFile(without_passwords, await reader.count(without_passwords), encrypted=False)
    except Unreadable as refusal:
        if refusal.code == "no_pages" and admitted.media_type in context.unpackers:
            return OpenedFile(without_passwords, 0, encrypted=False, refusal=refusal)
        if refusal.code != "password_required":
            raise
    file = await source_file(context, copy, name, encrypted=True)
    return OpenedFile(file, await reader.count(file), encrypted=True)


async def source_file(context: Context, copy: LocalCopy, document_type: str | None, *, encrypted: bool) -> SourceFile:
    """Return the file for a Reader, with the passwords of its type (of all types, when unknown) if it is encrypted."""
    if not encrypted or context.passwords is None:
        return SourceFile(copy.path)
    types = [document_type] if document_type else sorted(await context.types.current_types())
    return SourceFile(copy.path, await context.passwords.of(types))
