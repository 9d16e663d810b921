"""Azure AI Document Intelligence through its real client, against answers of the shape that its REST API documents."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.ocr.document_intelligence import DocumentIntelligence
from shared.domain.base.errors import Blocked, Throttled, Unavailable, Unreadable
from shared.domain.reading.page import PageImage, Recognised
from tests.conformance.loopback import Loopback

KEY = "0123456789abcdef"
PICTURE = PageImage(media_type="image/jpeg", data=b"\xff\xd8 a page", width=800, height=1000)


@pytest.fixture
async def recognizer(loopback: Loopback) -> AsyncIterator[DocumentIntelligence]:
    adapter = DocumentIntelligence.from_key(loopback.url, KEY, "de", timedelta(seconds=10))
    yield adapter
    await adapter.close()


def word(text: str, offset: int, *polygon: float) -> dict[str, Any]:
    """A word of an answer."""
    return {"content": text, "polygon": polygon, "confidence": 0.98, "span": {"offset": offset, "length": len(text)}}


def analysed(angle: float = 0.0, **more: Any) -> dict[str, Any]:
    """The answer for a page with two lines, the lower one first; API version 2024-11-30."""
    page = {
        "pageNumber": 1,
        "angle": angle,
        "width": 800,
        "height": 1000,
        "unit": "pixel",
        "words": [
            word("Summe", 0, 50, 200, 150, 200, 150, 220, 50, 220),
            word("12,40", 6, 160, 200, 220, 200, 220, 220, 160, 220),
            word("Bäckerei", 12, 50, 100, 200, 102, 200, 122, 50, 120),
        ],
        "lines": [
            {
                "content": "Summe 12,40",
                "polygon": [50, 200, 220, 200, 220, 220, 50, 220],
                "spans": [{"offset": 0, "length": 11}],
            },
            {
                "content": "Bäckerei",
                "polygon": [50, 100, 200, 102, 200, 122, 50, 120],
                "spans": [{"offset": 12, "length": 8}],
            },
        ],
        "spans": [{"offset": 0, "length": 20}],
    }
    result = {
        "apiVersion": "2024-11-30",
        "modelId": "prebuilt-read",
        "stringIndexType": "textElements",
        "contentFormat": "text",
        "content": "Summe 12,40\nBäckerei",
        "pages": [page],
        "styles": [],
    }
    times = {"createdDateTime": "2026-11-25T08:00:00Z", "lastUpdatedDateTime": "2026-11-25T08:00:01Z"}
    return {"status": "succeeded", **times, "analyzeResult": result, **more}


def accept(loopback: Loopback) -> None:
    """Take a picture on, and say where its answer will be."""
    where = f"{loopback.url}/documentintelligence/documentModels/prebuilt-read/analyzeResults/1?api-version=2024-11-30"
    loopback.say(202, {}, {"Operation-Location": where, "Retry-After": "0"})


async def test_lines_have_words_places_and_certainty(loopback: Loopback, recognizer: DocumentIntelligence) -> None:
    """The picture is sent as it is, the answer is waited for, and its lines come in reading order."""
    accept(loopback)
    loopback.say(200, {"status": "running"}, {"Retry-After": "0"})
    loopback.say(200, analysed())
    found = await recognizer.recognise(PICTURE, page=3)
    lines, turns = found.lines, found.turns
    sent = loopback.asked[0]
    assert (PICTURE.data, KEY) == (sent.body, sent.headers["Ocp-Apim-Subscription-Key"])
    assert ("/documentintelligence/documentModels/prebuilt-read:analyze", True) == (
        sent.path.partition("?")[0],
        "locale=de" in sent.path,
    )
    assert (0, [("p3.l1", "Bäckerei"), ("p3.l2", "Summe 12,40")]) == (turns, [(line.id, line.text) for line in lines])
    assert ((50, 100, 200, 122), 0.98) == (lines[0].words[0].box, lines[0].words[0].certainty)


@pytest.mark.parametrize(
    ("angle", "turns", "box"),
    [
        (-1.2, 0, (50, 100, 200, 122)),
        (90.3, 1, (100, 600, 122, 750)),
        (179.5, 2, (600, 878, 750, 900)),
        (-90, 3, (878, 50, 900, 200)),
    ],
)
async def test_a_turned_picture_is_told_upright(
    loopback: Loopback, recognizer: DocumentIntelligence, angle: float, turns: int, box: tuple[float, ...]
) -> None:
    """The service tells the angle of the content, clockwise; places are told in the picture once it is upright."""
    accept(loopback)
    loopback.say(200, analysed(angle))
    found = await recognizer.recognise(PICTURE, page=1)
    boxes = {one.text: one.box for line in found.lines for one in line.words}
    assert (turns, box) == (found.turns, boxes["Bäckerei"])


async def test_a_blank_page_has_no_lines(loopback: Loopback, recognizer: DocumentIntelligence) -> None:
    """The service leaves out what is empty."""
    answer = analysed()
    answer["analyzeResult"]["pages"] = [{"pageNumber": 1, "width": 800, "height": 1000, "spans": []}]
    accept(loopback)
    loopback.say(200, answer)
    assert Recognised() == await recognizer.recognise(PICTURE, page=1)


async def test_a_speck_is_not_sent(loopback: Loopback, recognizer: DocumentIntelligence) -> None:
    """The service refuses pictures under 50 pixels, and nothing stands on them."""
    assert Recognised() == await recognizer.recognise(PICTURE.model_copy(update={"width": 40}), page=1)
    assert [] == loopback.asked


async def test_a_busy_service_is_asked_again_when_it_says(loopback: Loopback, recognizer: DocumentIntelligence) -> None:
    """Back-pressure is not failure: the step goes back to its queue with the server's delay."""
    loopback.say(429, {"error": {"code": "429", "message": "slow down"}}, {"Retry-After": "7"})
    with pytest.raises(Throttled) as caught:
        await recognizer.recognise(PICTURE, page=1)
    assert (timedelta(seconds=7), 1) == (caught.value.delay, len(loopback.asked))


