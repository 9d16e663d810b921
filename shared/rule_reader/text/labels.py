"""Find the fields' labels on the page: exact or nearly so, glued or spaced, the longest one winning its words."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from shared.domain.values.matching import most_similar
from shared.rule_reader.text.folding import plain
from shared.rule_reader.text.page import Line

LIKELY, CLEAR = 0.6, 0.8  # scores from which a label is likely one, and clearly one
_FUZZY_FROM = 5  # letters: shorter labels must match exactly
_FUZZY_RATIO = 86.0
_LONGEST_WINDOW = 6  # words
_HUMP = re.compile(r"[^\W\d_A-Z][A-Z]")
_WORD = re.compile(r"[^\W\d_]+|\d+|[%#№]")
_CODE = re.compile(r"(?<![^\W_])[^\W\d_]+[^\W_]*\d$")
_REMEMBERED = 20_000  # folded texts; a request asks for the same labels and lines again and again
GAP = "…"  # a label "Invoice … dated" matches with an identifier in between
_LONGEST_GAP = 60  # characters
_CURRENCIES = frozenset(
    ["RM", "EUR", "USD", "GBP", "CHF", "MYR", "SGD", "INR", "AUD", "CAD"]
)  # "Total EUR incl. VAT" is "Total incl. VAT"
_COMPOUND_FROM = 7  # letters of a label that may end a longer word: Miet-rechnung
_COMPOUND = 0.8
_EXCLUDES = re.compile(r"(?<![^\W_])(?:ex|excl|excluding|exclusive|excluded|before|ohne|hors|exkl|zonder)(?![^\W_])")
_NUMBER_WORD = r"(?<![^\W_])(?:nr|no|num|number|nummer)\b|n°|№"


@dataclass(frozen=True)
class Hit:
    """A field's label on a line: characters `start` to `end`, and how sure (0 to 1)."""

    field: str
    label: str
    line: Line
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Words:
    """A line's words, folded, with their places in the line's text."""

    line: Line

    @cached_property
    def items(self) -> tuple[tuple[str, int, int], ...]:
        """Folded word, start, end; glued words are split where letters change to digits or to a capital."""
        return _words(self.line.text)

    @cached_property
    def compact(self) -> str:
        """All words without spaces."""
        return "".join(word for word, _, _ in self.items)

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Return the place in `compact` of each word's start."""
        places, at = {}, 0
        for number, (word, _, _) in enumerate(self.items):
            places[at] = number
            at += len(word)
        places[at] = len(self.items)
        return places

    def find(self, wanted: str) -> list[tuple[int, int]]:
        """Word ranges (first, behind last) whose joined letters are `wanted`."""
        found = []
        at = self.compact.find(wanted)
        while at >= 0:
            is_whole = at in self._starts and at + len(wanted) in self._starts
            if is_whole and not self._ends_code(self._starts[at]):
                found.append((self._starts[at], self._starts[at + len(wanted)]))
            at = self.compact.find(wanted, at + 1)
        return found

    def _ends_code(self, number: int) -> bool:
        """Return whether a word goes on with a code of letters and digits: the MWST of CHE109322516MWST is no label."""
        return _CODE.search(self.line.text[: self.items[number][1]]) is not None

    def find_compound(self, wanted: str) -> list[tuple[int, int]]:
        """Single words that end in `wanted`, as in languages that write compounds in one."""
        if len(wanted) < _COMPOUND_FROM:
            return []
        return [(n, n + 1) for n, (word, _, _) in enumerate(self.items) if word.endswith(wanted) and word != wanted]

    def windows(self, longest: int) -> Iterator[tuple[str, int, int]]:
        """Yield every run of up to six words, joined, of at most `longest` letters."""
        count = len(self.items)
        for first in range(count):
            text = ""
            for behind in range(first + 1, min(count, first + _LONGEST_WINDOW) + 1):
                text += self.items[behind - 1][0]
                if len(text) > longest:
                    break
                yield text, first, behind


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> tuple[tuple[str, int, int], ...]:
    items = []
    for match in _WORD.finditer(text):
        if match.group() in _CURRENCIES:
            continue
        starts = [match.start(), *_humps(match.group(), match.start()), match.end()]
        items += [(plain(text[start:end]), start, end) for start, end in itertools.pairwise(starts)]
    return tuple(items)


