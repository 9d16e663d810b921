"""Which pages of a long document speak of what its type asks for, by the words of the fields' labels."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType, FieldSpec

_WORD = re.compile(r"[^\W_]+")
_K1, _B = 1.5, 0.75
"""BM25's usual constants: how soon a repeated word adds nothing, and how much a page's length counts."""
MIN_TERM_LETTERS = 4
"""Letters of a word that is looked for by itself, if it is not a whole label."""
MAX_COMMON_SHARE = 0.5
"""A word on more of the pages tells none of them from the others, if the field has any that does."""
MIN_SCORE_SHARE = 0.25
"""Of the best page's score, below which a page is not worth reading for a field."""
MIN_PAGE_WORDS = 20
"""A page with fewer is read in any case: what it says may stand in its picture."""


class PageWords(NamedTuple):
    """What is kept of a page: its number, how many words it has, and how often those that fields look for."""

    number: int
    length: int
    counts: Mapping[str, int]

    @classmethod
    def of(cls, page: Page, terms: frozenset[str]) -> Self:
        """Return the words of a page among the `terms` ones."""
        words = _words(" ".join(line.text for line in page.lines))
        return cls(page.number, len(words), Counter(word for word in _terms(words) if word in terms))


def label_vocabulary(document_type: DocumentType) -> frozenset[str]:
    """Return the words and pairs of words that label the fields of a type."""
    return frozenset(word for spec in document_type.fields for word in _label_terms(spec))


def choose_relevant_pages(document_type: DocumentType, pages: Sequence[PageWords], most: int) -> tuple[int, ...]:
    """Return the numbers of at most `most` pages that fit the type's fields best, in page order.

    Among them are the first page and the last, and beyond the number all that have next to no words. Fields take turns:
    each has its best page, then its second, so that no field with many labels takes all. Scores are those of BM25.
    """
    always = [page.number for page in pages if page.length < MIN_PAGE_WORDS]
    chosen = dict.fromkeys((pages[0].number, pages[-1].number))
    ranked = [_rank_pages(frozenset(_label_terms(spec)), pages) for spec in document_type.fields]
    for turn in range(len(pages)):
        for numbers in ranked:
            if turn < len(numbers) and len(chosen) < most:
                chosen[numbers[turn]] = None
    return tuple(sorted({*chosen, *always}))


def _rank_pages(terms: frozenset[str], pages: Sequence[PageWords]) -> list[int]:
    """Return the pages worth reading for a field that is called by these words, the best first."""
    frequency = Counter(word for page in pages for word in terms & page.counts.keys())
    usual = sum(page.length for page in pages) / len(pages) or 1.0
    rare = {word: count for word, count in frequency.items() if count <= MAX_COMMON_SHARE * len(pages)}
    telling = (rare or frequency).items()
    weight = {word: math.log(1 + (len(pages) - count + 0.5) / (count + 0.5)) for word, count in telling}

    def score(page: PageWords) -> float:
        damping = _K1 * (1 - _B + _B * page.length / usual)
        matches = ((rarity, page.counts[word]) for word, rarity in weight.items() if word in page.counts)
        return sum(rarity * count * (_K1 + 1) / (count + damping) for rarity, count in matches)

    scores = {page.number: score(page) for page in pages}
    least = MIN_SCORE_SHARE * max(scores.values())
    return sorted((number for number in scores if scores[number] > least), key=lambda number: (-scores[number], number))


def _label_terms(spec: FieldSpec) -> Iterator[str]:
    for label in (spec.title, *spec.labels, *(label for column in spec.columns for label in column.labels)):
        words = _words(label)
        yield from (term for term in _terms(words) if len(term) >= MIN_TERM_LETTERS or len(words) == 1)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _terms(words: Sequence[str]) -> Iterator[str]:
    """Words, and each two that follow each other."""
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
