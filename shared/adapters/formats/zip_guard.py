"""Check an office file's ZIP before a parser opens it: the sizes in its directory reveal a ZIP bomb."""

import re
import zipfile

from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Flow
from shared.ports.reading import Parser, SourceFile

MAX_PARTS = 20_000
_HEAD = 4096
_HARMLESS_TYPE = re.compile(rb"""<!DOCTYPE(?:[^>\["']|"[^"]*"|'[^']*')*>""")
"""A document type without declarations of its own: OpenOffice writes it into its Basic macros, and nothing loads it."""
_MARKUP = (".xml", ".rels", ".vml")


def parse_guarded(file: SourceFile, parser: Parser, most_bytes: int) -> Flow:
    """Parse the file if its parts are within `most_bytes` together and declare no entities.

    `zipfile` never unpacks more of a part than the sizes looked at here, whatever the part really holds.
    Raises Unreadable (`unreadable`, `too_large`).
    """
    _check(file, most_bytes)
    yield from parser(file)


def _check(file: SourceFile, most_bytes: int) -> None:
    try:
        with zipfile.ZipFile(file.path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > most_bytes or len(parts) > MAX_PARTS:
                text = f"The file unpacks to {len(parts)} parts of {size} bytes; the limits are {MAX_PARTS} and "
                raise Unreadable("too_large", f"{text}{most_bytes} (INTRAY_UNPACKED_BYTES).")
            for part in parts:
                if part.filename.endswith(_MARKUP):
                    _check_markup(archive, part)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError):
        text = "The file is damaged (its ZIP cannot be opened): save a new copy and upload it."
        raise Unreadable("unreadable", text) from None


def _check_markup(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        head = stream.read(_HEAD)
    head = _HARMLESS_TYPE.sub(b"", head)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Unreadable("unreadable", "The file's XML declares entities of its own, which no office program writes.")