def _humps(word: str, offset: int) -> list[int]:
    return [offset + match.start() + 1 for match in _HUMP.finditer(word)]


@dataclass(frozen=True)
class Labels:
    """The labels of all fields, folded: field, label and letters, as they stand in their fields."""

    folded: tuple[tuple[str, str, str], ...]
    gapped: tuple[tuple[str, str], ...]

    @cached_property
    def nearest(self) -> Callable[[str], tuple[int, float] | None]:
        """The label that letters are nearly equal to: its place in `folded`, and how alike (0 to 100); remembered."""
        return lru_cache(maxsize=_REMEMBERED)(self._nearest)

    def _nearest(self, letters: str) -> tuple[int, float] | None:
        if len(letters) < _FUZZY_FROM:
            return None
        wanted, places = self._like(len(letters))
        best = most_similar(letters, wanted, _FUZZY_RATIO)
        if best is None or abs(len(wanted[best[0]]) - len(letters)) > 1 + len(letters) // 10:
            return None
        return places[best[0]], best[1]

    def _like(self, letters: int) -> tuple[list[str], list[int]]:
        """The labels that so many letters can be nearly equal to by their number alone, and their places in `folded`.

        Each once: of equal ones the first.
        """
        if letters not in self._by_length:
            long_enough = {text: at for text, at in self._first.items() if _may_match(letters, len(text))}
            self._by_length[letters] = list(long_enough), list(long_enough.values())
        return self._by_length[letters]

    @cached_property
    def longest_like(self) -> int:
        """The most letters that can be nearly equal to any label."""
        longest = max(map(len, self._first), default=0)
        return max((letters for letters in range(2 * longest) if _may_match(letters, longest)), default=0)

    @cached_property
    def _first(self) -> dict[str, int]:
        first: dict[str, int] = {}
        for at, (_, _, text) in enumerate(self.folded):
            if len(text) >= _FUZZY_FROM:
                first.setdefault(text, at)
        return first

    @cached_property
    def _by_length(self) -> dict[int, tuple[list[str], list[int]]]:
        return {}


def _may_match(one: int, other: int) -> bool:
    """Whether texts of so many letters can be alike enough: `ratio` is twice the letters in common to all letters."""
    return 200.0 * min(one, other) >= _FUZZY_RATIO * (one + other)


@lru_cache(maxsize=8)
def _folded(labels: tuple[tuple[str, tuple[str, ...]], ...]) -> Labels:
    pairs = [(name, label) for name, group in labels for label in group]
    folded = tuple((name, label, fold(label)) for name, label in pairs if fold(label) and GAP not in label)
    return Labels(folded, tuple(pair for pair in pairs if GAP in pair[1]))


@lru_cache(maxsize=_REMEMBERED)
def fold(label: str) -> str:
    """Return a label's letters and digits, folded and joined, without currencies."""
    return "".join(plain(match.group()) for match in _WORD.finditer(label) if match.group() not in _CURRENCIES)


def find_hits(lines: Iterable[Line], labels: Mapping[str, Sequence[str]]) -> list[Hit]:
    """Where the labels of the fields (`labels`: field name to its labels) stand; claimed words go to the longest."""
    known = _folded(tuple((name, tuple(group)) for name, group in labels.items()))
    hits: list[Hit] = []
    before: Words | None = None
    for words in map(Words, lines):
        found = _near(words, known)
        hits += _longest(found) + _with_gap(words, known.gapped)
        if before is not None and before.line.page == words.line.page and before.line.box.beside(words.line.box):
            hits += _across(before, words, known.gapped)
        before = words
    return hits


def _near(words: Words, known: Labels) -> list[Hit]:
    """Labels that stand there letter by letter or end a word; only without any, those that nearly do."""
    inside = [item for item in known.folded if item[2] in words.compact]
    return _exact(words, inside) + _compound(words, inside) or _fuzzy(words, known)


