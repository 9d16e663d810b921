"""Texts are compared by whole words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from shared.domain.values.matching import WordText, contains_words, most_similar, normalize_for_match


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("No.", "Invoice No. 5"), ("E-Mail", "Email: a@b.example"), ("Sub Total", "Subtotal 5.00"), ("VAT", "VAT-No"),
        ("USt", "USt19%"), ("Rechnungsnummer", "RECHNUNGSNUMMER: 5"), ("发票号", "发票号码"),
        ("合計", "ご請求合計金額"),
        ("Straße", "STRASSE"), ("total ttc", "Total  T.T.C."), ("IBAN", "IBAN:DE89"),
    ],
)  # fmt: skip
def test_holds_whole_words(words: str, text: str) -> None:
    """Case, spacing, punctuation and digits glued on make no difference; Chinese separates no words."""
    assert contains_words(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("VAT", "Private Limited"), ("No", "Norway"), ("No.", "Norway"), ("Total", "Subtotal"), ("12", "4123"),
        ("Nummer", "Rechnungsnummer"), ("Date", "Update"), ("", "anything"), (".", "a.b"), ("Due", "Residue"),
    ],
)  # fmt: skip
def test_does_not_hold_parts_of_words(words: str, text: str) -> None:
    """A label inside another word labels nothing."""
    assert not contains_words(words, text)


def test_values_are_no_parts_of_codes() -> None:
    """A number inside a longer number or code is another value; a name glued to another word may be one."""
    assert not WordText("RE12").contains("12")
    assert not WordText("4123").contains_glued("12")
    assert WordText("AcmeLtd").contains_glued("Acme")
    assert not WordText("AcmeLtd").contains("Acme")


def test_normalizes_to_words() -> None:
    """One form for all that looks the same."""
    assert "total t t c 5" == normalize_for_match("Ｔotal (T.T.C.): 5")


@given(st.text("abcdeé", max_size=12), st.lists(st.text("abcdeé", max_size=12), max_size=6))
def test_the_most_similar_text_is_that_of_the_longest_common_subsequence(text: str, candidates: list[str]) -> None:
    """Ruling candidates out by their letters changes no answer; rapidfuzz compares them all."""
    best = process.extractOne(text, candidates, scorer=fuzz.ratio, score_cutoff=60.0)
    expected = () if best is None else (best[2], round(best[1], 6))
    found = most_similar(text, candidates, 60.0)
    assert expected == (() if found is None else (found[0], round(found[1], 6)))
