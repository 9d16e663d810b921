"""Lines of words from a PDF page: text layer, form fields and the text of annotations."""

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from shared.domain.layout import reading_order, rows
from shared.domain.page import Box, TextKind, union

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


class RawLine(NamedTuple):
    """A run of words of one kind."""

    words: list[RawWord]
    kind: TextKind = "text"


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
        runs += _split([RawWord(_SURROGATE.sub("\ufffd", word[4]), _turned(word[:4], turn)) for word in words])
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


def _split(words: list[RawWord]) -> list[RawLine]:
    """Cut a line at its wide gaps."""
    parts = [RawLine(words[:1])]
    for before, word in pairwise(words):
        if _gap(before.box, word.box) > WIDE_GAP * _height(before.box):
            parts.append(RawLine([]))
        parts[-1].words.append(word)
    return parts


def _merge(runs: list[RawLine]) -> list[RawLine]:
    """Join runs of one baseline with a normal gap: MuPDF starts a new line wherever the producer moved the pen."""
    boxes = [_box(run) for run in runs]
    merged: list[RawLine] = []
    for row in rows(boxes):
        for index in row:
            run = runs[index]
            same = merged and index != row[0] and merged[-1].kind == run.kind
            if same and _continues(_box(merged[-1]), boxes[index]):
                merged[-1].words.extend(run.words)
            else:
                merged.append(RawLine(list(run.words), run.kind))
    return merged


def _continues(before: Box, after: Box) -> bool:
    height = min(_height(before), _height(after))
    level = abs(before[3] - after[3]) <= height / 4
    return level and -height / 4 <= after[0] - before[2] <= NORMAL_GAP * height


def _with_fields(page: "pymupdf.Page", runs: list[RawLine], turn: "pymupdf.Matrix | None") -> list[RawLine]:
    """Tell each field's value from the text around it.

    It is taken from the field where the text layer lacks it or has it in pieces (a comb's digits, a cut-off text).
    """
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
        if words:
            runs, drawn = _apart(runs, rect)
            whole = words == [word.text for run in drawn for word in run]
            runs += [RawLine(line, "form_field") for line in (drawn if whole else [_spread(words, rect)])]
    return runs


def _apart(runs: list[RawLine], rect: Box) -> tuple[list[RawLine], list[list[RawWord]]]:
    """The runs without the words in `rect`, and those words, run by run."""
    outside: list[RawLine] = []
    drawn: list[list[RawWord]] = []
    for run in runs:
        within = [word for word in run.words if _inside(word.box, rect)]
        if not within:
            outside.append(run)
            continue
        drawn.append(within)
        rest = [[word for word in run.words if word.box[0] < within[0].box[0] and word not in within]]
        rest.append([word for word in run.words if word not in within and word not in rest[0]])
        outside += [run._replace(words=words) for words in rest if words]
    return outside, drawn


def _spread(words: list[str], box: Box) -> list[RawWord]:
    """Words set out over a box, each as wide as its share of the characters."""
    step = (box[2] - box[0]) / max(1, sum(len(word) + 1 for word in words))
    line, x = list[RawWord](), box[0]
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
    return union(tuple(word.box for word in line.words))
