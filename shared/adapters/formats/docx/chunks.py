"""Documents that Word inserts at a place of the text when it opens the file (w:altChunk)."""

import email
import email.policy
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, NotRead
from shared.ports.reading import Parser, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.opc.part import Part

    PartSelector = Callable[[str, str], type[Part] | None]

MAX_CHUNKS = 100
MAX_CHUNK_BYTES = 50_000_000
"""Of all chunks of a file together."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FORMATS: Final = {
    **dict.fromkeys(("text/html", "application/xhtml+xml"), "HTML"),
    **dict.fromkeys(("application/rtf", "text/rtf"), "RTF"),
    "text/plain": "text",
    **dict.fromkeys((_WORD, f"{_WORD}.main+xml"), "DOCX"),
    **dict.fromkeys(("message/rfc822", "multipart/related", "application/x-mimearchive"), "MHTML"),
}
"""Formats that Word inserts, by media type. MHTML is a page of HTML in a mail."""


class ChunkReader:
    """Reads the chunks of one document with the parsers of their formats, within bounds."""

    def __init__(self, parsers: Mapping[str, Parser]) -> None:
        self._parsers = parsers
        self._chunks = 0
        self._bytes = 0

    def read(self, part: "Part", reference: str) -> Iterator[Block]:
        """Yield the blocks of a chunk; NotRead when it is in no file, of another format, damaged or too large."""
        chunk = part.related_parts.get(reference)
        if chunk is None:
            yield NotRead("linked_part")
            return
        self._chunks += 1
        self._bytes += len(chunk.blob)
        data, name = chunk.blob, _FORMATS.get(chunk.content_type.partition(";")[0].strip().lower(), "")
        if name == "MHTML":
            data, name = _extract_page(data), "HTML"
        parser = self._parsers.get(name)
        if parser is None or self._chunks > MAX_CHUNKS or self._bytes > MAX_CHUNK_BYTES:
            yield NotRead("inserted_document")
        else:
            yield from _parse(parser, data)


def _parse(parser: Parser, data: bytes) -> Iterator[Block]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chunk"
        path.write_bytes(data)
        try:
            blocks = list(parser(SourceFile(path)))
        except Unreadable:  # what stands around the chunk can be read all the same
            blocks = [NotRead("inserted_document")]
    yield from blocks


def _extract_page(data: bytes) -> bytes:
    """Return the HTML of a page that was saved with its pictures (RFC 2557); b"" when there is none."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for member in message.walk():
        if member.get_content_type() == "text/html":
            payload = member.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    return b""


class _PartSelector:
    """Chooses python-docx's class for a part: plain bytes for a chunk, else what `default` chooses."""

    def __init__(self, default: "PartSelector | None") -> None:
        self._default = default

    def __call__(self, content_type: str, relation_type: str) -> "type[Part] | None":
        from docx.opc.part import Part

        if relation_type.endswith("/aFChunk"):
            return Part
        return self._default(content_type, relation_type) if self._default is not None else None


def keep_chunks_unparsed() -> None:
    """Make python-docx keep chunks as bytes: it takes an inserted DOCX for the XML of a main part."""
    from docx.opc.part import PartFactory

    if not isinstance(PartFactory.part_class_selector, _PartSelector):
        PartFactory.part_class_selector = _PartSelector(PartFactory.part_class_selector)
