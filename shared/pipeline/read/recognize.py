"""Recognize: add lines by OCR to pages without a usable text layer, and to pictures on other pages."""

from collections.abc import Iterable, Sequence
from copy import replace

from shared import telemetry
from shared.domain.base.errors import Unreadable
from shared.domain.base.stored import load_stored
from shared.domain.documents.run import Reason, Run
from shared.domain.reading.layout import reading_order
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import Box, HiddenText, Line, Page, PageImage, Recognised, Word, line_id
from shared.domain.reading.turn import turn_box, turn_box_back, turn_size
from shared.pipeline.context import Context
from shared.pipeline.store.artifacts import artifact_name, save
from shared.pipeline.store.context import WORK
from shared.ports.reading import SourcePage, TextRecognizer
from shared.telemetry import traces

OCR_IS_OFF = (
    "it is a scan, and OCR is switched off (INTRAY_OCR_ENGINE is none): "
    "set it to document_intelligence, or to rapidocr with requirements.txt installed."
)
"""Problem of a page that only OCR could read."""


def model_ceiling(context: Context) -> Ceiling:
    """Return the bound of pictures for the model that reads pages."""
    return context.gateway.catalogue.for_task("vision").ceiling


async def recognize_page(context: Context, run: Run, source: SourcePage) -> tuple[Page, PageImage | None]:
    """Return the page with its OCR lines, where it needs them, and the upright picture for models and reviewers.

    A page that the engine cannot read, or would have to where there is none, has a `problem`. Results are saved with
    the Run, so that a step that is deferred or killed halfway reads, and pays for, no picture twice. Raises Retryable.
    """
    page, picture, turns = source.page, source.picture, 0
    if picture is None:
        return page, None
    try:
        if source.wants_ocr and context.recognizer is not None:
            recognition = await _recognize_once(context, run, picture, page.number)
            page, turns = _apply_recognition(page, picture, recognition), recognition.turns
        elif source.areas and context.recognizer is not None:
            page = await _read_areas(context, run, page, picture, source.areas)
    except Unreadable as error:
        page = replace(page, problem=f"its text could not be recognised ({error.code}): {error}")
    if source.wants_ocr and context.recognizer is None:
        page = replace(page, problem=OCR_IS_OFF)
    page = _without_struck(page)
    small = await context.pictures.shrink(picture, model_ceiling(context), turns)
    return replace(page, has_image=True), small


async def read_page_with_ocr(recognizer: TextRecognizer | None, source: SourcePage) -> Page:
    """Return the page of a file beside the pipeline, with its OCR lines where it needs them; raises Unreadable."""
    if source.picture is None or not source.wants_ocr or recognizer is None:
        return source.page
    return _apply_recognition(
        source.page, source.picture, await recognizer.recognise(source.picture, source.page.number)
    )


async def _recognize_once(context: Context, run: Run, picture: PageImage, page: int, area: int = 0) -> Recognised:
    """Return what the engine reads in the picture of a page or of an area on it; asked once, then saved.

    Refusals are saved too: a step that ran out of time and is repeated must not try the same slow pages again.
    Raises Unreadable, Retryable, and OutOfTime when the step should not read another picture.
    """
    name, refusal = f"ocr/{page:05d}-{area}", f"ocr-refused/{page:05d}-{area}"
    stored = await context.blobs.read(WORK, artifact_name(run, name))
    if stored is not None:
        return load_stored(Recognised, stored)
    refused = await context.blobs.read(WORK, artifact_name(run, refusal))
    if refused is not None:
        reason = load_stored(Reason, refused)
        raise Unreadable(reason.code, reason.message)
    if context.gateway.time is not None:
        context.gateway.time.check()
    try:
        with traces.span("recognise text", {telemetry.PAGE: page}):
            recognition = await context.recognizer.recognise(picture, page) if context.recognizer else Recognised()
    except Unreadable as error:
        await save(context, run, refusal, Reason(code=error.code, message=str(error)))
        raise
    await save(context, run, name, recognition)
    return recognition