def _exact(words: Words, inside: list[tuple[str, str, str]]) -> list[Hit]:
    return [
        _hit(words, name, label, first, behind, 1.0)
        for name, label, wanted in inside
        for first, behind in words.find(wanted)
    ]


def _compound(words: Words, inside: list[tuple[str, str, str]]) -> list[Hit]:
    return [
        _hit(words, name, label, first, behind, _COMPOUND)
        for name, label, wanted in inside
        for first, behind in words.find_compound(wanted)
    ]


def _fuzzy(words: Words, known: Labels) -> list[Hit]:
    hits = []
    for text, first, behind in words.windows(known.longest_like):
        if (best := known.nearest(text)) is not None:
            name, label, _ = known.folded[best[0]]
            hits.append(_hit(words, name, label, first, behind, 0.95 * best[1] / 100))
    return hits


def _with_gap(words: Words, gapped: Sequence[tuple[str, str]]) -> list[Hit]:
    hits = []
    for name, label in gapped:
        head, _, tail = label.partition(GAP)
        for first, behind in (*words.find(fold(head)), *words.find_compound(fold(head))):
            for later, end in words.find(fold(tail)):
                if later > behind and words.items[later][1] - words.items[behind - 1][2] <= _LONGEST_GAP:
                    start = _hit(words, name, label, first, behind, 1.0)
                    hits.append(replace(start, start=words.items[later][1], end=words.items[end - 1][2]))
                    break
    return hits


def _across(left: Words, right: Words, gapped: Sequence[tuple[str, str]]) -> list[Hit]:
    """Labels with a gap whose start stands on one line and whose end on the next one beside it."""
    hits = []
    for name, label in gapped:
        head, _, tail = label.partition(GAP)
        starts = [*left.find(fold(head)), *left.find_compound(fold(head))]
        ends = [span for span in right.find(fold(tail)) if right.items[span[0]][1] <= _LONGEST_GAP]
        if starts and ends:
            start = _hit(left, name, label, *starts[0], 1.0)
            first, behind = ends[0]
            place = right.items[first][1], right.items[behind - 1][2]
            hits.append(Hit(name, label, right.line, *place, start.score))
    return hits


def _hit(words: Words, name: str, label: str, first: int, behind: int, likeness: float) -> Hit:
    start, end = words.items[first][1], words.items[behind - 1][2]
    text = words.line.text
    score = likeness * _before(text[:start]) * _after(text[end:]) * (0.8 + 0.2 * min(1.0, len(fold(label)) / 10))
    return Hit(name, label, words.line, start, end, score)


def _before(text: str) -> float:
    """Return a label opens its line; words before it make it a part of something else."""
    text = text.rstrip()
    if not re.search(r"\w", text):
        return 1.0
    if text.endswith("-"):
        return 0.4
    return 0.9 if text[-1] in ":|,;.)•/" else 0.6


def _after(text: str) -> float:
    """Return a colon or the value follows a label; further words make it a part of something else."""
    text = re.sub(r"\d+(?:[.,]\d+)?\s?%", " ", text)  # a rate is no value
    head = re.split(rf"[:#\d€$£|]|{_NUMBER_WORD}", plain(text), maxsplit=1)[0]
    if head.startswith("-") and head[1:2].isalpha():
        return 0.4
    if head.startswith("_"):
        return 0.2
    if _EXCLUDES.search(head):
        return 0.45
    return max(0.45, 0.85 ** len(re.findall(r"[^\W\d_]{2,}", head)))


def _longest(hits: list[Hit]) -> list[Hit]:
    """Without the hits that overlap a longer (or equal but better) one."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda item: (-(item.end - item.start), -item.score)):
        rivals = [other for other in kept if hit.start < other.end and other.start < hit.end]
        same_words = all(
            (other.start, other.end) == (hit.start, hit.end) and other.field != hit.field for other in rivals
        )
        if same_words:
            kept.append(hit)
    return kept