async def test_an_answer_that_is_paid_for_is_fetched_through_trouble(
    loopback: Loopback, recognizer: DocumentIntelligence
) -> None:
    """Giving up while polling would send, and pay for, the picture once more."""
    accept(loopback)
    loopback.say(429, {"error": {"code": "429", "message": "slow down"}}, {"Retry-After": "0"})
    loopback.say(200, analysed())
    assert 2 == len((await recognizer.recognise(PICTURE, page=1)).lines)
    assert 1 == sum(":analyze" in asked.path for asked in loopback.asked)


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [(401, "401", Blocked), (403, "Forbidden", Blocked), (500, "InternalServerError", Unavailable)],
)
async def test_refusals_and_outages_are_told_apart(
    loopback: Loopback, recognizer: DocumentIntelligence, status: int, code: str, wanted: type[Exception]
) -> None:
    """A wrong key is for the operator; an outage passes. Neither is the page's fault, and no key is repeated."""
    loopback.say(status, {"error": {"code": code, "message": f"what about {KEY}"}})
    with pytest.raises(wanted) as caught:
        await recognizer.recognise(PICTURE, page=1)
    assert (False, False) == (isinstance(caught.value, Unreadable), KEY in str(caught.value))


async def test_a_picture_that_the_service_cannot_read_is_that_page_s_problem(
    loopback: Loopback, recognizer: DocumentIntelligence
) -> None:
    """At once, or after it was taken on: the other pages of the document are still read."""
    error = {"code": "InvalidRequest", "message": "x", "innererror": {"code": "InvalidContent", "message": "x"}}
    loopback.say(400, {"error": error})
    with pytest.raises(Unreadable):
        await recognizer.recognise(PICTURE, page=1)
    loopback.answers.clear()
    accept(loopback)
    loopback.say(200, {"status": "failed", "error": error})
    with pytest.raises(Unreadable):
        await recognizer.recognise(PICTURE, page=1)


async def test_a_service_that_does_not_answer_is_away(loopback: Loopback) -> None:
    """A page must not hold a worker for good."""
    adapter = DocumentIntelligence.from_key(loopback.url, KEY, None, timedelta(seconds=0.3))
    loopback.fault = "silence"
    with pytest.raises(Unavailable):
        await adapter.recognise(PICTURE, page=1)
    await adapter.close()
