"""Arabic and Hebrew as they are drawn: letters in the form that their neighbours ask for, in the order that is seen.

Simpler than Unicode's bidirectional algorithm, which orders each letter: here words of one direction make a run, and a
line's first letter determines the order of its runs. Numbers and Latin words inside are not changed.
"""

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from arabic_reshaper import ArabicReshaper

_LETTERS = (("\u0590", "\u08ff"), ("\ufb1d", "\ufdff"), ("\ufe70", "\ufefc"))
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


class Run(NamedTuple):
    """A piece of a line, its letters from left to right as they are seen; `order`: when it is read."""

    text: str
    order: int


def is_right_to_left(text: str) -> bool:
    """Return whether any letter is written from right to left."""
    return any(first <= letter <= last for letter in text for first, last in _LETTERS)


def runs(text: str) -> list[Run]:
    """Return the runs of a line, from left to right as they are seen."""
    shaped = _reshaper().reshape(text)
    runs_found = [
        Run(" ".join(words)[::-1].translate(_MIRRORED) if turned else " ".join(words), order)
        for order, (turned, words) in enumerate(groupby(shaped.split(), key=is_right_to_left))
    ]
    strong = next((letter for letter in text if letter.isalpha()), "")
    if is_right_to_left(strong):
        return runs_found[::-1]
    return [run._replace(order=len(runs_found) * is_right_to_left(run.text) + run.order) for run in runs_found]


@lru_cache(maxsize=1)
def _reshaper() -> "ArabicReshaper":
    """Without ligatures: a reader gets each of their letters back only from forms of single ones."""
    from arabic_reshaper import ArabicReshaper

    return ArabicReshaper(configuration={"support_ligatures": False, "delete_harakat": False})
