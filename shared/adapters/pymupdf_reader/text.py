"""Lines of words from a PDF page: text layer, form fields and the text of annotations."""

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from shared.domain.layout import reading_order, rows
from shared.domain.page import Box, union

if TYPE_CHECKING:
    import pymupdf

WIDE_GAP = 1.5
"""A gap wider than this many line heights separates cells, not words."""
NORMAL_GAP = 0.5
"""Runs on one baseline that are at most this many line heights apart are one line."""
_GARBAGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TICKS = {"CheckBox": ("☐", "☒"), "RadioButton": ("○", "◉")}


class RawWord(NamedTuple):
    """A word and its box in points, upright page."""

    text: str
    box: Box


RawLine = list[RawWord]


def page_lines(page: "pymupdf.Page", *, has_form: bool) -> list[RawLine]:
    """The lines of a page in reading order.

    MuPDF runs annotations and form fields with the page, so their text is in the text layer, except ticks (drawn, not
    written) and values that do not fit their field; those come from the fields themselves.
    """
    import pymupdf

    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP  # ligatures as letters, no made-up characters
    turn = page.rotation_matrix if page.rotation else None
    runs: list[RawLine] = []
    for _, words in groupby(page.get_textpage(flags=flags).extractWORDS(), key=lambda word: word[5:7]):
        line = [RawWord(_SURROGATE.sub("\ufffd", word[4]), _turned(word[:4], turn)) for word in words]
        runs += _split(line)
    if has_form:
        runs = _with_fields(page, runs, turn)
    merged = _merge(runs)
    return [merged[index] for index in reading_order([_box(line) for line in merged])]


def garbage_share(text: str) -> float:
    """The share of characters that stand for no letter: unmapped, private use, control."""
    return len(_GARBAGE.findall(text)) / len(text) if text else 0.0


def _turned(box: Box, turn: "pymupdf.Matrix | None") -> Box:
    if turn is None:
        return box
    import pymupdf

    rect = pymupdf.Rect(box) * turn
    return (rect.x0, rect.y0, rect.x1, rect.y1)


def _split(line: RawLine) -> list[RawLine]:
    """Cut a line at its wide gaps."""
    parts = [[line[0]]]
    for before, word in pairwise(line):
        if _gap(before.box, word.box) > WIDE_GAP * _height(before.box):
            parts.append([])
        parts[-1].append(word)
    return parts


def _merge(runs: list[RawLine]) -> list[RawLine]:
    """Join runs of one baseline with a normal gap: MuPDF starts a new line wherever the producer moved the pen."""
    boxes = [_box(run) for run in runs]
    merged: list[RawLine] = []
    for row in rows(boxes):
        for index in row:
            if merged and index != row[0] and _continues(_box(merged[-1]), boxes[index]):
                merged[-1] += runs[index]
            else:
                merged.append(list(runs[index]))
    return merged


def _continues(before: Box, after: Box) -> bool:
    height = min(_height(before), _height(after))
    level = abs(before[3] - after[3]) <= height / 4
    return level and -height / 4 <= after[0] - before[2] <= NORMAL_GAP * height


def _with_fields(page: "pymupdf.Page", runs: list[RawLine], turn: "pymupdf.Matrix | None") -> list[RawLine]:
    """Add each field's value where the text layer lacks it or has it in pieces (a comb's digits, a cut-off text)."""
    for widget in page.widgets():
        value = widget.field_value
        ticks = _TICKS.get(widget.field_type_string)
        if ticks:
            words = [ticks[value not in ("Off", "", False, None)]]
        elif widget.field_type_string in ("Text", "ComboBox", "ListBox"):
            words = (" ".join(value) if isinstance(value, list | tuple) else str(value or "")).split()
        else:
            continue
        rect = _turned(tuple(widget.rect), turn)
        inside = [word.text for run in runs for word in run if _inside(word.box, rect)]
        if words and words != inside:
            runs = [kept for run in runs if (kept := [word for word in run if not _inside(word.box, rect)])]
            runs.append(_spread(words, rect))
    return runs


def _spread(words: list[str], box: Box) -> RawLine:
    """Words set out over a box, each as wide as its share of the characters."""
    step = (box[2] - box[0]) / max(1, sum(len(word) + 1 for word in words))
    line, x = [], box[0]
    for word in words:
        line.append(RawWord(word, (x, box[1], x + len(word) * step, box[3])))
        x += (len(word) + 1) * step
    return line


def _inside(box: Box, rect: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return rect[0] <= x <= rect[2] and rect[1] <= y <= rect[3]


def _gap(before: Box, after: Box) -> float:
    return max(after[0] - before[2], before[0] - after[2])


def _height(box: Box) -> float:
    return box[3] - box[1]


def _box(line: RawLine) -> Box:
    return union(tuple(word.box for word in line))
