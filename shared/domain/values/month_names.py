"""Names of months in the languages of the documents, with all months that a name may mean."""

import unicodedata
from collections import defaultdict
from datetime import date
from functools import cache

from shared.domain.cldr.tables import load_tables

LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "is", "cs", "sk", "sl", "hr", "hu", "ro",
    "bg", "ru", "uk", "sr", "el", "tr", "lt", "lv", "et", "ca", "ms", "id", "vi", "ar", "he", "th", "hi", "sw", "ga",
)  # fmt: skip
_ALSO = {"sept": 9, "marz": 3, "maerz": 3, "jaen": 1, "janner": 1, "jaenner": 1, "juno": 6, "julei": 7, "mrz": 3}
MIN_LETTERS = 3


def fold_name(name: str) -> str:
    """Return a name in lower case without accents and points."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).strip(". ")


@cache
def months_by_name() -> dict[str, dict[int, frozenset[str]]]:
    """Return by folded name the months (1..12) it may mean, each with the languages in which it does."""
    months: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language in LANGUAGES:
        for names in load_tables().months[language]:
            for number, name in enumerate(names, 1):
                if _is_long_enough(folded := fold_name(name)) and not folded[0].isdigit():
                    months[folded][number].add(language)
    for name, number in _ALSO.items():
        months[name][number].add("de")
    return {name: {month: frozenset(spoken) for month, spoken in by.items()} for name, by in months.items()}


def _is_long_enough(name: str) -> bool:
    return len(name) >= (MIN_LETTERS if name.isascii() else MIN_LETTERS - 1)


def months_named(name: str) -> dict[int, frozenset[str]]:
    """Return the months that a printed name may mean, each with its languages; none when it names no month."""
    return months_by_name().get(fold_name(name), {})


def english_date(day: date) -> str:
    """Return a day as "5 March 2026"."""
    return f"{day.day} {load_tables().months['en'][0][day.month - 1]} {day.year}"