def _apply_recognition(page: Page, picture: PageImage, recognition: Recognised) -> Page:
    """Return the page as OCR read it, upright, in page units."""
    turns, scale = recognition.turns, page.width / picture.width
    width, height = turn_size(page.width, page.height, turns)

    def upright(box: Box) -> Box:
        return turn_box(box, turns, page.width, page.height)

    hidden = tuple(
        HiddenText(why=text.why, words=tuple(_move_word(word, upright(word.box)) for word in text.words))
        for text in page.hidden
    )
    struck = tuple(_move_word(word, upright(word.box)) for word in page.struck)
    lines = tuple(_to_page_units(line, scale) for line in recognition.lines)
    return replace(page, source="ocr", width=width, height=height, lines=lines, hidden=hidden, struck=struck)


async def _read_areas(context: Context, run: Run, page: Page, picture: PageImage, areas: Sequence[Box]) -> Page:
    """Return the page with what OCR read in `areas` among its lines; what the text layer says there stands as it is."""
    scale = page.width / picture.width
    text_boxes = [word.box for line in page.lines for word in line.words]
    lines = list(page.lines)
    for index, area in enumerate(areas, 1):
        x0, y0, x1, y1 = area
        part = await context.pictures.crop(picture, (x0 / scale, y0 / scale, x1 / scale, y1 / scale))
        recognition = await _recognize_once(context, run, part, page.number, index)
        for line in recognition.lines:
            placed = _place_on_page(line, recognition.turns, part, area, scale)
            fresh = tuple(word for word in placed.words if not any(_is_same_place(word.box, box) for box in text_boxes))
            lines += [replace(placed, words=fresh)] if fresh else []
    if len(lines) == len(page.lines):
        return page
    return replace(page, source="mixed", lines=_in_order(page.number, lines))


def _without_struck(page: Page) -> Page:
    """Return the page without the words that OCR read where something is struck through; these join the struck ones."""
    places = [word.box for word in page.struck]

    def is_struck(word: Word) -> bool:
        by_ocr = page.source == "ocr" or word.certainty < 1.0
        return by_ocr and any(_contains_point(place, _middle(word.box)) for place in places)

    struck_words = [word for line in page.lines for word in line.words if is_struck(word)]
    if not struck_words:
        return page
    remaining_lines = [
        replace(line, words=words)
        for line in page.lines
        if (words := tuple(word for word in line.words if not is_struck(word)))
    ]
    lines = tuple(replace(line, id=line_id(page.number, index)) for index, line in enumerate(remaining_lines, 1))
    struck_texts = {word.text for word in struck_words}
    return replace(
        page,
        lines=lines,
        struck=(*(word for word in page.struck if word.text not in {"", *struck_texts}), *struck_words),
    )


def _place_on_page(line: Line, turns: int, part: PageImage, area: Box, scale: float) -> Line:
    """Return a line of a part of the picture where it lies on the page."""
    words = tuple(_move_word(word, turn_box_back(word.box, turns, part.width, part.height)) for word in line.words)
    return _to_page_units(replace(line, words=words), scale, area[0], area[1])


def _in_order(number: int, lines: Sequence[Line]) -> tuple[Line, ...]:
    order = reading_order([line.box for line in lines])
    return tuple(replace(lines[at], id=line_id(number, index)) for index, at in enumerate(order, 1))


def _is_same_place(first: Box, second: Box) -> bool:
    return _contains_point(first, _middle(second)) or _contains_point(second, _middle(first))


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _contains_point(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _to_page_units(line: Line, scale: float, left: float = 0.0, top: float = 0.0) -> Line:
    """Return the line in page units instead of a picture's pixels; the picture's corner lies at `left`, `top`."""

    def on_page(box: Box) -> Box:
        x0, y0, x1, y1 = box
        return (x0 * scale + left, y0 * scale + top, x1 * scale + left, y1 * scale + top)

    return replace(line, words=tuple(_move_word(word, on_page(word.box)) for word in line.words))


def _move_word(word: Word, box: Iterable[float]) -> Word:
    x0, y0, x1, y1 = (round(edge, 2) for edge in box)
    return word._replace(box=(x0, y0, x1, y1))
