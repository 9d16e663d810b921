"""The side of the recogniser that runs in a child: the engine, and its answer as lines of words."""

import math
from typing import Any

from shared.adapters.ocr.rapidocr.models import engine
from shared.adapters.ocr.rapidocr.turns import read_best_way_up
from shared.adapters.ocr.rapidocr.words import Character, RawLine, line_box, words_of
from shared.domain.base.errors import Unreadable
from shared.domain.reading.layout import reading_order
from shared.domain.reading.page import Box

MIN_CERTAINTY = 0.3
"""Lines below this are misread logos and dirt."""
VERTICAL = 1.5
"""The engine turns a box that is this many times higher than wide, and reads it downwards."""
_OUT_OF_MEMORY = ("bad_alloc", "Failed to allocate memory", "Insufficient memory")

Point = tuple[float, float]


def read(data: bytes, threads: int, detection_side: int) -> tuple[int, list[RawLine]]:
    """Return the quarter turns anticlockwise that bring a picture upright, and its lines in reading order then.

    Raises Unreadable: `unreadable` when the picture cannot be decoded, `too_large` when memory runs out.
    """
    try:
        return _read_upright(data, threads, detection_side)
    except Exception as failure:  # the engine wraps a lack of memory in exceptions of its own
        if not _is_out_of_memory(failure):
            raise
        text = "Its text needs more memory than the OCR process may take (INTRAY_OCR_BYTES)."
        raise Unreadable("too_large", text) from None


def _is_out_of_memory(failure: Exception) -> bool:
    """Return whether an allocation failed; ONNX Runtime and OpenCV say so in their texts only."""
    return isinstance(failure, MemoryError) or any(sign in str(failure) for sign in _OUT_OF_MEMORY)


def _read_upright(data: bytes, threads: int, detection_side: int) -> tuple[int, list[RawLine]]:
    import cv2
    import numpy as np

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise Unreadable("unreadable", "The picture of the page cannot be decoded.")

    def read_turned(turns: int) -> list[RawLine]:
        return _read(np.ascontiguousarray(np.rot90(image, turns)), threads, detection_side)

    return read_best_way_up(read_turned)


def _read(image: Any, threads: int, detection_side: int) -> list[RawLine]:  # noqa: ANN401 - a numpy array
    detected, _, recognised, _ = engine(threads, detection_side).run_ocr_steps(image, {})
    if detected.boxes is None or recognised.txts is None:
        return []
    lines: list[RawLine] = []
    for box, text, score, info in zip(
        detected.boxes, recognised.txts, recognised.scores, recognised.word_results, strict=True
    ):
        if text.strip() and score >= MIN_CERTAINTY:
            lines += words_of(_characters(box.tolist(), text, info))
    return [lines[index] for index in reading_order([line_box(line) for line in lines])]


def _characters(box: list[Point], text: str, info: Any) -> list[Character]:  # noqa: ANN401 - RapidOCR's WordInfo
    """Return each character of a line with its place, from the column of the engine's grid."""
    top_left, top_right, bottom_right, bottom_left = box
    if math.dist(top_left, bottom_left) >= VERTICAL * math.dist(top_left, top_right):
        top_left, top_right, bottom_right, bottom_left = top_right, bottom_right, bottom_left, top_left
    half = _pitch(info.word_cols, info.line_txt_len / len(text)) / 2
    columns = iter([column for word in info.word_cols for column in word])
    characters = []
    for letter, certainty in zip(text, info.confs, strict=True):
        if letter.isspace():
            characters.append(Character(" ", certainty, (0.0, 0.0, 0.0, 0.0)))
            continue
        middle = next(columns) + 0.5
        shares = [min(1.0, max(0.0, at / info.line_txt_len)) for at in (middle - half, middle + half)]
        tops = [_between(top_left, top_right, share) for share in shares]
        bottoms = [_between(bottom_left, bottom_right, share) for share in shares]
        characters.append(Character(letter, certainty, _around(tops + bottoms)))
    return characters


def _pitch(words: list[list[int]], otherwise: float) -> float:
    """Columns from one character to the next."""
    steps = sum(len(word) - 1 for word in words)
    return sum(word[-1] - word[0] for word in words) / steps if steps else otherwise


def _around(points: list[Point]) -> Box:
    return (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )


def _between(start: Point, end: Point, share: float) -> Point:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
