"""Find the fields' labels on the page: exact or nearly so, glued or spaced, the longest one winning its words."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from shared.rule_reader.folding import plain
from shared.rule_reader.text.line_words import REMEMBERED_TEXTS, LineWords, fold
from shared.rule_reader.text.page import Line
from shared.rule_reader.vocabulary import FindMostSimilar, LanguageWords, Vocabulary, word_pattern

LIKELY, CLEAR = 0.6, 0.8  # scores from which a label is likely one, and clearly one
_FUZZY_FROM = 5  # letters: shorter labels must match exactly
_FUZZY_RATIO = 86.0
GAP = "…"  # a label "Invoice … dated" matches with an identifier in between
_LONGEST_GAP = 60  # characters
_COMPOUND = 0.8


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
class Labels:
    """The labels of all fields, folded: field, label and letters, as they stand in their fields."""

    folded: tuple[tuple[str, str, str], ...]
    gapped: tuple[tuple[str, str], ...]
    language: LanguageWords
    find_most_similar: FindMostSimilar

    @cached_property
    def excluding(self) -> re.Pattern[str]:
        """Words behind a label that make it another sum's."""
        return word_pattern(self.language.excluding)

    @cached_property
    def value_start(self) -> re.Pattern[str]:
        """Signs and words with which a value begins."""
        return re.compile(rf"[:#\d€$£|]|{word_pattern(self.language.number_words).pattern}|n°|№")

    @cached_property
    def nearest(self) -> Callable[[str], tuple[int, float] | None]:
        """The label that letters are nearly equal to: its place in `folded`, and how alike (0 to 100); remembered."""
        return lru_cache(maxsize=REMEMBERED_TEXTS)(self._nearest)

    def _nearest(self, letters: str) -> tuple[int, float] | None:
        if len(letters) < _FUZZY_FROM:
            return None
        candidates, places = self._like(len(letters))
        best = self.find_most_similar(letters, candidates, _FUZZY_RATIO)
        if best is None or abs(len(candidates[best[0]]) - len(letters)) > 1 + len(letters) // 10:
            return None
        return places[best[0]], best[1]

    def _like(self, letters: int) -> tuple[list[str], list[int]]:
        """Return the labels that are long enough to be nearly equal to so many letters, and their places in `folded`.

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


def _may_match(letters: int, label_letters: int) -> bool:
    """Whether texts of so many letters can be alike enough: `ratio` is twice the letters in common to all letters."""
    return 200.0 * min(letters, label_letters) >= _FUZZY_RATIO * (letters + label_letters)


@lru_cache(maxsize=8)
def _fold_labels(
    labels: tuple[tuple[str, tuple[str, ...]], ...], language: LanguageWords, find_most_similar: FindMostSimilar
) -> Labels:
    pairs = [(name, label) for name, group in labels for label in group]
    folded = tuple((name, label, fold(label)) for name, label in pairs if fold(label) and GAP not in label)
    return Labels(folded, tuple(pair for pair in pairs if GAP in pair[1]), language, find_most_similar)


def find_hits(lines: Iterable[Line], labels: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> list[Hit]:
    """Find where labels (by the names of their fields) stand; words that two of them claim go to the longest."""
    groups = tuple((name, tuple(group)) for name, group in labels.items())
    searched = _fold_labels(groups, vocabulary.language, vocabulary.find_most_similar)
    hits: list[Hit] = []
    before: LineWords | None = None
    for words in map(LineWords, lines):
        hits_near = _near(words, searched)
        hits += _longest(hits_near) + _with_gap(words, searched)
        if before is not None and before.line.page == words.line.page and before.line.box.beside(words.line.box):
            hits += _across(before, words, searched)
        before = words
    return hits


def _near(words: LineWords, searched: Labels) -> list[Hit]:
    """Return labels that match exactly or end a compound word; without any, those that match nearly."""
    inside = [item for item in searched.folded if item[2] in words.compact]
    return _exact(words, inside, searched) + _compound(words, inside, searched) or _fuzzy(words, searched)


def _exact(words: LineWords, inside: list[tuple[str, str, str]], searched: Labels) -> list[Hit]:
    return [
        _hit(words, searched, (name, label), (first, behind), 1.0)
        for name, label, letters in inside
        for first, behind in words.find(letters)
    ]


def _compound(words: LineWords, inside: list[tuple[str, str, str]], searched: Labels) -> list[Hit]:
    return [
        _hit(words, searched, (name, label), (first, behind), _COMPOUND)
        for name, label, letters in inside
        for first, behind in words.find_compound(letters)
    ]


def _fuzzy(words: LineWords, searched: Labels) -> list[Hit]:
    hits = []
    for text, first, behind in words.windows(searched.longest_like):
        if (best := searched.nearest(text)) is not None:
            name, label, _ = searched.folded[best[0]]
            hits.append(_hit(words, searched, (name, label), (first, behind), 0.95 * best[1] / 100))
    return hits


def _with_gap(words: LineWords, searched: Labels) -> list[Hit]:
    hits = []
    for name, label in searched.gapped:
        head, _, tail = label.partition(GAP)
        for first, behind in (*words.find(fold(head)), *words.find_compound(fold(head))):
            for later, end in words.find(fold(tail)):
                if later > behind and words.items[later][1] - words.items[behind - 1][2] <= _LONGEST_GAP:
                    start = _hit(words, searched, (name, label), (first, behind), 1.0)
                    hits.append(replace(start, start=words.items[later][1], end=words.items[end - 1][2]))
                    break
    return hits


def _across(left: LineWords, right: LineWords, searched: Labels) -> list[Hit]:
    """Labels with a gap whose start stands on one line and whose end on the next one beside it."""
    hits = []
    for name, label in searched.gapped:
        head, _, tail = label.partition(GAP)
        starts = [*left.find(fold(head)), *left.find_compound(fold(head))]
        ends = [span for span in right.find(fold(tail)) if right.items[span[0]][1] <= _LONGEST_GAP]
        if starts and ends:
            start = _hit(left, searched, (name, label), starts[0], 1.0)
            first, behind = ends[0]
            place = right.items[first][1], right.items[behind - 1][2]
            hits.append(Hit(name, label, right.line, *place, start.score))
    return hits


def _hit(words: LineWords, searched: Labels, named: tuple[str, str], span: tuple[int, int], likeness: float) -> Hit:
    (name, label), (first, behind) = named, span
    start, end = words.items[first][1], words.items[behind - 1][2]
    text = words.line.text
    score = (
        likeness * _before(text[:start]) * _after(text[end:], searched) * (0.8 + 0.2 * min(1.0, len(fold(label)) / 10))
    )
    return Hit(name, label, words.line, start, end, score)


def _before(text: str) -> float:
    """Return how well a label opens its line: words before it make it a part of something else."""
    text = text.rstrip()
    if not re.search(r"\w", text):
        return 1.0
    if text.endswith("-"):
        return 0.4
    return 0.9 if text[-1] in ":|,;.)•/" else 0.6


def _after(text: str, searched: Labels) -> float:
    """Return how well a label ends: a colon or a value follows it; further words make it another label."""
    text = re.sub(r"\d+(?:[.,]\d+)?\s?%", " ", text)  # a rate is no value
    head = searched.value_start.split(plain(text), maxsplit=1)[0]
    if head.startswith("-") and head[1:2].isalpha():
        return 0.4
    if head.startswith("_"):
        return 0.2
    if searched.excluding.search(head):
        return 0.45
    return max(0.45, 0.85 ** len(re.findall(r"[^\W\d_]{2,}", head)))


def _longest(hits: list[Hit]) -> list[Hit]:
    """Drop the hits that overlap a longer (or equal but better) one."""
    longest: list[Hit] = []
    for hit in sorted(hits, key=lambda item: (-(item.end - item.start), -item.score)):
        rivals = [longer for longer in longest if hit.start < longer.end and longer.start < hit.end]
        same_words = all(
            (longer.start, longer.end) == (hit.start, hit.end) and longer.field != hit.field for longer in rivals
        )
        if same_words:
            longest.append(hit)
    return longest
