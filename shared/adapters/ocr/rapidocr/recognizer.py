"""The side of the recogniser that stays in this process: it never imports RapidOCR."""

from shared.adapters.ocr.rapidocr.engine import read
from shared.domain.reading.page import Line, PageImage, Recognised, Word, line_id
from shared.ports.isolation import Isolation


class RapidOcrRecognizer:
    """A TextRecognizer. Each process of `isolation` loads its own models when it reads its first picture.

    `threads` work on one picture; text is searched in the picture brought down to `detection_side` pixels, and read at
    full size.
    """

    name = "rapidocr"

    def __init__(self, isolation: Isolation, threads: int = 1, detection_side: int = 1280) -> None:
        self._isolation = isolation
        self._threads = threads
        self._detection_side = detection_side

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """Read a picture, whichever way up it lies; a word is as certain as its least certain character.

        Raises Unreadable (`unreadable`, `too_slow`, `too_large`) when the engine died of the picture, or ran out of
        time or memory.
        """
        turns, words_by_line = await self._isolation.run(read, picture.data, self._threads, self._detection_side)
        lines = tuple(
            Line(
                id=line_id(page, index),
                words=tuple(Word(text=word.text, box=word.box, certainty=word.certainty) for word in words),
            )
            for index, words in enumerate(words_by_line, 1)
        )
        return Recognised(lines=lines, turns=turns)
