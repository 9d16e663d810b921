"""The text of a PDF page: lines in reading order, what was entered into form fields, and what nobody sees."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.pdf.page.interpreted_page import RawWords, Sheet, shown, switched_off
from shared.adapters.pdf.pictures.picture import image_share
from shared.adapters.pdf.visibility.doubtful import doubtful
from shared.adapters.pdf.visibility.overpainted import overpainted_words
from shared.adapters.pdf.visibility.strikes import find_struck
from shared.adapters.pdf.words.cropped import cropped_words
from shared.adapters.pdf.words.direction import direction, may_be_turned, quarter_turn
from shared.adapters.pdf.words.doubles import find_copies
from shared.adapters.pdf.words.form_fields import with_fields
from shared.adapters.pdf.words.runs import RawLine, RawWord, arranged, cut, line_of, places
from shared.domain.reading.ocr_need import LARGE_IMAGE_SHARE
from shared.domain.reading.page import HiddenWhy

if TYPE_CHECKING:
    import pymupdf

FLAT = 0.5
"""Points; fonts whose metrics make a word flatter than this are measured again the thorough way."""
TINY = 2.0
"""Points; in text boxes lower than this stand letters half a millimetre high, which no business document is set in."""
FEW_LETTERS = 3
"""Fewer hidden letters and digits than this on a page say nothing: a page number in the colour of a band."""
LAYER_SHARE = 0.8
"""A scan whose text is unseen to at least this share carries a text layer that somebody's OCR made of the picture."""
PRODUCERS_MARKS = ("Powered by TCPDF (www.tcpdf.org)",)
"""What programs write unseen into every PDF they make."""
_GARBAGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")

type Hidden = list[tuple[HiddenWhy, list[RawWord]]]


class PageText(NamedTuple):
    """What stands on a page of `width` x `height` points. `pictures`: it may show some.

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
    sheet, runs, flattest = _interpreted(page)
    ends = places(runs)
    if may_be_turned(ends) and (turn := quarter_turn(sheet.words, sheet.lines())):
        page.set_rotation((page.rotation + turn) % 360)
        sheet, runs, flattest = _interpreted(page)
        ends = places(runs)
    words = sheet.words
    unseen = _unseen(sheet, runs, flattest)
    under_picture = _is_layer(words, unseen) and image_share(page) >= LARGE_IMAGE_SHARE
    told: Hidden = []
    copies = _copies_of_seen(find_copies(words, runs), {} if under_picture else unseen)
    struck, pictured = find_struck(page, sheet, runs)
    if copies or struck or (unseen and not under_picture):
        told = [] if under_picture else _told(sheet, {at: why for at, why in unseen.items() if at not in copies})
        left_out = copies | struck if under_picture else (copies | struck).union(unseen)
        struck -= copies if under_picture else copies.union(unseen)
        runs, _ = cut([word for index, word in enumerate(words) if index not in left_out])
        ends = places(runs)
    told += _said_beside_the_page(page, sheet)
    told += _on_layers_off(page, sheet, switched_off(page.parent) if layers_off is None else layers_off)
    runs = _readable(runs)
    read = direction(ends)
    if has_form:
        runs, more = with_fields(page, runs)
        told += [(why, words) for why, words in more if _says_something(words)]
    lines = arranged(runs, read)
    crossed_out = [RawWord(_clean(words[index][4]), words[index][:4]) for index in sorted(struck)]
    crossed_out += [RawWord("", place) for place in pictured]
    return PageText(lines, told, crossed_out, sheet.width, sheet.height, sheet.seen.pictures, under_picture)


def garbage_share(text: str) -> float:
    """Return the share of characters that stand for no letter: unmapped, private use, control."""
    return 0.0 if text.isascii() and text.isprintable() else len(_GARBAGE.findall(text)) / len(text)


def _interpreted(page: "pymupdf.Page") -> tuple[Sheet, list[RawLine], float]:
    """Return what a page draws, its runs of words, and the height of its flattest word in points."""
    sheet = Sheet(page)
    runs, flattest = cut(sheet.words)
    if flattest < FLAT:
        sheet.measure_again()
        runs, flattest = cut(sheet.words)
    if not sheet.seen.clips and _reach_out(sheet, runs):
        sheet.drop_far_words()
        runs, flattest = cut(sheet.words)
    return sheet, runs, flattest


def _reach_out(sheet: Sheet, runs: Iterable[RawLine]) -> bool:
    """Return whether any run reaches over the edge of the page."""
    width, height = sheet.width, sheet.height
    return any(x0 <= 0 or y0 <= 0 or x1 >= width or y1 >= height for _, (x0, y0, x1, y1), _ in runs)


def _unseen(sheet: Sheet, runs: Iterable[RawLine], flattest: float) -> dict[int, HiddenWhy]:
    """Why nobody sees a word, by its index."""
    words = sheet.words
    unseen: dict[int, HiddenWhy] = {}
    if _reach_out(sheet, runs):
        unseen |= {index: "outside" for index in range(len(words)) if sheet.beyond(index)}
    if flattest < TINY:
        unseen |= {index: "tiny" for index, word in enumerate(words) if word[3] - word[1] < TINY}
    doubts = [index for index in doubtful(sheet) if index not in unseen]
    if doubts:
        from shared.adapters.pdf.visibility.hidden import hidden_words

        unseen |= hidden_words(sheet, doubts)
        unseen |= {index: "covered" for index in overpainted_words(sheet) if index not in unseen}
    return unseen


def _copies_of_seen(copies: Mapping[int, set[int]], unseen: Mapping[int, HiddenWhy]) -> set[int]:
    """Return the words that say again what is seen at the same place; where the copy is seen instead, its originals."""
    repeated = set[int]()
    for copy, originals in copies.items():
        if all(original in unseen for original in originals):
            repeated |= originals if copy not in unseen else set()
        else:
            repeated.add(copy)
    return repeated


def _said_beside_the_page(page: "pymupdf.Page", sheet: Sheet) -> Hidden:
    """The words that stand beside the shown part of the page, and those that programs read in place of its glyphs."""
    told: Hidden = []
    cropped = cropped_words(page)
    if _says_something(cropped):
        told.append(("outside", cropped))
    if sheet.seen.replacements:
        drawn = _letters("".join(word[4] for word in sheet.words))
        replacing = [
            RawWord(_clean(word), place)
            for text, place in sheet.seen.replacements
            if _letters(text) not in drawn
            for word in text.split()
            if _letters(word) not in drawn
        ]
        if _says_something(replacing):
            told.append(("invisible", replacing))
    return told


def _letters(text: str) -> str:
    """Return the letters and digits of a text, however they are shaped."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def _on_layers_off(page: "pymupdf.Page", sheet: Sheet, off: Sequence[int]) -> Hidden:
    """Return the words that only show with the layers that the document has switched off."""
    if not off:
        return []
    usual = {word[:5] for word in sheet.words}
    with shown(page.parent, off):
        more = [RawWord(word[4], word[:4]) for word in _interpreted(page)[0].words if word[:5] not in usual]
    return [("layer", more)] if _says_something(more) else []


