"""Places of a form where something can be entered, and the captions at them: before, above, below or behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shared.rule_reader.folding import plain
from shared.rule_reader.text.page import Box, Document, Line, Page

OFF, ON = "☐□○", "☒☑✓✔◉●"
_TICK = re.compile(rf"\s*([{OFF}{ON}])\s*")
_FILLER = re.compile(r"[$€£¥.\s:_–—-]*")  # what stands between a caption and its value, or is drawn to write on
_DASHES = re.compile(r"[\s–—/-]*")
_WORD = re.compile(r"\d+[a-z]?(?![^\W_])|[^\W\d_]+|\d+")
_NUMBERED = re.compile(r"\s*(?:\(?(?:\d{1,2}[a-z]?|[a-z])[.)]?)\s+(?=\w)")
_NUMBER = re.compile(r"\(?\d{1,2}[a-z]?[.)]?")
_BEFORE, _ABOVE, _BELOW, _BEHIND, _WRAPPED = 1.0, 0.95, 0.75, 0.8, 0.85
_BESIDE_TOO = 0.8  # what a caption above loses where text stands before the value
_STACKED_TOO = 0.9  # what a caption of several lines loses where nothing tells what was entered
_REACH, _STACKED, _UNDER = 2.6, 0.5, 1.2  # line heights to a caption above, between its lines, and to one below
_MOST_LINES = 3
_CONTEXT_ROWS = 6
_WORDS_NEXT = 6  # of running text that goes on behind a value, or went on before it, that can name it
_LONGEST = 14  # words of a caption where nothing tells what was entered; longer lines are prose


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a caption in small letters, without a possessive s; numbers keep their letter: `1a`."""
    return tuple(_WORD.findall(re.sub(r"['’`]s\b", "", plain(text))))


@dataclass(frozen=True)
class Caption:
    """Words at a place, how much the place speaks for them (0 to 1), and their lines."""

    words: tuple[str, ...]
    weight: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Slot:
    """Something that was entered, what stands at it, and the words of the rows above that say where it is."""

    lines: tuple[Line, ...]
    captions: tuple[Caption, ...]
    context: frozenset[str]
    tick: bool | None = None

    @property
    def text(self) -> str:
        """What was entered."""
        return " ".join(line.text for line in self.lines)

    @property
    def printed_text(self) -> str:
        """What was entered, as the page has it."""
        return " ".join(line.printed_text() for line in self.lines)


