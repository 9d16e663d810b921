"""Identifiers: accounts, tax numbers, numbers of documents."""

import pytest

from shared.rule_reader.text.identifiers import find_codes, find_ibans, find_vat_ids
from tests.support.paper import VOCABULARY


def test_a_valid_iban_is_surer_than_one_with_a_wrong_check_sum() -> None:
    """Both are found as printed; only a right check sum is fully sure."""
    good, bad = find_ibans("DE88 2008 0000 0970 3757 00 or DE12 1234 4321 9876 00")
    assert (good.value, good.quality) == ("DE88 2008 0000 0970 3757 00", 1.0)
    assert bad.quality < 1.0


def test_vat_ids_are_found_with_and_without_spaces() -> None:
    """Spaces inside a VAT number do not hide it."""
    assert [code.value for code in find_vat_ids("UStId DE 136 695 976", VOCABULARY)] == ["DE 136 695 976"]
    assert find_vat_ids("NL810433941B01", VOCABULARY)[0].quality == 1.0
    assert find_vat_ids("DE 12345 Berlin", VOCABULARY) == []


@pytest.mark.parametrize("printed", ["CHE109322516MWST", "CHE-109.322.516 TVA", "CHE-109.322.516"])
def test_the_name_of_the_tax_belongs_to_a_swiss_vat_number(printed: str) -> None:
    """With it the number is one of a tax payer, without it one of a company."""
    assert [code.value for code in find_vat_ids(f"Nr. {printed}", VOCABULARY)] == [printed]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" # RE-20150613/503", "RE-20150613/503"),
        (" 05 158 004 - 11023", "05"),
        ("05 158 004", "05 158 004"),
        (" (380) Nr. 471102", "471102"),
        ("°562044387 du", "562044387"),
        (" INV/2023/03/0008.", "INV/2023/03/0008"),
    ],
)
def test_the_first_code_is_the_number(text: str, expected: str) -> None:
    """The number itself comes first; what stands in brackets comes last; groups of digits alone belong together."""
    assert find_codes(text)[0].value == expected


def test_words_without_digits_are_no_codes() -> None:
    """A code has a digit."""
    assert find_codes("siehe unten") == []
