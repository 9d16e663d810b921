"""Load the reader's word lists: a YAML file for each language, all with the same keys, and one of countries."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter
from rapidfuzz import fuzz, process

from shared.rule_reader import vocabulary
from shared.rule_reader.vocabulary import CountryWords, LanguageWords, Vocabulary

WORD_LISTS = Path(vocabulary.__file__).parent / "word_lists"
_COUNTRIES = "countries"


@cache
def load_vocabulary() -> Vocabulary:
    """Return the words of all languages and countries; raises ValidationError for a file without one of the keys."""
    files = {path.stem: _read(path) for path in sorted(WORD_LISTS.glob("*.yaml"))}
    country = TypeAdapter(CountryWords).validate_python(files.pop(_COUNTRIES))
    languages = [load_language(body) for body in files.values()]
    merged = {
        name: tuple(dict.fromkeys(chain.from_iterable(getattr(language, name) for language in languages)))
        for name in LanguageWords.__dataclass_fields__
    }
    return Vocabulary(LanguageWords(**merged), country, _find_most_similar)


def _find_most_similar(text: str, candidates: Sequence[str], at_least: float) -> tuple[int, float] | None:
    """Do what `most_similar` does, in about a tenth of its time."""
    best = process.extractOne(text, candidates, scorer=fuzz.ratio, score_cutoff=at_least)
    return None if best is None else (best[2], best[1])


def load_language(body: object) -> LanguageWords:
    """Return the words of a language's file; raises ValidationError where a key is missing."""
    return TypeAdapter(LanguageWords).validate_python(body)


def _read(path: Path) -> Any:  # noqa: ANN401 - what YAML holds
    return yaml.safe_load(path.read_text(encoding="utf-8"))
