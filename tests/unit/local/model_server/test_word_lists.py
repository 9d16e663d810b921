"""The word lists of languages are complete, and what they share is no accident."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from local.model_server.offline.word_lists import WORD_LISTS, load_language, load_vocabulary
from shared.rule_reader.text.naming import Naming
from shared.rule_reader.vocabulary import LanguageWords, alternatives, word_pattern

LANGUAGES = sorted(path for path in WORD_LISTS.glob("*.yaml") if path.stem != "countries")
EMPTY_IN_SOME = {"street_endings"}
"""What some languages do not have: streets whose names end in their kind."""


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_has_words_for_every_key(path: Path) -> None:
    """A language that is claimed is complete: no key is missing, unknown or empty."""
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert list(LanguageWords.__dataclass_fields__) == list(body)
    assert all(body[key] for key in body if key not in EMPTY_IN_SOME)
    assert load_language(body).titles == tuple(body["titles"])


def test_a_language_without_a_key_is_refused() -> None:
    """A forgotten list would silently make the reader worse."""
    with pytest.raises(ValidationError):
        load_language({"titles": ["invoice"]})


def test_words_of_all_languages_are_known_together() -> None:
    """Documents mix languages, so nothing depends on which one is detected."""
    language = load_vocabulary().language
    assert {"change", "wechselgeld", "wisselgeld", "baki"} <= set(language.change)
    assert word_pattern(language.tender).search("bezahlt: contant 20,00")


@pytest.mark.parametrize("written", ["Marlow SpA", "Marlow S.p.A.", "Marlow Sp. z o.o.", "Marlow e.K.", "Marlow BV"])
def test_legal_forms_are_known_with_and_without_dots(written: str) -> None:
    """And in any case; a measure such as 5 kg is none."""
    naming = Naming(load_vocabulary())
    assert naming.has_suffix(written)
    assert naming.has_suffix(written.upper())
    assert not naming.has_suffix("Apples 5 kg")


def test_an_empty_list_matches_nothing() -> None:
    """An alternation of nothing would match everywhere."""
    assert word_pattern(()).search("anything") is None
    assert alternatives(()) == "(?!)"
