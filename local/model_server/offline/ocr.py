"""Lines for pages that came as an image only, by OCR inside the reader's process."""

import io
from copy import replace
from functools import cache
from typing import Any

from PIL import Image, ImageOps

from shared.rule_reader.text.page import Box, Document, Line, Page

_LONGEST_SIDE = 2200  # pixels; more costs memory and gains nothing
_DETECTION_SIDE = 1280  # pixels


@cache
def _engine() -> Any:  # noqa: ANN401 - the library has no types
    from rapidocr import RapidOCR

    # The angle classifier corrupts long lines; it stays off.
    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            "Det.limit_side_len": _DETECTION_SIDE,
            "Det.limit_type": "max",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )


def with_ocr(document: Document, numbers: list[int | None], images: tuple[bytes, ...]) -> Document:
    """Return the document, each page that has an image but no lines read from its image; such lines have no id."""
    by_page = {number: data for number, data in zip(numbers, images, strict=False) if number is not None}
    pages_by_number = {page.number: page for page in document.pages}
    for number, data in by_page.items():
        if number not in pages_by_number or not pages_by_number[number].lines:
            pages_by_number[number] = _read(number, data)
    return replace(document, pages=tuple(pages_by_number[number] for number in sorted(pages_by_number)))


def _read(number: int, data: bytes) -> Page:
    import numpy as np

    with Image.open(io.BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    result = _engine()(np.asarray(image)[:, :, ::-1])
    lines = []
    for corners, text in zip(_or_empty(result.boxes), _or_empty(result.txts), strict=True):
        xs, ys = [float(point[0]) for point in corners], [float(point[1]) for point in corners]
        lines.append(Line("", number, Box(min(xs), min(ys), max(xs), max(ys)), text))
    return Page(number, (float(image.width), float(image.height)), tuple(line for line in lines if line.raw.strip()))


def _or_empty(values: Any) -> Any:  # noqa: ANN401 - an array or None
    return () if values is None else values
