"""Compare texts by whole words, whatever their case, spacing and punctuation."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

_WORD = re.compile(r"[^\W_]+")
_WORD_OR_NUMBER = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*")
_UNSPACED_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts, as Unicode's character names begin, that put no space between words, or glue particles to them."""


MAX_PLACES = 1000
"""Places in a text at which words are looked for; where they stand more often, that proves nothing."""


def normalize_for_match(text: str) -> str:
    """Return the words of a text in lower case, compatibility forms folded, joined by single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def compact_for_match(text: str) -> str:
    """Return `normalize_for_match` without the spaces: letters and digits only."""
    return normalize_for_match(text).replace(" ", "")


def contains_words(words: str, text: str) -> bool:
    """Return whether `text` holds `words` as whole words; spacing and punctuation inside them make no difference.

    "VAT" is not in "Private", "No." is not in "Norway", "E-Mail" is in "Email:". Where script does not separate words
    (Chinese, Japanese, Korean, Thai), a word may stand inside a run of characters. False for an empty `words`.
    """
    return WordText(text).contains_beside_digits(words)


class WordText:
    """A text prepared for many questions; each costs a search in a string."""

    def __init__(self, text: str) -> None:
        words = [
            word.replace(".", "").replace(",", "")
            for word in _WORD_OR_NUMBER.findall(unicodedata.normalize("NFKC", text).casefold())
        ]
        self.compact = "".join(words)
        ends = list(accumulate(map(len, words)))
        self.starts, self.ends = {0, *ends}, set(ends)

    @classmethod
    def join(cls, parts: Sequence["WordText"]) -> "WordText":
        """Return several texts as one, between which words end."""
        whole = cls("")
        whole.compact = "".join(part.compact for part in parts)
        place = 0
        for part in parts:
            whole.starts.update(start + place for start in part.starts)
            whole.ends.update(end + place for end in part.ends)
            place += len(part.compact)
        return whole

    def contains(self, words: str) -> bool:
        """Return whether the text holds `words` as whole words."""
        return self.contains_whole(compact_for_match(words))

    def contains_whole(self, needle: str) -> bool:
        """Return `contains` for words that went through `compact_for_match`."""
        return needle in self.compact and next(self._whole_places(needle), None) is not None

    def contains_or_empty(self, words: str) -> bool:
        """Return whether the text holds `words` as whole words, or they are nothing but punctuation."""
        return not compact_for_match(words) or self.contains(words)

    def places(self, words: str) -> Iterator[int]:
        """Yield where in `compact` the text holds `words` as whole words."""
        return self._whole_places(compact_for_match(words))

    def _whole_places(self, needle: str) -> Iterator[int]:
        for start in _places(needle, self.compact):
            if self._begins(start, needle) and self._ends_whole(start + len(needle), needle):
                yield start

    def contains_beside_digits(self, words: str) -> bool:
        """Return whether the text holds `words` as whole words, or with digits glued on ("USt19%" holds "USt")."""
        return self.contains_compact(compact_for_match(words))

    def contains_compact(self, needle: str) -> bool:
        """Return `contains_beside_digits` for words that went through `compact_for_match`."""
        return needle in self.compact and any(
            (self._begins(start, needle) or _changes_to_digits(needle[0], self.compact[start - 1]))
            and (self._ends_whole(end, needle) or _changes_to_digits(needle[-1], self.compact[end]))
            for start, end in ((place, place + len(needle)) for place in _places(needle, self.compact))
        )

    def contains_glued(self, words: str) -> bool:
        """Whether the text holds `words`, be it as a part of a longer word; never as a part of a longer number."""
        needle = compact_for_match(words)
        return any(not self._cuts_number(start, needle) for start in _places(needle, self.compact))

    def _begins(self, start: int, needle: str) -> bool:
        return start in self.starts or _is_unspaced(needle[0]) or _is_unspaced(self.compact[start - 1])

    def _ends_whole(self, end: int, needle: str) -> bool:
        return end in self.ends or _is_unspaced(needle[-1]) or _is_unspaced(self.compact[end])

    def _cuts_number(self, start: int, needle: str) -> bool:
        end = start + len(needle)
        before = start not in self.starts and needle[0].isdigit() and self.compact[start - 1].isdigit()
        behind = end not in self.ends and needle[-1].isdigit() and self.compact[end].isdigit()
        return before or behind


def _changes_to_digits(letter: str, digit: str) -> bool:
    return letter.isalpha() and digit.isdigit()


def _places(needle: str, text: str) -> Iterator[int]:
    """Yield where a text holds `needle`; of very many places the first."""
    at = text.find(needle) if needle else -1
    for _ in range(MAX_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(needle, at + 1)


@lru_cache(maxsize=4096)
def _is_unspaced(character: str) -> bool:
    return not character.isascii() and unicodedata.name(character, "").startswith(_UNSPACED_SCRIPTS)


def text_similarity(left: str, right: str) -> float:
    """Return how much two texts have in common: 0 (no character) to 100 (equal), insertions and deletions counted.

    It is twice the length of their longest common subsequence, of both lengths. The bits of an integer stand for the
    characters of `left` (Hyyro 2004), so that a label is compared with each line of a page in microseconds.
    """
    if not left and not right:
        return 100.0
    places: dict[str, int] = {}
    for index, character in enumerate(left):
        places[character] = places.get(character, 0) | 1 << index
    unmatched = (1 << len(left)) - 1
    for character in right:
        matches = unmatched & places.get(character, 0)
        unmatched = (unmatched + matches) | (unmatched - matches)
    common = len(left) - (unmatched & (1 << len(left)) - 1).bit_count()
    return 200 * common / (len(left) + len(right))


def most_similar(text: str, candidates: Sequence[str], at_least: float) -> tuple[int, float] | None:
    """Return the place of the first candidate that is most similar to a text, and how similar (0 to 100).

    None when no candidate reaches `at_least`. Letters that only one of two texts has are counted before the two are
    compared, which rules most candidates out.
    """
    best: tuple[int, float] | None = None
    letters = _letter_bits(text)
    for place, candidate in enumerate(candidates):
        candidate_letters = _letter_bits(candidate)
        common = min(
            len(text) - (letters & ~candidate_letters).bit_count(),
            len(candidate) - (candidate_letters & ~letters).bit_count(),
        )
        if 200 * common < at_least * (len(text) + len(candidate)):
            continue
        similarity = text_similarity(text, candidate)
        if similarity >= at_least and (best is None or similarity > best[1]):
            best = place, similarity
    return best


@lru_cache(maxsize=20_000)
def _letter_bits(text: str) -> int:
    """Return a set of the characters of a text; those whose code points share their last six bits share a bit."""
    bits = 0
    for character in text:
        bits |= 1 << (ord(character) & 63)
    return bits
