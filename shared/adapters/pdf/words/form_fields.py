"""What was entered into the fields of a form."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from shared.adapters.pdf.words.runs import RawLine, RawWord, line_of
from shared.domain.reading.page import Box, HiddenWhy

if TYPE_CHECKING:
    import pymupdf

_TICKS = {"CheckBox": ("☐", "☒"), "RadioButton": ("○", "◉")}
_ENTERED = ("Text", "ComboBox", "ListBox")
_UNSEEN = (1, 3)
"""MuPDF's Display_Hidden and Display_NoView, which PyMuPDF lacks."""


def with_fields(
    page: "pymupdf.Page", runs: list[RawLine]
) -> tuple[list[RawLine], list[tuple[HiddenWhy, list[RawWord]]]]:
    """Separate each field's value from the text around it; also return the values of fields that are not shown.

    A value is taken from its field where the text layer lacks it or has it in pieces (a comb's digits, a cut-off text).
    Where the field shows something else than its value, the shown text is read, and the value counts as hidden.
    """
    hidden: list[RawWord] = []
    for widget in page.widgets():
        words = _words_of_value(widget)
        rect = _turn_upright(widget.rect, page)
        if not words:
            continue
        if widget.field_display in _UNSEEN:
            hidden += _spread(words, rect)
            continue
        runs, drawn = _split_runs(runs, rect)
        shown = [word.text for run in drawn for word in run]
        if widget.field_type_string == "Text" and _do_contradict(shown, words):
            hidden += _spread(words, rect)
            words = shown
        whole = words == shown
        runs += [line_of(line, "form_field") for line in (drawn if whole else [_spread(words, rect)])]
    return runs, [("invisible", hidden)] if hidden else []


def _words_of_value(widget: Any) -> list[str]:  # noqa: ANN401 - PyMuPDF's stubs lack it
    """Return the words of a field's value; of a box to tick, a sign; of a button or an empty field, none."""
    value = widget.field_value
    ticks = _TICKS.get(widget.field_type_string)
    if ticks:
        return [ticks[value not in ("Off", "", False, None)]]
    if widget.field_type_string not in _ENTERED:
        return []
    return (" ".join(value) if isinstance(value, list | tuple) else str(value or "")).split()


def _do_contradict(shown: list[str], value: list[str]) -> bool:
    """Return whether a field shows letters or digits that its value lacks, and lacks some that its value has.

    A shown number or date may be formatted, and a long text cut off: then one of the two has all of the other.
    """
    shown_characters = Counter(character for word in shown for character in word.casefold() if character.isalnum())
    value_characters = Counter(character for word in value for character in word.casefold() if character.isalnum())
    return bool(shown_characters - value_characters and value_characters - shown_characters)


def _turn_upright(rect: "pymupdf.Rect", page: "pymupdf.Page") -> Box:
    upright = rect * page.rotation_matrix if page.rotation else rect
    return (upright.x0, upright.y0, upright.x1, upright.y1)


def _split_runs(runs: list[RawLine], rect: Box) -> tuple[list[RawLine], list[list[RawWord]]]:
    """Return the runs without the words in `rect`, and those words, run by run."""
    outside: list[RawLine] = []
    drawn: list[list[RawWord]] = []
    for run in runs:
        within = [word for word in run.words if _inside(word.box, rect)]
        if not within:
            outside.append(run)
            continue
        drawn.append(within)
        before = [word for word in run.words if word.box[0] < within[0].box[0] and word not in within]
        after = [word for word in run.words if word not in within and word not in before]
        outside += [line_of(words, run.line_type) for words in (before, after) if words]
    return outside, drawn


def _spread(words: list[str], box: Box) -> list[RawWord]:
    """Words set out over all of a box, as a comb's digits are, each as wide as its share of the characters."""
    step = (box[2] - box[0]) / max(1, len(" ".join(words)))
    line, x = list[RawWord](), box[0]
    for word in words:
        line.append(RawWord(word, (x, box[1], x + len(word) * step, box[3])))
        x += (len(word) + 1) * step
    return line


def _inside(box: Box, rect: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return rect[0] <= x <= rect[2] and rect[1] <= y <= rect[3]
