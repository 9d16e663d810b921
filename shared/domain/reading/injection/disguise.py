"""Undo what hides words from a search, but not from a model that reads them: look-alikes, spaced letters, base64."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence

_UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһӏԁԛԝАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορτυ",
    "aeopcyxijshldqwABEKMHOPCTXIJSABEZHIKMNOPTYXaivoptu",
)
"""Cyrillic and Greek letters that look like Latin ones."""
_DIGITS = str.maketrans("013457@$", "oieastas")
_MIXED_WORD = re.compile(r"(?<![\w@$])(?=[\w@$]*[A-Za-z])(?=[\w@$]*[\d@$])[A-Za-z\d@$]{3,}")
_SEPARATORS = re.compile(r"(?<=\w)[_\-.·•|*~/]+(?=\w)")
_HYPHEN_AT_END = re.compile(r"(?<=[^\W\d_])-$")
_SPACED = re.compile(r"(?:\b[^\W\d_]\b[\s._\-*·|]{1,3}){7,}[^\W\d_]\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_LATIN = re.compile(r"[A-Za-z]")
_STEMS = (
    "ignor",
    "instruct",
    "prompt",
    "disregard",
    "approve",
    "accept",
    "review",
    "flag",
    "validat",
    "output",
    "skip",
)
_MIN_READABLE = 0.9

SQUEEZED_ORDERS = re.compile(
    r"(?:ignore|disregard|forget|override|bypass)(?:all|any|the|your|these|my)?(?:previous|prior|above|earlier|system|other)?"
    r"(?:instruction|prompt|rule|guideline|direction)|approvethis|acceptthis|donotflag|dontflag|systemprompt|skip(?:the|all|any)?"
    r"(?:human|manual)?(?:review|validation|check|verification)|markthis(?:document|invoice|file)|ignoriere(?:alle)?(?:vorherigen|"
    r"bisherigen)?anweisung|youarenow|setthetotal|withoutreview"
)
"""Orders whose letters were spaced out, so that the ends of words are lost."""


def plain_text(text: str) -> str:
    """Return the text as a model would take it: compatibility forms folded, letters without width dropped."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def undo_disguises(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of a page, and what else they may be meant to say: each a list as long as the page."""
    yield list(texts)
    folded = [_reveal_letters(text) for text in texts]
    if any(_gains_stem(text, variant) for text, variant in zip(texts, folded, strict=True)):
        yield folded


def hides_order(text: str) -> bool:
    """Return whether the letters of a line are spaced out and spell an order."""
    return any(SQUEEZED_ORDERS.search(_keep_letters(run[0].translate(_LOOK_ALIKES))) for run in _SPACED.finditer(text))


def decode_base64(text: str) -> Iterator[str]:
    """Yield the texts that stand in a line in base64."""
    for run in _BASE64.finditer(text):
        try:
            data = base64.b64decode(run[0].rstrip("=") + "=" * (-len(run[0].rstrip("=")) % 4))
            decoded = data.decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if sum(sign.isalpha() or sign.isspace() for sign in decoded) > _MIN_READABLE * len(decoded):
            yield decoded


def _gains_stem(text: str, folded: str) -> bool:
    """Return whether a word that orders are made of shows only in the folded form of a line."""
    if text == folded:
        return False
    before, after = text.lower(), folded.lower()
    return any(stem in after and (stem not in before or _SEPARATORS.search(text)) for stem in _STEMS)


def _reveal_letters(text: str) -> str:
    """Replace look-alikes and digits by the letters that they stand for, drop accents, and replace signs by spaces."""
    plain = text
    if not plain.isascii():
        plain = unicodedata.normalize("NFD", _replace_look_alikes(plain))
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = _MIXED_WORD.sub(lambda word: word[0].translate(_DIGITS), plain)
    return _SEPARATORS.sub(" ", plain)


def _replace_look_alikes(text: str) -> str:
    """Replace letters by the Latin ones that they look like, in words that have Latin letters, too."""
    words = (word.translate(_LOOK_ALIKES) if _LATIN.search(word) else word for word in text.split(" "))
    return " ".join(words)


def _keep_letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalpha())


def join_lines(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the lines as one text, words that a hyphen parts joined, and where each line stands in it."""
    joined, places = "", []
    for text in texts:
        start = len(joined)
        without = _HYPHEN_AT_END.sub("", text)
        joined += without
        places.append((start, len(joined)))
        joined += "\n" if without == text else ""
    return joined, places
