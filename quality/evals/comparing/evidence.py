"""Whether the places that a value names as its evidence state it, read without the pipeline."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain.documents.extraction import Evidence, Scalar
from shared.domain.judging.grounding.search import is_grounded, is_sum_of_lines
from shared.domain.reading.page import Box, Page
from shared.domain.types.document_type import FieldType

if TYPE_CHECKING:
    import pymupdf

type Texts = Sequence[tuple[str, Box]]
_TICKS = re.compile(r"[☐☒☑✓✔○◉]")
_TICK_OF = {"CheckBox": ("☐", "☒"), "RadioButton": ("○", "◉")}
_CHOSEN = {"☒", "☑", "✓", "✔", "◉"}


def states(kind: FieldType, value: Scalar, texts: Sequence[str]) -> bool:
    """Whether the texts of a value's boxes state it after normalising by its kind; a sum may have its summands there.

    A box to tick must be ticked as the value says; a yes or no without one stands in some text.
    """
    whole = " ".join(texts)
    if isinstance(value, bool):
        marks = {mark in _CHOSEN for mark in _TICKS.findall(whole)}
        return value in marks if marks else bool(whole.strip())
    return is_grounded(kind, value, whole) or is_sum_of_lines(value, texts)


class Sheets:
    """What stands on the pages of a file: a PDF's own characters; of `recognised` pages the words that were stored.

    Those are what OCR read, and all pages of a file that is no PDF: nobody else can tell their text with its places.
    """

    def __init__(self, path: Path, recognised: Mapping[int, Page]) -> None:
        self._path = path
        self._recognised = recognised
        self._read: dict[int, Texts] = {}

    def texts(self, evidence: Sequence[Evidence]) -> tuple[str, ...]:
        """Return what stands in each box, boxes in their order."""
        return tuple(
            _within(box, self._texts(place.page)) for place in evidence if place.page is not None for box in place.boxes
        )

    def _texts(self, number: int) -> Texts:
        if number not in self._read:
            stored = self._recognised.get(number)
            words = [(f"{word.text} ", word.box) for line in stored.lines for word in line.words] if stored else None
            self._read[number] = _characters(self._file[number - 1]) if words is None else words
        return self._read[number]

    @cached_property
    def _file(self) -> "pymupdf.Document":
        import pymupdf

        return pymupdf.open(self._path)


def is_pdf(path: Path) -> bool:
    """Return whether a file is a PDF, by its content."""
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


def _within(box: Box, texts: Texts) -> str:
    """Return the texts whose middle lies in the box."""
    return "".join(text for text, place in texts if _holds(box, place))


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _characters(page: "pymupdf.Page") -> Texts:
    """Return the characters of the upright page, and what its form's fields hold but do not draw: ticks, and values."""
    found: list[tuple[str, Box]] = []
    for block in page.get_text("rawdict")["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                found += [(character["c"], _upright(character["bbox"], page)) for character in span["chars"]]
            found += [(" ", place) for _, place in found[-1:]]
    drawn = list(found)
    for widget in page.widgets():
        place = _upright(widget.rect, page)
        ticks = _TICK_OF.get(widget.field_type_string)
        if ticks:
            found.append((ticks[widget.field_value not in ("Off", "", False, None)], place))
        elif not _within(place, drawn).strip():
            found.append((f"{widget.field_value or ''} ", place))
    return found


def _upright(box: Sequence[float], page: "pymupdf.Page") -> Box:
    import pymupdf

    turned = pymupdf.Rect(box) * page.rotation_matrix
    return (turned.x0, turned.y0, turned.x1, turned.y1)
