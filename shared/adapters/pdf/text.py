"""The text of a PDF page: lines in reading order, values of form fields, and hidden words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.pdf.page.interpreted_page import InterpretedPage, RawWords, switch_on, switched_off
from shared.adapters.pdf.pictures.picture import image_share
from shared.adapters.pdf.visibility.doubtful import find_doubtful
from shared.adapters.pdf.visibility.overpainted import overpainted_words
from shared.adapters.pdf.visibility.strikes import find_struck
from shared.adapters.pdf.words.cropped import cropped_words
from shared.adapters.pdf.words.direction import find_direction, may_be_turned, quarter_turn
from shared.adapters.pdf.words.doubles import find_copies
from shared.adapters.pdf.words.form_fields import with_fields
from shared.adapters.pdf.words.runs import RawLine, RawWord, arrange, cut_runs, line_of, places_of_runs
from shared.domain.reading.ocr_need import LARGE_IMAGE_SHARE
from shared.domain.reading.page import HiddenWhy

if TYPE_CHECKING:
    import pymupdf

MIN_WORD_HEIGHT_PT = 0.5
"""Points; fonts whose metrics make a word flatter than this are measured again the thorough way."""
MIN_LEGIBLE_HEIGHT_PT = 2.0
"""Points; letters in lower text boxes are half a millimetre high, which no business document uses."""
MIN_HIDDEN_LETTERS = 3
"""Fewer hidden letters and digits than this on a page are ignored, such as a page number in the colour of a band."""
MIN_UNSEEN_SHARE_OF_LAYER = 0.8
"""A scan whose text is hidden to at least this share carries a text layer made by OCR."""
PRODUCER_WATERMARKS = ("Powered by TCPDF (www.tcpdf.org)",)
"""Invisible text that programs write into every PDF they make."""
_GARBAGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")

type Hidden = list[tuple[HiddenWhy, list[RawWord]]]


class PageText(NamedTuple):
    """The text of a page of `width` x `height` points. `pictures`: the page may show some.

    `struck`: words that are struck through; an empty one where a picture is, for OCR to read what it says.
    `under_picture`: the lines are an unseen text layer of the scan that covers the page.
    """

    lines: list[RawLine]
    hidden: Hidden
    struck: list[RawWord]
    width: float
    height: float
    pictures: bool
    under_picture: bool


def page_text(page: "pymupdf.Page", *, has_form: bool, layers_off: Sequence[int] | None = None) -> PageText:
    """Return the text of a page; a page whose content stands on its side or upside down is turned upright first.

    MuPDF runs annotations and form fields with the page, so their text is in the text layer, except ticks (drawn, not
    written) and values that do not fit their field; those come from the fields themselves. `layers_off` are the layers
    that the document has switched off; it is asked where they are not given.
    """
    interpreted, runs, flattest = _interpret(page)
    ends = places_of_runs(runs)
    if may_be_turned(ends) and (turn := quarter_turn(interpreted.words, interpreted.lines())):
        page.set_rotation((page.rotation + turn) % 360)
        interpreted, runs, flattest = _interpret(page)
        ends = places_of_runs(runs)
    words = interpreted.words
    unseen = _find_unseen(interpreted, runs, flattest)
    under_picture = _is_text_layer(words, unseen) and image_share(page) >= LARGE_IMAGE_SHARE
    hidden: Hidden = []
    copies = _copies_of_seen(find_copies(words, runs), {} if under_picture else unseen)
    struck, pictured = find_struck(page, interpreted, runs)
    if copies or struck or (unseen and not under_picture):
        if not under_picture:
            hidden += _list_hidden(interpreted, {at: why for at, why in unseen.items() if at not in copies})
        left_out = copies | struck if under_picture else (copies | struck).union(unseen)
        struck -= copies if under_picture else copies.union(unseen)
        runs, _ = cut_runs([word for index, word in enumerate(words) if index not in left_out])
        ends = places_of_runs(runs)
    hidden += _list_off_page_words(page, interpreted)
    hidden += _list_layer_words(page, interpreted, switched_off(page.parent) if layers_off is None else layers_off)
    runs = _make_readable(runs)
    read = find_direction(ends)
    if has_form:
        runs, more = with_fields(page, runs)
        hidden += [(why, words) for why, words in more if _has_content(words)]
    lines = arrange(runs, read)
    crossed_out = [RawWord(_clean(words[index][4]), words[index][:4]) for index in sorted(struck)]
    crossed_out += [RawWord("", place) for place in pictured]
    return PageText(
        lines, hidden, crossed_out, interpreted.width, interpreted.height, interpreted.paint.pictures, under_picture
    )


def garbage_share(text: str) -> float:
    """Return the share of characters that stand for no letter: unmapped, private use, control."""
    return 0.0 if text.isascii() and text.isprintable() else len(_GARBAGE.findall(text)) / len(text)


def _interpret(page: "pymupdf.Page") -> tuple[InterpretedPage, list[RawLine], float]:
    """Return what a page draws, its runs of words, and the height of its flattest word in points."""
    interpreted = InterpretedPage(page)
    runs, flattest = cut_runs(interpreted.words)
    if flattest < MIN_WORD_HEIGHT_PT:
        interpreted.measure_again()
        runs, flattest = cut_runs(interpreted.words)
    if not interpreted.paint.clips and _has_runs_over_edge(interpreted, runs):
        interpreted.drop_far_words()
        runs, flattest = cut_runs(interpreted.words)
    return interpreted, runs, flattest


def _has_runs_over_edge(interpreted: InterpretedPage, runs: Iterable[RawLine]) -> bool:
    """Return whether any run reaches over the edge of the page."""
    width, height = interpreted.width, interpreted.height
    return any(x0 <= 0 or y0 <= 0 or x1 >= width or y1 >= height for _, (x0, y0, x1, y1), _ in runs)


def _find_unseen(interpreted: InterpretedPage, runs: Iterable[RawLine], flattest: float) -> dict[int, HiddenWhy]:
    """Return why a word is not visible, by its index."""
    words = interpreted.words
    unseen: dict[int, HiddenWhy] = {}
    if _has_runs_over_edge(interpreted, runs):
        unseen |= {index: "outside" for index in range(len(words)) if interpreted.is_beyond_page(index)}
    if flattest < MIN_LEGIBLE_HEIGHT_PT:
        unseen |= {index: "tiny" for index, word in enumerate(words) if word[3] - word[1] < MIN_LEGIBLE_HEIGHT_PT}
    doubts = [index for index in find_doubtful(interpreted) if index not in unseen]
    if doubts:
        from shared.adapters.pdf.visibility.hidden import hidden_words

        unseen |= hidden_words(interpreted, doubts)
        unseen |= {index: "covered" for index in overpainted_words(interpreted) if index not in unseen}
    return unseen


def _copies_of_seen(copies: Mapping[int, set[int]], unseen: Mapping[int, HiddenWhy]) -> set[int]:
    """Return the words that repeat visible words at the same place; where only the copy is visible, its originals."""
    repeated = set[int]()
    for copy, originals in copies.items():
        if all(original in unseen for original in originals):
            repeated |= originals if copy not in unseen else set()
        else:
            repeated.add(copy)
    return repeated


def _list_off_page_words(page: "pymupdf.Page", interpreted: InterpretedPage) -> Hidden:
    """Return the words outside the shown part of the page, and those that programs read in place of its glyphs."""
    hidden: Hidden = []
    cropped = cropped_words(page)
    if _has_content(cropped):
        hidden.append(("outside", cropped))
    if interpreted.paint.replacements:
        drawn = _letters("".join(word[4] for word in interpreted.words))
        replacing = [
            RawWord(_clean(word), place)
            for text, place in interpreted.paint.replacements
            if _letters(text) not in drawn
            for word in text.split()
            if _letters(word) not in drawn
        ]
        if _has_content(replacing):
            hidden.append(("invisible", replacing))
    return hidden


def _letters(text: str) -> str:
    """Return the letters and digits of a text, however they are shaped."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def _list_layer_words(page: "pymupdf.Page", interpreted: InterpretedPage, off: Sequence[int]) -> Hidden:
    """Return the words that only show with the layers that the document has switched off."""
    if not off:
        return []
    usual = {word[:5] for word in interpreted.words}
    with switch_on(page.parent, off):
        more = [RawWord(word[4], word[:4]) for word in _interpret(page)[0].words if word[:5] not in usual]
    return [("layer", more)] if _has_content(more) else []