def _is_layer(words: RawWords, unseen: Mapping[int, HiddenWhy]) -> bool:
    """Return whether next to all text is not painted, or lies under something."""
    layer = sum(len(words[index][4]) for index, why in unseen.items() if why in {"invisible", "covered"})
    return layer > 0 and layer >= LAYER_SHARE * sum(len(word[4]) for word in words)


def _told(sheet: Sheet, unseen: Mapping[int, HiddenWhy]) -> Hidden:
    """Return the unseen words that say something, by why.

    The end of a line that is cut off, by the edge of the page or of a field, is lost but not hidden; a word of a line
    that something was drawn over is.
    """
    words = sheet.words
    seen = {word[5:7] for index, word in enumerate(words) if index not in unseen}
    cut_off = [index for index, why in unseen.items() if why in {"outside", "covered"} and words[index][5:7] in seen]
    lost = set(cut_off).difference(_drawn_over(sheet, cut_off))
    by_why: dict[HiddenWhy, list[RawWord]] = {}
    for index, why in unseen.items():
        if index not in lost:
            by_why.setdefault(why, []).append(RawWord(_clean(words[index][4]), words[index][:4]))
    return [(why, hidden) for why, hidden in by_why.items() if _says_something(hidden)]


def _drawn_over(sheet: Sheet, indices: Sequence[int]) -> Iterator[int]:
    """Yield the words whose middle lies under something that was painted after a text."""
    if not indices or not (sheet.seen.odd or any(cover.texts_before for cover in sheet.seen.covers)):
        return
    from shared.adapters.pdf.page.painting import hiding

    covers = hiding(sheet.run)
    for index in indices:
        x0, y0, x1, y1, *_ = sheet.words[index]
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if any(left < x < right and top < y < bottom for left, top, right, bottom in covers):
            yield index


def _says_something(words: Iterable[RawWord]) -> bool:
    text = " ".join(word.text for word in words)
    return sum(character.isalnum() for character in text) >= FEW_LETTERS and text not in PRODUCERS_MARKS


def _readable(runs: list[RawLine]) -> list[RawLine]:
    """Return the runs with half characters marked as unreadable, and Arabic letters instead of their shapes."""
    text = "".join([word[4] for run in runs for word in run.raw])
    if text.isascii() or not (_SURROGATE.search(text) or _SHAPES.search(text)):
        return runs
    return [line_of([RawWord(_clean(text), box) for text, box in run.words], run.kind) for run in runs]


def _clean(text: str) -> str:
    return _SHAPES.sub(lambda shape: unicodedata.normalize("NFKC", shape.group()), _SURROGATE.sub("\ufffd", text))
