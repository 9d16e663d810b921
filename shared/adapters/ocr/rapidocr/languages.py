"""The languages whose letters the models in the package know."""

from collections.abc import Iterable

LANGUAGES: dict[str, str] = {
    "Latin": (
        "af az bs ca cs cy da de en es et eu fi fr ga gl hr hu id is it la lb lt lv ms mt nb nl nn no oc pl pt rm ro "
        "sk sl sq sv sw tl tr"
    ),
    "Chinese and Japanese": "ja zh",
}
"""ISO 639-1 codes by script: what PP-OCRv6 small's set of 18,708 characters covers (a test holds it to that).

Not in it: Vietnamese tone marks, Cyrillic, Arabic, Hebrew, Hangul, Thai, Indic; Greek letters only without accents.
Those need models that would have to be downloaded.
"""
_READABLE = frozenset(code for codes in LANGUAGES.values() for code in codes.split())


def not_readable(languages: Iterable[str]) -> tuple[str, ...]:
    """Those of `languages` (`de`, `pt-BR`) that the models cannot read."""
    return tuple(language for language in languages if language.partition("-")[0].lower() not in _READABLE)
