"""From an RTF file to a flow: headers, the text with its tables, pictures, notes and boxes, footers."""

from collections.abc import Iterator, Sequence

from shared.adapters.formats.rtf.blocks import BlockBuilder
from shared.adapters.formats.rtf.marking import RtfMarker
from shared.adapters.formats.rtf.stories import Insertion, Story, StoryKind
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import Block, Flow, NotRead, Paragraph
from shared.ports.reading import SourceFile

MAX_DEPTH = 30
"""Boxes in boxes: deeper ones are an attack."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TITLES = {StoryKind.NOTE: "Note", StoryKind.COMMENT: "Comment"}


def parse_rtf(file: SourceFile) -> Flow:
    """Return what is printed, then notes and comments behind their paragraphs. Hidden and struck text is Concealed.

    Raises Unreadable (`unreadable`).
    """
    from striprtf.striprtf import destinations

    data = file.path.read_bytes().removeprefix(_BYTE_ORDER_MARK).lstrip()
    if not data.startswith(b"{\\rtf"):
        raise Unreadable("unreadable", "The file is not a valid RTF file: save a new copy and upload it.")
    marker = RtfMarker(data, destinations)
    marker.run()
    reader = _StoryReader(marker)
    yield from reader.read_edges(StoryKind.HEADER)
    yield from reader.read(marker.body, 0)
    yield from reader.read_edges(StoryKind.FOOTER)
    if not marker.is_complete:
        yield NotRead("damaged_content")


class _StoryReader:
    """Reads the stories of a marked file."""

    def __init__(self, marker: RtfMarker) -> None:
        self._marker = marker

    def read_edges(self, kind: StoryKind) -> Iterator[Block]:
        """Yield headers or footers, each text once."""
        read: list[Sequence[Block]] = []
        for story in self._marker.apart:
            if story.kind is kind:
                blocks = [
                    block for block in self.read(story, 0) if not isinstance(block, Paragraph) or block.text.strip()
                ]
                if blocks not in read:
                    read.append(blocks)
                    yield from blocks

    def read(self, story: Story, depth: int) -> list[Block]:
        """Return the blocks of a story."""
        if depth > MAX_DEPTH:
            raise Unreadable("unreadable", "The document nests text boxes too deep: upload a simpler one.")
        rtf = b"".join(story.rtf)
        text = self._decode(rtf if story.kind is StoryKind.BODY else self._marker.prefix + rtf + b"}")
        return BlockBuilder(story.insertions, lambda item: self._expand(item, depth + 1)).build(text)

    def _expand(self, item: Insertion, depth: int) -> Iterator[Block]:
        if not isinstance(item, Story):
            yield item
            return
        blocks = _drop_empty(self.read(item, depth))
        title = _TITLES.get(item.kind, "")
        if title and blocks and isinstance(blocks[0], Paragraph):
            author = f" ({item.author})" if item.author else ""
            blocks[0] = blocks[0]._replace(text=f"{title}{author}: {blocks[0].text.strip()}")
        yield from blocks

    def _decode(self, rtf: bytes) -> str:
        """Return the text of RTF; letters beyond the 16-bit ones are written in halves, which are put together."""
        from striprtf.striprtf import rtf_to_text

        text: str = rtf_to_text(rtf.decode("latin-1"), encoding=self._marker.encoding, errors="replace")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _drop_empty(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if not isinstance(block, Paragraph) or block.text.strip()]
