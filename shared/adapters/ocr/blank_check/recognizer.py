"""The side of the check that stays in this process: it never imports Pillow."""

from shared.adapters.ocr.blank_check.content import may_hold_text
from shared.domain.base.errors import Unreadable
from shared.domain.reading.page import PageImage, Recognised
from shared.ports.isolation import Isolation
from shared.ports.reading import TextRecognizer


class BlankCheckingRecognizer:
    """The TextRecognizer `inner`, which is not asked about pictures without text: blank pages, and empty forms.

    The check runs in `isolation` and takes a tenth of a second; local OCR of such a page takes one or more, and a
    service wants to be paid for it.
    """

    def __init__(self, inner: TextRecognizer, isolation: Isolation) -> None:
        self.name = inner.name
        self.inner = inner
        self._isolation = isolation

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """Read a picture as `inner` does; nothing is on one that holds no text. Raises as `inner`."""
        if await self._may_hold_text(picture):
            return await self.inner.recognise(picture, page)
        return Recognised()

    async def _may_hold_text(self, picture: PageImage) -> bool:
        try:
            return await self._isolation.run(may_hold_text, picture.data)
        except Unreadable:  # a picture that breaks the check: the engine finds out, and says why
            return True
