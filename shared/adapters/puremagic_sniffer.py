"""Tells a file's type by its content; puremagic names what Intray does not read."""

from pathlib import Path
from typing import get_args

from shared.domain.errors import Unreadable
from shared.ports.reading import MediaType

PDF_HEADER_WITHIN = 1024
"""Readers accept a PDF whose header begins within this many bytes (PDF 32000-1, implementation note 13 of Annex H)."""
_SIGNATURES: tuple[tuple[bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),  # BigTIFF
    (b"MM\x00+", "image/tiff"),
)


class PuremagicSniffer:
    """A Sniffer that never looks at the name."""

    def media_type(self, path: Path) -> MediaType:
        """The media type; raises Unreadable with code `empty` or `unsupported`."""
        with path.open("rb") as file:
            head = file.read(PDF_HEADER_WITHIN + 4)
        if not head:
            raise Unreadable("empty", "The file has 0 bytes: upload it again.")
        for signature, media_type in _SIGNATURES:
            if head.startswith(signature):
                return media_type
        if b"%PDF-" in head:
            return "application/pdf"
        raise Unreadable("unsupported", f"The file {_looks(path)}: upload a PDF, JPEG, PNG or TIFF.")


def _looks(path: Path) -> str:
    import puremagic

    try:
        guess = puremagic.magic_file(path)[0]
    except (ValueError, OSError, LookupError):  # among them puremagic's own errors, and no guess at all
        return "is of a type that could not be told"
    if guess.mime_type == "application/pdf":
        return f"looks like {guess.name}, but does not begin as one must"
    known = guess.mime_type and guess.mime_type not in get_args(MediaType)  # JPEG 2000 goes by JPEG's name, too
    return f"looks like {guess.name} ({guess.mime_type})" if known else f"looks like {guess.name}"
