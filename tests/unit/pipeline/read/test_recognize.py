"""Pages and pictures that need OCR, over the twins."""

from datetime import UTC, datetime

from shared.domain.documents.run import Run
from shared.domain.reading.page import HiddenText, Page, PageImage, Word
from shared.pipeline.read.recognize import recognize_page
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import scanned_page, text_lines, text_page
from shared.testing.reading import ScriptedRecognizer
from tests.support.pipeline.world import make_world

RUN = Run(document_id="d1", updated=datetime(2026, 11, 25, tzinfo=UTC))
PICTURE = PageImage(media_type="image/jpeg", data=b"x", width=1190, height=1684)


def report(*texts: str) -> SourcePage:
    """An A4 page of text whose lower half is a picture, rendered at two pixels a point."""
    return text_page(1, *texts, picture=PICTURE)._replace(areas=((0.0, 421.0, 595.0, 842.0),))


async def made(source: SourcePage, recognizer: ScriptedRecognizer | None) -> tuple[Page, PageImage | None]:
    """The page as it is kept."""
    return await recognize_page(make_world(recognizer=recognizer).context, RUN, source)


async def test_a_page_with_text_asks_for_no_ocr() -> None:
    """OCR costs a thousand times a text layer."""
    recognizer = ScriptedRecognizer({})
    page, _ = await made(text_page(1, "Total 9.99", picture=PICTURE), recognizer)
    assert ([], "text") == (recognizer.asked, page.source)


async def test_a_picture_on_a_page_of_text_adds_its_lines() -> None:
    """Only the picture is read; its lines stand among the others, where the page shows them."""
    recognizer = ScriptedRecognizer({1: text_lines(1, "Receipt 12.50")})
    page, _ = await made(report("Annex A"), recognizer)
    assert [(1190, 842)] == [(asked.width, asked.height) for _, asked in recognizer.asked]
    assert ("mixed", ["Annex A", "Receipt 12.50"]) == (page.source, [line.text for line in page.lines])
    assert ["p1.l1", "p1.l2"] == [line.id for line in page.lines]
    x0, y0, x1, y1 = text_lines(1, "Receipt 12.50")[0].words[0].box
    assert (x0 / 2, y0 / 2 + 421, x1 / 2, y1 / 2 + 421) == page.lines[1].words[0].box


async def test_what_the_text_layer_says_is_not_said_twice() -> None:
    """A stamp typed over a scan is in the text layer and in the picture."""
    stamp = text_lines(1, "Paid")[0]
    low = stamp.model_copy(update={"words": (Word(text="Paid", box=(25.0, 431.0, 37.0, 437.0)),)})
    source = report("Annex A")
    source = source._replace(page=source.page.model_copy(update={"lines": (*source.page.lines, low)}))
    page, _ = await made(source, ScriptedRecognizer({1: text_lines(1, "Paid cash")}))
    assert ["Annex A", "Paid", "cash"] == [line.text for line in page.lines]


async def test_a_picture_without_text_changes_nothing() -> None:
    """A photo of the product: the page is still one of text alone."""
    page, _ = await made(report("Annex A"), ScriptedRecognizer({}))
    assert ("text", text_lines(1, "Annex A")) == (page.source, page.lines)


async def test_without_an_engine_the_text_layer_is_all_there_is() -> None:
    """Neither a scan nor a picture on a page makes trouble when OCR is switched off."""
    assert "text" == (await made(report("Annex A"), None))[0].source
    assert "none" == (await made(scanned_page(1), None))[0].source


async def test_a_page_upside_down_or_on_its_side_is_kept_upright() -> None:
    """A reviewer sees the page as it is read, and the boxes lie on what the picture shows."""
    lines = text_lines(1, "Total 9.99")
    for turns, size in ((1, (842, 595)), (2, (595, 842)), (3, (842, 595))):
        source = scanned_page(1, width=595, height=842)
        hidden = (HiddenText(why="colour", words=(Word(text="x", box=(0.0, 0.0, 10.0, 20.0)),)),)
        source = source._replace(page=source.page.model_copy(update={"hidden": hidden}))
        page, picture = await made(source, ScriptedRecognizer({1: lines}, turns=turns))
        assert picture is not None
        assert (size, size) == ((page.width, page.height), (picture.width, picture.height))
        assert lines == page.lines
        corner = {1: (0, 585, 20, 595), 2: (585, 822, 595, 842), 3: (822, 0, 842, 10)}[turns]
        assert corner == page.hidden[0].words[0].box


async def test_a_picture_on_its_side_is_read_where_it_lies() -> None:
    """The page is upright, so its picture stays as it was; only the box of what stands in it is turned."""
    page, _ = await made(report("Annex A"), ScriptedRecognizer({1: text_lines(1, "Hi")}, turns=2))
    right, bottom = 1190 - 50, 842 - 20
    assert ((right - 12) / 2, (bottom - 12) / 2 + 421, right / 2, bottom / 2 + 421) == page.lines[1].box


async def test_a_picture_is_read_once_however_often_the_step_is_repeated() -> None:
    """A busy service puts the whole step back: what it has read by then is paid for."""
    recognizer = ScriptedRecognizer({1: text_lines(1, "Total 9.99"), 2: text_lines(2, "Receipt")})
    context = make_world(recognizer=recognizer).context
    first = [await recognize_page(context, RUN, source) for source in (scanned_page(1), report("Annex A"))]
    again = [await recognize_page(context, RUN, source) for source in (scanned_page(1), report("Annex A"))]
    assert (first, 2) == (again, len(recognizer.asked))


async def test_what_ocr_reads_where_a_scan_is_struck_through_leaves_the_lines() -> None:
    """An annotation strikes a word that only the picture shows; the rest of the line stays."""
    (line,) = text_lines(1, "Number: S-0999 S-1005")
    place = next(word.box for word in line.words if word.text == "S-0999")
    source = scanned_page(1, width=595, height=842)
    source = source._replace(page=source.page.model_copy(update={"struck": (Word(text="", box=place),)}))
    page, _ = await made(source, ScriptedRecognizer({1: (line,)}))
    assert (["Number: S-1005"], ["S-0999"]) == ([line.text for line in page.lines], [word.text for word in page.struck])


async def test_a_strike_on_a_scan_where_nothing_is_read_is_reported_all_the_same() -> None:
    """A person sees that something is struck there."""
    source = scanned_page(1, width=595, height=842)
    struck = (Word(text="", box=(500.0, 800.0, 520.0, 810.0)),)
    source = source._replace(page=source.page.model_copy(update={"struck": struck}))
    page, _ = await made(source, ScriptedRecognizer({1: text_lines(1, "Number: S-1005")}))
    assert (["Number: S-1005"], struck) == ([line.text for line in page.lines], page.struck)


async def test_a_scan_without_an_engine_has_a_problem() -> None:
    """Switched-off OCR must not pass for a blank page: a person learns which setting reads it."""
    page, picture = await made(scanned_page(1), None)
    assert page.problem is not None
    assert "INTRAY_OCR_ENGINE" in page.problem
    assert ((), True) == (page.lines, picture is not None)
    written, _ = await made(report("Annex A"), None)
    assert written.problem is None