@dataclass(frozen=True)
class Slots:
    """The slots of a document: what was entered into its fields, or without any, every line that could be a value."""

    document: Document

    @cached_property
    def all(self) -> tuple[Slot, ...]:
        """In reading order."""
        return tuple(slot for page in self.document.pages for slot in self._of(page))

    @cached_property
    def is_form(self) -> bool:
        """Whether the document tells what was entered."""
        return any(line.entered and not _TICK.fullmatch(line.text) for line in self.document.lines)

    def under(self, first: Line, named: frozenset[Line]) -> tuple[Line, ...]:
        """Return the lines that go on close under a line, flush with it, up to one that is `named` a caption."""
        page = self.document.page_of(first)
        lines = [first]
        for row in page.rows[page.row_of[first] + 1 :]:
            line = next((line for line in row if abs(line.box.x0 - first.box.x0) < first.box.height), None)
            if line is None:
                continue
            apart = line.box.y0 - lines[-1].box.y1 > page.line_height
            ends = line.entered != first.entered or (line in named and not line.entered)
            if row[0] is not line or apart or ends:
                break
            lines.append(line)
        return tuple(lines[1:])

    def _of(self, page: Page) -> Iterator[Slot]:
        for row in page.rows:
            done: set[Line] = set()
            for line in row:
                tick = _TICK.match(line.text)
                if tick:
                    yield self._tick_slot(page, row, line, tick)
                elif line not in done and not _FILLER.fullmatch(line.text) and (line.entered or not self.is_form):
                    lines = _join_comb(row, line) if line.entered else (line,)
                    done.update(lines)
                    yield Slot(lines, tuple(self._captions(page, row, lines)), self._context(page, page.row_of[line]))

    def _tick_slot(self, page: Page, row: tuple[Line, ...], line: Line, tick: re.Match[str]) -> Slot:
        """Return a box with the words behind it; without any, with what stands before and above."""
        value = tick.group(1) in ON
        own = line.text[tick.end() :]
        behind = row[row.index(line) + 1 : row.index(line) + 2]
        if own.strip():
            captions = [Caption(words(own), _BEFORE, (line,))]
        elif behind and not _TICK.match(behind[0].text) and not behind[0].entered:
            captions = [Caption(words(behind[0].text), _BEFORE, behind)]
        else:
            captions = list(self._captions(page, row, (line,)))
        return Slot((line,), tuple(captions), self._context(page, page.row_of[line]), value)

    def _captions(self, page: Page, row: tuple[Line, ...], value: tuple[Line, ...]) -> Iterator[Caption]:
        at = row.index(value[0])
        before = [line for line in row[:at] if not _FILLER.fullmatch(line.text)][-1:]
        start = next((line.box.x0 for line in row[at - 1 : at] if _FILLER.fullmatch(line.text)), value[0].box.x0)
        box = Box(start, value[0].box.y0, value[-1].box.x1, max(line.box.y1 for line in value))
        named = [line for line in before if self._may_name(line)]
        if named:
            stacked = _stack(page, named[0].box, page.row_of[named[0]], _STACKED) if self.is_form else ()
            flush = all(abs(line.box.x0 - named[0].box.x0) <= page.line_height for line in stacked)
            yield from self._stack_captions(_BEFORE, (*(stacked if flush else ()), *named))
        above = _stack(page, box, page.row_of[value[0]], _REACH)
        if above and all(map(self._may_name, above)):
            yield from self._stack_captions(_ABOVE * (_BESIDE_TOO if named else 1.0), above)
        if not value[0].entered:
            return
        behind = row[row.index(value[-1]) + 1 : row.index(value[-1]) + 2]
        if behind and not behind[0].entered:
            yield Caption(words(behind[0].text)[:_WORDS_NEXT], _BEHIND, behind)
        number = page.row_of[value[0]]
        if at == 0 and number and not above and not (last := page.rows[number - 1][-1]).entered:
            yield Caption(words(last.text)[-_WORDS_NEXT:], _WRAPPED, (last,))
        for line in page.below(box, _UNDER):
            if not line.entered:
                yield self._caption(_BELOW, (line,))
                return

    def _stack_captions(self, weight: float, lines: tuple[Line, ...]) -> Iterator[Caption]:
        """Yield the caption of these lines: less surely those above, where they may be other fields' values."""
        if self.is_form and not _NUMBER.fullmatch(lines[-1].text):
            yield self._caption(weight, lines)
            return
        yield self._caption(weight, lines[-1:])
        if len(lines) > 1:
            yield self._caption(weight * _STACKED_TOO, lines)

    def _context(self, page: Page, row: int) -> frozenset[str]:
        """Return the words of the rows above: the section, or the caption of the field before."""
        first = max(0, row - _CONTEXT_ROWS)
        return frozenset[str]().union(*(self._row_words[page.number][at] for at in range(first, row)))

    @cached_property
    def _row_words(self) -> dict[int, list[frozenset[str]]]:
        return {
            page.number: [
                frozenset(word for line in row if not line.entered for word in words(line.text)) for row in page.rows
            ]
            for page in self.document.pages
        }

    def _may_name(self, line: Line) -> bool:
        return not line.entered and (self.is_form or len(words(line.text)) <= _LONGEST)

    @staticmethod
    def _caption(weight: float, lines: tuple[Line, ...]) -> Caption:
        return Caption(tuple(word for line in lines for word in words(line.text)), weight, lines)


def _join_comb(row: tuple[Line, ...], first: Line) -> tuple[Line, ...]:
    """Return the entries of a row that are parted by dashes only, as the parts of a number are."""
    lines, dashed = [first], False
    for line in row[row.index(first) + 1 :]:
        if line.entered and dashed and not _TICK.match(line.text):
            lines.append(line)
            dashed = False
        elif not line.entered and _DASHES.fullmatch(line.text):
            dashed = True
        else:
            break
    return tuple(lines)


def _stack(page: Page, box: Box, row: int, reach: float) -> tuple[Line, ...]:
    """Return the caption above a box: close lines in its column, up to one that begins with a number."""
    caption: list[Line] = []
    for cells in reversed(page.rows[:row]):
        over = [line for line in cells if line.box.y1 <= box.y0 + 0.4 * box.height and _over(line.box, box)]
        if not over:
            if box.y0 - cells[0].box.y1 > (1.0 if caption else reach) * page.line_height:
                break
            continue
        line = max(over, key=lambda item: item.box.overlap_x(box))
        gap = (box.y0 - line.box.y1) / page.line_height
        if gap > (_STACKED if caption else reach) or line.entered or _FILLER.fullmatch(line.text):
            break
        caption.insert(0, line)
        box = Box(line.box.x0, line.box.y0, line.box.x1, line.box.y1)
        numbered = any(_NUMBER.fullmatch(cell.text) for cell in cells[: cells.index(line)][-1:])
        if len(caption) == _MOST_LINES or numbered or _NUMBERED.match(line.text):
            break
    return tuple(caption)


def _over(caption: Box, box: Box) -> bool:
    return caption.overlap_x(box) > 0 or abs(caption.x0 - box.x0) < box.height