def _is_text_layer(words: RawWords, unseen: Mapping[int, HiddenWhy]) -> bool:
    """Return whether next to all text is not painted, or lies under something."""
    layer = sum(len(words[index][4]) for index, why in unseen.items() if why in {"invisible", "covered"})
    return layer > 0 and layer >= MIN_UNSEEN_SHARE_OF_LAYER * sum(len(word[4]) for word in words)


def _list_hidden(interpreted: InterpretedPage, unseen: Mapping[int, HiddenWhy]) -> Hidden:
    """Return the hidden words that have content, grouped by reason.

    The end of a line cut off by the edge of the page or of a field is lost, not hidden; a word of a line that
    something was drawn over is hidden.
    """
    words = interpreted.words
    visible_lines = {word[5:7] for index, word in enumerate(words) if index not in unseen}
    cut_off = [
        index for index, why in unseen.items() if why in {"outside", "covered"} and words[index][5:7] in visible_lines
    ]
    lost = set(cut_off).difference(_find_drawn_over(interpreted, cut_off))
    by_why: dict[HiddenWhy, list[RawWord]] = {}
    for index, why in unseen.items():
        if index not in lost:
            by_why.setdefault(why, []).append(RawWord(_clean(words[index][4]), words[index][:4]))
    return [(why, hidden) for why, hidden in by_why.items() if _has_content(hidden)]


def _find_drawn_over(interpreted: InterpretedPage, indices: Sequence[int]) -> Iterator[int]:
    """Yield the words whose middle lies under something that was painted after a text."""
    if not indices or not (interpreted.paint.odd or any(cover.texts_before for cover in interpreted.paint.covers)):
        return
    from shared.adapters.pdf.page.paint_scan import find_hiding_covers

    covers = find_hiding_covers(interpreted.run)
    for index in indices:
        x0, y0, x1, y1, *_ = interpreted.words[index]
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if any(left < x < right and top < y < bottom for left, top, right, bottom in covers):
            yield index


def _has_content(words: Iterable[RawWord]) -> bool:
    text = " ".join(word.text for word in words)
    return sum(character.isalnum() for character in text) >= MIN_HIDDEN_LETTERS and text not in PRODUCER_WATERMARKS


def _make_readable(runs: list[RawLine]) -> list[RawLine]:
    """Return the runs with half characters marked as unreadable, and Arabic letters instead of their shapes."""
    text = "".join([word[4] for run in runs for word in run.raw])
    if text.isascii() or not (_SURROGATE.search(text) or _SHAPES.search(text)):
        return runs
    return [line_of([RawWord(_clean(text), box) for text, box in run.words], run.line_type) for run in runs]


def _clean(text: str) -> str:
    return _SHAPES.sub(lambda shape: unicodedata.normalize("NFKC", shape.group()), _SURROGATE.sub("\ufffd", text))
