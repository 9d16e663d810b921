"""Recognise text with Azure AI Document Intelligence (`prebuilt-read`): for instances too small for a local engine.

One picture a request. The service takes JPEG and PNG of 50 x 50 to 10,000 x 10,000 pixels ("Read model", input
requirements, API 2024-11-30).
"""

import asyncio
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from shared.adapters.base.azure_errors import azure_errors
from shared.domain.base.errors import Unavailable, Unreadable
from shared.domain.reading.layout import reading_order
from shared.domain.reading.page import Box, Line, PageImage, Recognised, Word, line_id, union
from shared.domain.reading.turn import turn_box

if TYPE_CHECKING:
    from azure.ai.documentintelligence.aio import DocumentIntelligenceClient
    from azure.ai.documentintelligence.models import AnalyzeResult, DocumentLine, DocumentPage
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.exceptions import HttpResponseError
    from azure.core.polling import AsyncPollingMethod

MODEL = "prebuilt-read"
MIN_SIDE_PX = 50
"""Pixels; the service refuses smaller pictures, on which there is nothing to read."""
POLLS = 3
"""How often a question for the answer that failed is asked again: what was analysed is paid for."""
_SERVICE = "Document Intelligence"
_BAD_PICTURE = frozenset({"InvalidContent", "InvalidContentDimensions", "InvalidContentLength", "UnsupportedContent"})


class DocumentIntelligence:
    """A TextRecognizer over the service's own client. A picture may take `wait`."""

    def __init__(
        self, client: "DocumentIntelligenceClient", locale: str | None, wait: timedelta, access: str = "key"
    ) -> None:
        self.name = f"document_intelligence {locale}" if locale else "document_intelligence"
        self._client = client
        self._locale = locale
        self._wait = wait
        self._access = access

    @classmethod
    def from_key(
        cls, endpoint: str, key: str, locale: str | None = None, wait: timedelta = timedelta(minutes=3)
    ) -> Self:
        """By one of the resource's keys. `locale` is a hint, such as `de` or `pt-BR`."""
        from azure.ai.documentintelligence.aio import DocumentIntelligenceClient
        from azure.core.credentials import AzureKeyCredential

        return cls(DocumentIntelligenceClient(endpoint, AzureKeyCredential(key)), locale, wait)

    @classmethod
    def from_identity(
        cls,
        endpoint: str,
        credential: "AsyncTokenCredential",
        locale: str | None = None,
        wait: timedelta = timedelta(minutes=3),
    ) -> Self:
        """By an identity with the role Cognitive Services User."""
        from azure.ai.documentintelligence.aio import DocumentIntelligenceClient

        return cls(DocumentIntelligenceClient(endpoint, credential), locale, wait, access="identity")

    def __repr__(self) -> str:
        """Name the engine and how it is accessed: by `key` or `identity`."""
        return f"DocumentIntelligence({self.name}, {self._access})"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """Read a picture, whichever way up it lies.

        Raises Unreadable when the service cannot read this picture, Throttled and Unavailable when it is busy or away,
        Blocked (`access_denied`) when it refuses our key or identity.
        """
        if min(picture.width, picture.height) < MIN_SIDE_PX:
            return Recognised()
        result = await self._analyze(picture)
        return _to_recognised(result.pages[0], picture, page) if result.pages else Recognised()

    async def _analyze(self, picture: PageImage) -> "AnalyzeResult":
        from azure.core.exceptions import HttpResponseError

        with azure_errors(_SERVICE):
            try:
                async with asyncio.timeout(self._wait.total_seconds()):
                    poller = await self._client.begin_analyze_document(
                        MODEL, io.BytesIO(picture.data), locale=self._locale, retry_total=0, polling=self._polling()
                    )
                    return await poller.result()
            except TimeoutError:
                raise Unavailable(f"{_SERVICE} did not answer in {self._wait.total_seconds():g} seconds") from None
            except HttpResponseError as error:
                codes = _codes(error)
                if codes & _BAD_PICTURE:
                    raise Unreadable("unreadable", f"{_SERVICE} cannot read the picture of the page.") from None
                raise

    def _polling(self) -> "AsyncPollingMethod[AnalyzeResult]":
        """How the answer is waited for: as long as the service says, else a second, and through short trouble."""
        from azure.core.polling.async_base_polling import AsyncLROBasePolling

        return AsyncLROBasePolling(1, path_format_arguments={"endpoint": ""}, retry_total=POLLS)


def _codes(error: "HttpResponseError") -> set[str]:
    """Return the service's words for what is wrong, the outer one and those inside it."""
    codes: set[str] = set()
    detail: Any = getattr(error.error, "innererror", None)
    codes.add(str(getattr(error.error, "code", "")))
    while isinstance(detail, dict):
        codes.add(str(detail.get("code", "")))
        detail = detail.get("innererror")
    return codes


def _to_recognised(analyzed: "DocumentPage", picture: PageImage, page: int) -> Recognised:
    """Convert the service's answer, whose places are those in the picture before it is turned upright."""
    turns = round((analyzed.angle or 0.0) / 90) % 4  # clockwise degrees: as many quarters back are anticlockwise
    scale = picture.width / (analyzed.width or picture.width)
    read = [words for line in analyzed.lines or () if (words := _words(analyzed, line, picture, turns, scale))]
    order = reading_order([union(tuple(word.box for word in words)) for words in read])
    lines = tuple(Line(id=line_id(page, index), words=read[at]) for index, at in enumerate(order, 1))
    return Recognised(lines=lines, turns=turns)


def _words(
    page: "DocumentPage", line: "DocumentLine", picture: PageImage, turns: int, scale: float
) -> tuple[Word, ...]:
    """Return the words of a line: those whose text stands within the line's."""
    words = []
    for word in page.words or ():
        if any(span.offset <= word.span.offset < span.offset + span.length for span in line.spans):
            box = turn_box(_box(word.polygon or (), scale), turns, picture.width, picture.height)
            words.append(Word(text=word.content, box=box, certainty=word.confidence))
    return tuple(words)


def _box(polygon: Sequence[float], scale: float) -> Box:
    xs, ys = polygon[::2], polygon[1::2]
    return (min(xs) * scale, min(ys) * scale, max(xs) * scale, max(ys) * scale)
